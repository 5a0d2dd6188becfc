"""Errors: refusals that a client and its developer can read (RFC 9457, common practice)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from order_conformance.core.json_values import NotJson
from order_conformance.judging.assertions import fail
from order_conformance.judging.information_leaks import find_leak

if TYPE_CHECKING:
    from order_conformance.http.exchange import Exchange
    from order_conformance.orders.creates import Api
    from order_conformance.orders.factory import Account

requirement = pytest.mark.requirement


@pytest.fixture(scope="module")
def refusals(api: Api, account: Account) -> list[Exchange]:
    """Refusals of several kinds."""
    made = [
        api.fetch(account.unknown("order")),
        api.get("/abc"),
        api.get("/1%27"),
        api.list_orders(page="abc"),
    ]
    if not api.target.read_only:
        made += [
            api.create(account.order_for({"patient": {"id": account.unknown("patient")}})),
            api.create(account.order_for({})),
            api.create(account.plain_order(orderItems="x' OR '1'='1")),
            api.create_raw(b'{"patient":'),
        ]
    return [exchange for exchange in made if exchange.status >= 400]


@requirement("PROTO-10")
def test_refusals_are_json_with_some_text(refusals: list[Exchange]) -> None:
    """A refusal is JSON and contains some text for a person."""
    for exchange in refusals:
        try:
            body = exchange.response.json
        except NotJson as problem:
            raise fail(
                "an error response is not JSON",
                exchange,
                expected="JSON of any shape with some text for a person",
                notice=str(problem),
            ) from None
        if not exchange.response.says_json or not _has_text(body):
            raise fail(
                "an error response is not JSON with a text",
                exchange,
                expected="JSON of any shape with some text for a person",
            )


@requirement("PROTO-11")
def test_refusals_reveal_no_server_internals(refusals: list[Exchange]) -> None:
    """A refusal does not show a stack trace, a source path or SQL."""
    for exchange in refusals:
        revealed = find_leak(exchange.response.body)
        if revealed:
            raise fail(
                "an error response exposes server internals",
                exchange,
                expected="a message for the client, without internals of the server",
                notice=revealed,
            )


def _has_text(value: Any) -> bool:
    """Return whether a JSON value contains a text with a letter, at any depth."""
    if isinstance(value, str):
        return any(character.isalpha() for character in value)
    if isinstance(value, dict):
        return any(map(_has_text, value.values()))
    return isinstance(value, list) and any(map(_has_text, value))
