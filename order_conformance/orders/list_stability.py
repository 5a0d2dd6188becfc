"""Whether other clients changed the list while its pages were read (LIST-06, LIST-15)."""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise
from typing import TYPE_CHECKING

from order_conformance.orders.page import is_no_page, read_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from order_conformance.orders.order_list import OrderList
    from order_conformance.orders.page import Page

FIRST_PAUSE = 0.2
"""Seconds before a page is read again."""

MOST_READS = 12

REREADS = 8
"""Further reads of a page that changed, before other clients are ruled out as the cause."""

MOST_MOVES = 1
"""At most this many orders of a page are moved by other clients between two reads, as a rule."""

MOST_SHUFFLED = 5
"""From this many pairs of reads, among nine, with more moves, it is the server that shuffles."""


def pages_of_different_totals(
    listing: OrderList, front: Page, index: int, size: int
) -> tuple[Page, Page] | None:
    """Return the first page and another, if their totals differ although the list did not change.

    A cache in front of one of them is given the time that it may lag behind.

    Args:
        listing: the list of orders.
        front: the first page as it was read last.
        index: the index of the other page.
        size: the size of both.
    """
    waited, pause = 0.0, FIRST_PAUSE
    for read in range(MOST_READS):
        front = listing.page(0, size) if read else front
        exchange = listing.ask(index, listing.usable(size))
        if is_no_page(exchange) or (page := read_page(exchange)).total == front.total:
            return None
        again = listing.page(0, size)
        if (front.ids, front.total) != (again.ids, again.total):
            continue
        if waited > listing.api.target.consistency_window:
            return again, page
        listing.api.client.wait(pause)
        waited, pause = waited + pause, pause * 2
    return None


def total_changes(listing: OrderList, total: int, *, reads: int) -> bool:
    """Read the list again, up to ``reads`` times; return whether its total ever differs."""
    return any(listing.page(0, 1).total != total for _ in range(reads))


def total_falls(listing: OrderList, total: int, *, reads: int) -> bool:
    """Read the list again, up to ``reads`` times; return whether its total is ever lower."""
    return any(listing.page(0, 1).total < total for _ in range(reads))


def may_be_moved_by_others(seen: Sequence[tuple[object, ...]]) -> bool:
    """Return whether other clients may have moved the orders of a page that was read repeatedly.

    A client that creates or changes an order moves a few orders and leaves the others in their
    sequence. If an earlier sequence comes back, or the page keeps being shuffled, the server
    does it.
    """
    changes = [one for one, other in pairwise([*seen, ()]) if one != other]
    if len(set(changes)) < len(changes):
        return False
    shuffled = sum(moves_between(one, other) > MOST_MOVES for one, other in pairwise(seen))
    return shuffled < MOST_SHUFFLED


def moves_between(one: Sequence[object], other: Sequence[object]) -> int:
    """Count the orders of a page that left it or changed their place among those that stayed."""
    stayed = [other.index(order_id) for order_id in one if order_id in other]
    rising: list[int] = []  # its length is that of the longest run of orders still in sequence
    for place in stayed:
        at = bisect_left(rising, place)
        rising[at : at + 1] = [place]
    return len(one) - len(rising)
