"""Methods: what the guide does not name changes nothing (RFC 9110 section 15.5.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from order_conformance.core.json_values import write_json
from order_conformance.core.kinds import Kind
from order_conformance.core.outcomes import CantTell, blocked
from order_conformance.core.statuses import SERVER_ERROR, SUCCESS
from order_conformance.judging.assertions import assert_no_server_error, assert_status, fail
from order_conformance.orders.factory import LEAVE_OUT, item_line, kit_line
from tests.checks.persistence import assert_still_there

if TYPE_CHECKING:
    from order_conformance.http.exchange import Exchange
    from order_conformance.orders.creates import Api
    from order_conformance.orders.factory import Account
    from order_conformance.orders.placed import Orders, PlacedOrder, View

requirement = pytest.mark.requirement

NOT_IMPLEMENTED = 501
"""The status of a method that the server does not know at all (RFC 9110 section 15.6.2)."""

UNSUPPORTED = ("PUT", "PATCH", "DELETE", "POST")


@pytest.fixture(scope="module")
def untouchable(account: Account, orders: Orders) -> PlacedOrder:
    """An order of this run to which the unsupported methods are sent."""
    placed = orders.place(account.plain_order(), blocked_by="ASSOC-01")
    orders.placed.remove(placed)
    return placed


@pytest.fixture(scope="module")
def before(orders: Orders, untouchable: PlacedOrder) -> View | None:
    """The order as it can be fetched before anything else is sent to it; None if it cannot."""
    try:
        return orders.fetched(untouchable)
    except CantTell:
        return None


@pytest.fixture(scope="module")
def responses(
    api: Api, account: Account, untouchable: PlacedOrder, before: View | None
) -> dict[str, Exchange]:
    """Each unsupported method, sent to an order with the body of a different one."""
    other = account.plain_order(shippingOption=LEAVE_OUT, **other_content(account))
    body = write_json(other)
    return {
        method: api.send_other(method, f"/{untouchable.id}", None if method == "DELETE" else body)
        for method in UNSUPPORTED
    }


def other_content(account: Account) -> dict[str, Any]:
    """Return content that the plain order does not have."""
    if account.knows(Kind.ITEM):
        return {"orderItems": [item_line(account.item, 7)]}
    return {"orderKits": [kit_line(account.kit, 7)]}


@requirement("ATOM-04")
@pytest.mark.deep
def test_a_refused_method_changes_nothing(
    responses: dict[str, Exchange], orders: Orders, untouchable: PlacedOrder, before: View | None
) -> None:
    """An order is unchanged after PUT, PATCH, DELETE and POST on it were refused."""
    for method, exchange in responses.items():
        failed = exchange.status in SERVER_ERROR and exchange.status != NOT_IMPLEMENTED
        if exchange.status in SUCCESS or failed:
            raise blocked("PROTO-08", f"{method} was not refused")
    if before is None:
        raise blocked("FETCH-01", "the order could not be fetched before either")
    assert_still_there(orders, [(untouchable, before)])


@requirement("PROTO-06")
@pytest.mark.parametrize("method", UNSUPPORTED)
def test_an_unsupported_method_returns_405(responses: dict[str, Exchange], method: str) -> None:
    """PUT, PATCH, DELETE and POST on one order are answered 405."""
    assert_status(responses[method], [405], because=f"an order has no {method}")


@requirement("PROTO-07")
@pytest.mark.parametrize("method", UNSUPPORTED)
def test_a_405_lists_the_allowed_methods(responses: dict[str, Exchange], method: str) -> None:
    """A 405 has an Allow header."""
    exchange = responses[method]
    if exchange.status == 405 and exchange.response.header("allow") is None:
        raise fail(
            "the server does not say which methods are allowed",
            exchange,
            expected="an Allow header (RFC 9110 section 15.5.6)",
        )


@requirement("PROTO-08")
@pytest.mark.parametrize("method", UNSUPPORTED)
def test_an_unsupported_method_does_not_succeed(
    responses: dict[str, Exchange], method: str
) -> None:
    """PUT, PATCH, DELETE and POST on one order neither succeed nor make the server fail."""
    exchange = responses[method]
    if exchange.status != NOT_IMPLEMENTED:
        assert_no_server_error(exchange, whatever=f"{method} on an order")
    if 200 <= exchange.status < 300:
        raise fail(
            f"the server lets {method} succeed on an order",
            exchange,
            expected="4xx: the API creates, lists and fetches, nothing else",
        )


@requirement("PROTO-08")
@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
def test_head_and_options_do_not_make_the_server_fail(api: Api, method: str) -> None:
    """HEAD and OPTIONS on the list may be refused, but are not answered 5xx."""
    exchange = api.send_other(method, "")
    if exchange.status != NOT_IMPLEMENTED:
        assert_no_server_error(exchange, whatever=method)


@requirement("PROTO-08")
@pytest.mark.deep
@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
def test_head_and_options_of_an_order_do_not_make_the_server_fail(
    api: Api, untouchable: PlacedOrder, method: str
) -> None:
    """HEAD and OPTIONS on an order may be refused, but are not answered 5xx."""
    exchange = api.send_other(method, f"/{untouchable.id}")
    if exchange.status != NOT_IMPLEMENTED:
        assert_no_server_error(exchange, whatever=f"{method} on an order")
