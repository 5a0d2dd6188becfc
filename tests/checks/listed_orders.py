"""Whether the list shows every order that was accepted (ATOM-02)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from order_conformance.core.outcomes import Inapplicable
from order_conformance.core.text import Phrase
from order_conformance.judging.assertions import fail

if TYPE_CHECKING:
    from order_conformance.orders.order_list import OrderList
    from order_conformance.orders.placed import Orders


def assert_every_order_is_listed(orders: Orders, listing: OrderList) -> None:
    """Judge that each accepted order is in the list, within the consistency window.

    Raises:
        Inapplicable: the list is too long to be read whole.
    """
    found = listing.find(placed.id for placed in orders.placed) if listing.is_short else {}
    # Others may have made it long since it was last seen, and ours are then far from both ends.
    if not listing.is_short:
        raise Inapplicable("the list is long: only the stretch of new orders is looked at")
    for placed in orders.placed:
        if placed.id not in found:
            last = listing.page(0, listing.large_size)
            raise fail(
                Phrase("order {} was accepted, but is not in the list", placed.id),
                placed.exchange,
                last.exchange,
                expected="every accepted order in the list within "
                f"{orders.api.target.consistency_window:g} s",
            )
