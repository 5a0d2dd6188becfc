"""Whether orders are unchanged since they were first fetched (ATOM-04)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from order_conformance.core.outcomes import blocked
from order_conformance.core.statuses import OK, REFUSAL, SUCCESS
from order_conformance.core.text import Phrase
from order_conformance.judging.assertions import fail
from order_conformance.orders.fields import difference

if TYPE_CHECKING:
    from collections.abc import Iterable

    from order_conformance.orders.placed import Orders, PlacedOrder, View


def assert_still_there(orders: Orders, fetched: Iterable[tuple[PlacedOrder, View]]) -> None:
    """Judge that orders can still be fetched, unchanged."""
    for placed, before in fetched:
        exchange = orders.fetch_when_there(placed.id)
        if exchange.status not in SUCCESS and exchange.status not in REFUSAL:
            raise blocked("FETCH-01", f"order {placed.id} was answered {exchange.status}")
        if exchange.status != OK or not isinstance(exchange.json, dict):
            raise fail(
                Phrase("order {}, which could be fetched before, is gone", placed.id),
                before.exchange,
                exchange,
                expected="200 with the order: the API has no way to delete one",
            )
        changed = difference(before.order, exchange.json, sent=placed.sent)
        if changed:
            raise fail(
                Phrase("order {} has changed since it was fetched before", placed.id),
                before.exchange,
                exchange,
                expected="the same id, external ids, patient or site, items, kits, shipping",
                notice=changed,
            )
