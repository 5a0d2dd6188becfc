"""Whether the list grows by orders that the server refused (ATOM-01, AUTH-07)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from order_conformance.core.outcomes import Inapplicable
from order_conformance.core.statuses import SUCCESS
from order_conformance.judging.assertions import fail
from order_conformance.orders.list_stability import total_changes

if TYPE_CHECKING:
    from collections.abc import Callable

    from order_conformance.http.exchange import Exchange
    from order_conformance.orders.creates import Api
    from order_conformance.orders.order_list import OrderList

ROUNDS = 5
READS = 18
"""Reads between which the list must not change; they last longer than what is judged."""


def assert_list_does_not_grow(
    api: Api, listing: OrderList, refused: Callable[[], Exchange], *, did: str
) -> None:
    """Judge that refused creates do not raise the total of a list that nobody else changes.

    Args:
        api: the Order API.
        listing: the list of orders.
        refused: sends creates that have to be refused, and returns the last exchange.
        did: what the server did if the list grows each time.
    """
    growths = set()
    for _ in range(ROUNDS):
        before, sent = listing.page(0, 1), len(api.creates)
        exchange = refused()
        after = listing.page(0, 1)
        # A create that was accepted, against another rule, belongs in the list.
        accepted = sum(each.status in SUCCESS for each in api.creates[sent:])
        growth = after.total - before.total - accepted
        if growth <= 0:
            return
        growths.add(growth)
        if len(growths) > 1 or total_changes(listing, after.total, reads=READS):
            raise Inapplicable("the list changes by itself: other clients write too")
    raise fail(
        did,
        exchange,
        after.exchange,
        expected="the same total before and after creates that are answered 4xx",
        notice=f"it grew by {min(growths)}, {ROUNDS} times in a row, and did not change otherwise",
    )
