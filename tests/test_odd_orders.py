"""Odd orders: lawful apart from one value, so that a server may try to store them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from order_conformance.core.json_values import write_json
from order_conformance.judging.assertions import assert_no_server_error

if TYPE_CHECKING:
    from order_conformance.orders.creates import Api
    from order_conformance.orders.factory import Account

requirement = pytest.mark.requirement

MALFORMED_TEXTS = {"a lone surrogate": rb'"\ud800"', "invalid UTF-8": b'"\xff\xfe"'}
"""JSON strings that are not valid Unicode, as bytes in the body of a create."""


@requirement("PROTO-09")
@pytest.mark.deep
@pytest.mark.parametrize("name", ["externalOrderIds", "shippingOption"])
def test_a_null_for_an_optional_property_does_not_make_the_server_fail(
    api: Api, account: Account, name: str
) -> None:
    """A null for an optional property is accepted or refused, but not answered 5xx."""
    order = account.plain_order(**{name: None})
    assert_no_server_error(api.create(order), whatever=f"`{name}` with the value null")


@requirement("PROTO-09")
@pytest.mark.deep
@pytest.mark.parametrize("what", MALFORMED_TEXTS)
def test_a_malformed_text_does_not_make_the_server_fail(
    api: Api, account: Account, what: str
) -> None:
    """An external id that is not valid Unicode is accepted or refused, but not answered 5xx."""
    marker = account.marker()
    body = write_json(account.plain_order(externalOrderIds=[marker, "broken"]))
    exchange = api.create_raw(body.replace(b'"broken"', MALFORMED_TEXTS[what]), markers=[marker])
    assert_no_server_error(exchange, whatever=f"an external id with {what}")
