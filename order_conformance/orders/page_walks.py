"""Walks over the list: made once, judged by many requirements.

A short list is walked whole. Of a longer one the first pages are walked, and the stretch where
our own orders are; the middle is not read.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from order_conformance.orders.page import is_no_page, read_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from order_conformance.orders.order_list import OrderList
    from order_conformance.orders.page import Page

MOST_PAGES_WHOLE = 14
EDGE = 3
CONFIRMATIONS = 2
"""Times that a walk is repeated, at once, before a violation is believed."""

MOST_TURNS = 10
"""Times that pages are read in the other direction, to meet a moment in which nothing changes."""


@dataclass(frozen=True)
class RuleViolation:
    """How a walk breaks a rule, and the page that shows it.

    Attributes:
        page: the page that shows it.
        what: what is wrong with the page.
        conflicting_pages: the indexes of the pages that contradict each other, unless the list
            changed while they were read.
        order_id: the order that is missing, where it is about a missing one.
    """

    page: Page
    what: str
    conflicting_pages: tuple[int, ...] = ()
    order_id: object = None


Rule: TypeAlias = "Callable[..., RuleViolation | None]"
WalkRule: TypeAlias = "Callable[[Walk], RuleViolation | None]"
"""Returns how a walk breaks the rule; None if it keeps it."""


@dataclass(frozen=True)
class Walk:
    """Pages read one after the other, all asked for with one size.

    Attributes:
        first_number: what the server calls its first page.
        asked_size: the size that was asked for; None where the server chose.
        start: the index, counted from 0, of the first page that was read.
        pages: the pages.
        reached_end: what follows the last of ``pages`` was asked for, and there was nothing.
        violations: the rules that this walk, and each repetition of it, breaks.
    """

    first_number: int
    asked_size: int | None
    start: int
    pages: tuple[Page, ...]
    reached_end: bool
    violations: Mapping[Rule, RuleViolation] = field(default_factory=dict)

    @property
    def met(self) -> frozenset[object]:
        """The ids of the orders on its pages."""
        return frozenset(order_id for page in self.pages for order_id in page.ids)

    @property
    def is_whole(self) -> bool:
        """Whether the walk covers the whole list."""
        return self.start == 0 and self.reached_end

    @property
    def was_still(self) -> bool:
        """Whether the list claimed the same total on every page: it did not change meanwhile."""
        return len({page.total for page in self.pages}) <= 1

    def indexed(self) -> Iterator[tuple[int, Page]]:
        """Yield each page with its index counted from 0."""
        return enumerate(self.pages, self.start)

    def filled(self) -> tuple[Page, ...]:
        """Return the pages that hold orders."""
        return tuple(page for page in self.pages if page.content)

    def followed(self) -> Iterator[tuple[Page, bool]]:
        """Yield each filled page with whether a later one exists, where that is known.

        Pairs between which the list changed are left out.
        """
        filled = self.filled()
        for page, following in pairwise(filled):
            if page.total == following.total:
                yield page, True
        if filled and self.reached_end and filled[-1].total == self.pages[-1].total:
            yield filled[-1], False


def walk_list(listing: OrderList, size: int, ours: int, rules: Sequence[WalkRule]) -> list[Walk]:
    """Walk the list with one page size and keep what the walks break of the rules.

    Args:
        listing: the list of orders.
        size: the page size.
        ours: how many orders this run has in the list.
        rules: what each walk has to keep.

    Returns:
        One walk over a short list, two over the ends of a long one; none where the server
        refuses the size.
    """
    _ = listing.first_number  # learned first: it must not come between the pages of a walk
    total = listing.total
    used = max(1, min(size, listing.large_size))
    count = math.ceil(total / used)
    longest = MOST_PAGES_WHOLE
    if count > longest:
        used = max(1, listing.page(0, size).size)  # asked for is not granted
        count = math.ceil(total / used)
    if count <= longest:
        stretches = [(0, count + 2)]
    else:
        needed = math.ceil(ours / used) + 1
        at_front = needed if listing.new_orders_at == "front" else 0
        at_end = needed if listing.new_orders_at == "end" else 0
        stretches = [
            (0, min(longest, max(EDGE, at_front))),
            (max(0, count - min(longest, max(EDGE, at_end))), longest + 2),
        ]
    walks = [_judged_walk(listing, size, start, most, rules) for start, most in stretches]
    return [walk for walk in walks if walk.pages]


def walk_without_size(listing: OrderList, rules: Sequence[WalkRule]) -> list[Walk]:
    """Walk over both ends of the list without asking for a size.

    Returns:
        One walk over a short list, two over the ends of a long one; none where the server
        requires a size.
    """
    front = _judged_walk(listing, None, 0, 2, rules)
    if not front.pages or front.reached_end:
        return [front] if front.pages else []
    last = math.ceil(front.pages[0].total / max(1, front.pages[0].size)) - 1
    end = _judged_walk(listing, None, max(1, last), 2, rules)
    # A list that goes on beyond its claimed end is judged by other requirements.
    return [front, end] if end.reached_end else [front]


def goes_wrong_again(listing: OrderList, walk: Walk, is_wrong: Callable[[Walk], bool]) -> bool:
    """Repeat a walk; return whether every repetition is wrong in the same way."""
    return all(
        is_wrong(_walk(listing, walk.asked_size, walk.start, len(walk.pages) + 1))
        for _ in range(CONFIRMATIONS)
    )


def _walk(listing: OrderList, size: int | None, start: int, most: int) -> Walk:
    pages, reached_end = listing.walk(size, start=start, most=most)
    return Walk(listing.first_number, size, start, tuple(pages), reached_end)


def _judged_walk(
    listing: OrderList, size: int | None, start: int, most: int, rules: Sequence[WalkRule]
) -> Walk:
    """Walk a stretch of the list and keep the violations that are confirmed.

    A violation is confirmed when each repetition shows one as well, and when the pages that
    contradict each other still do so while the list does not change: other clients may have
    written in between.
    """
    walk = _walk(listing, size, start, most)
    violations = _violations(walk, rules) if walk.pages else {}
    for _ in range(CONFIRMATIONS if violations else 0):
        violations = _violations(_walk(listing, size, start, most + 1), violations)
    confirmed = {
        rule: violation
        for rule, violation in violations.items()
        if _persists(listing, walk, rule, violation.conflicting_pages)
    }
    return replace(walk, violations=confirmed)


def _violations(walk: Walk, rules: Iterable[WalkRule]) -> dict[WalkRule, RuleViolation]:
    found = {rule: rule(walk) for rule in rules}
    return {rule: violation for rule, violation in found.items() if violation is not None}


def _persists(listing: OrderList, walk: Walk, rule: WalkRule, indexes: tuple[int, ...]) -> bool:
    """Return whether pages still break a rule when the list does not change meanwhile.

    An equal total does not prove that it did not change: others may replace an order, or move
    one to the front.
    """
    if not indexes:
        return True
    pages = _pages_of_a_still_list(listing, walk.asked_size, indexes)
    return pages is not None and rule(replace(walk, start=indexes[0], pages=pages)) is not None


def _pages_of_a_still_list(
    listing: OrderList, size: int | None, indexes: tuple[int, ...]
) -> tuple[Page, ...] | None:
    """Read the pages forward, then backward: if both agree, the list did not change in between.

    Returns:
        The pages by rising index; None where one of them cannot be read, or where the list
        changed each time.
    """
    way = indexes
    there = _read_pages(listing, size, way)
    for _ in range(MOST_TURNS):
        if there is None:
            return None
        # The page at which the direction turns is read once.
        rest = _read_pages(listing, size, way[-2::-1])
        if rest is None:
            return None
        back = (there[-1], *rest)
        if [page.ids for page in there] == [page.ids for page in reversed(back)]:
            return there if way == indexes else there[::-1]
        way, there = way[::-1], back
    return None


def _read_pages(
    listing: OrderList, size: int | None, indexes: Iterable[int]
) -> tuple[Page, ...] | None:
    """Read pages in this sequence; None, at once, where one of them cannot be read."""
    pages = []
    for index in indexes:
        exchange = listing.ask(index, size)
        if is_no_page(exchange):
            return None
        pages.append(read_page(exchange))
    return tuple(pages)
