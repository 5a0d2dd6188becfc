"""Whether others moved the list while pages were read, or nobody did (LIST-06, LIST-15)."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from order_conformance.paging import is_no_page, read_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from order_conformance.listing import Listing
    from order_conformance.paging import Page

FIRST_PAUSE = 0.2
"""Seconds before a page is looked at again."""

MOST_LOOKS = 12

MOST_SHUFFLED = 3
"""Of the pairs of reads that follow each other, among ten reads of one page."""


def pages_of_different_totals(listing: Listing, index: int, size: int) -> tuple[Page, Page] | None:
    """Return the first page and another, if they state different totals while the list lies still.

    A cache in front of one of them is given the time in which it may lag behind.
    """
    waited, pause = 0.0, FIRST_PAUSE
    for _ in range(MOST_LOOKS):
        front = listing.page(0, size)
        exchange = listing.ask(index, listing.usable(size))
        if is_no_page(exchange) or (page := read_page(exchange)).total == front.total:
            return None
        again = listing.page(0, size)
        if (front.ids, front.total) != (again.ids, again.total):
            continue
        if waited > listing.api.target.consistency_window:
            return again, page
        listing.api.door.wait(pause)
        waited, pause = waited + pause, pause * 2
    return None


def moved_by_itself(seen: Sequence[tuple[object, ...]]) -> bool:
    """Say whether others may have moved the orders that a page showed, read again and again.

    Who replaces an order, or sorts a list by the last change, moves a few orders and leaves the
    others in their sequence. A sequence that comes back, or that keeps being shuffled, was moved
    by nobody.
    """
    changes = [one for one, other in pairwise([*seen, ()]) if one != other]
    if len(set(changes)) < len(changes):
        return False
    shuffled = sum(is_shuffled(one, other) for one, other in pairwise(seen))
    return shuffled < MOST_SHUFFLED


def is_shuffled(one: Sequence[object], other: Sequence[object]) -> bool:
    """Say whether the orders on both pages are in another sequence, whichever one is left out."""
    common = [order_id for order_id in one if order_id in other]
    again = [order_id for order_id in other if order_id in common]
    without = [[i for i in ids if i != left_out] for left_out in common for ids in (common, again)]
    return (
        bool(common)
        and common != again
        and all(a != b for a, b in zip(without[::2], without[1::2], strict=True))
    )
