"""Odd orders: lawful but for one thing, so that a server may go as far as to store them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from order_conformance.core.json_values import write_json
from order_conformance.judging.assertions import assert_no_server_error

if TYPE_CHECKING:
    from order_conformance.orders.creates import Api
    from order_conformance.orders.factory import Account

requirement = pytest.mark.requirement

NO_TEXTS = {"a lone surrogate": rb'"\ud800"', "invalid UTF-8": b'"\xff\xfe"'}
"""What no text of Unicode holds, as it stands in the body of a create."""


@requirement("PROTO-09")
@pytest.mark.deep
@pytest.mark.parametrize("name", ["externalOrderIds", "shippingOption"])
def test_a_null_for_an_optional_property_does_not_make_the_server_fail(
    api: Api, account: Account, name: str
) -> None:
    """An optional property that is null is refused, or taken for none."""
    order = account.plain_order(**{name: None})
    assert_no_server_error(api.create(order), whatever=f"`{name}` with the value null")


@requirement("PROTO-09")
@pytest.mark.deep
@pytest.mark.parametrize("what", NO_TEXTS)
def test_a_malformed_text_does_not_make_the_server_fail(
    api: Api, account: Account, what: str
) -> None:
    """An external id that is no text of Unicode is refused, or something is made of it."""
    marker = account.marker()
    body = write_json(account.plain_order(externalOrderIds=[marker, "broken"]))
    exchange = api.create_raw(body.replace(b'"broken"', NO_TEXTS[what]), markers=[marker])
    assert_no_server_error(exchange, whatever=f"an external id with {what}")
