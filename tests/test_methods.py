"""Methods: what the guide does not name changes nothing (RFC 9110 section 15.5.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from order_conformance.assertions import assert_no_server_error, assert_status, fail
from order_conformance.exchange import write_json

if TYPE_CHECKING:
    from order_conformance.account import Account
    from order_conformance.api import Api
    from order_conformance.exchange import Exchange
    from order_conformance.orders import Orders

requirement = pytest.mark.requirement

NOT_IMPLEMENTED = 501
"""What a server that knows no such method at all answers (RFC 9110 section 15.6.2): no failure."""

UNNAMED = ("PUT", "PATCH", "DELETE", "POST")


@pytest.fixture(scope="module")
def answers(api: Api, account: Account, orders: Orders) -> dict[str, Exchange]:
    """The answer to each unnamed method, sent to an order of this run made for it."""
    placed = orders.place(account.plain_order(), under="ASSOC-01")
    orders.placed.remove(placed)
    body = write_json(placed.sent)
    return {
        method: api.send_other(method, f"/{placed.id}", None if method == "DELETE" else body)
        for method in UNNAMED
    }


@requirement("PROTO-06")
@pytest.mark.parametrize("method", UNNAMED)
def test_a_method_that_the_api_does_not_have_is_not_allowed(
    answers: dict[str, Exchange], method: str
) -> None:
    """PUT, PATCH, DELETE and POST on one order are answered 405."""
    assert_status(answers[method], [405], because=f"an order has no {method}")


@requirement("PROTO-07")
@pytest.mark.parametrize("method", UNNAMED)
def test_a_method_not_allowed_comes_with_those_allowed(
    answers: dict[str, Exchange], method: str
) -> None:
    """A 405 lists in Allow what is allowed."""
    exchange = answers[method]
    if exchange.status == 405 and exchange.answer.header("allow") is None:
        raise fail(
            "the server does not say which methods are allowed",
            exchange,
            expected="an Allow header (RFC 9110 section 15.5.6)",
        )


@requirement("PROTO-08")
@pytest.mark.parametrize("method", UNNAMED)
def test_a_method_that_the_api_does_not_have_is_no_success(
    answers: dict[str, Exchange], method: str
) -> None:
    """PUT, PATCH, DELETE and POST on one order neither succeed nor make the server fail."""
    exchange = answers[method]
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
    """HEAD and OPTIONS are the server's freedom, but no reason to fail."""
    exchange = api.send_other(method, "")
    if exchange.status != NOT_IMPLEMENTED:
        assert_no_server_error(exchange, whatever=method)
