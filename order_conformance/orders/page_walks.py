"""Walks over the list, made once and judged by many requirements.

A short list is walked whole. Of a longer one the walk covers the first pages and the
stretch where our own orders are; what lies between is nobody's business.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field, replace
from itertools import cycle, islice, pairwise
from typing import TYPE_CHECKING, TypeAlias

from order_conformance.orders.page import is_no_page, read_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from order_conformance.orders.order_list import OrderList
    from order_conformance.orders.page import Page

MOST_PAGES_WHOLE = 14
EDGE = 3
CONFIRMATIONS = 2
"""Times that a walk is made again, at once, before what is wrong with it is believed."""

LOOKS = 4
"""Times that pages are read to and fro, to meet a moment in which they lie still."""


@dataclass(frozen=True)
class RuleViolation:
    """What is wrong with a walk, and the page that shows it.

    ``conflicting_pages``: the indexes of the pages that contradict each other in a list at rest.
    """

    page: Page
    what: str
    conflicting_pages: tuple[int, ...] = ()


@dataclass(frozen=True)
class Walk:
    """Pages read one after the other, from an index counted from 0, all asked for one size.

    ``asked_size``: None where none was asked for, and the server chose.
    ``reached_end``: what follows the last of ``pages`` was asked for, and there was nothing.
    ``wrong``: by requirement, what was wrong with it and with each repetition of it.
    """

    asked_size: int | None
    start: int
    pages: tuple[Page, ...]
    reached_end: bool
    wrong: Mapping[str, RuleViolation] = field(default_factory=dict)

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
        """Whether the list claimed the same total on every page: nothing moved meanwhile."""
        return len({page.total for page in self.pages}) <= 1

    def indexed(self) -> Iterator[tuple[int, Page]]:
        """Yield each page with its index counted from 0."""
        return enumerate(self.pages, self.start)

    def filled(self) -> tuple[Page, ...]:
        """Return the pages that hold orders."""
        return tuple(page for page in self.pages if page.content)

    def followed(self) -> Iterator[tuple[Page, bool]]:
        """Yield each filled page with whether a later one exists, where that is known.

        Pairs between which the list moved are left out.
        """
        filled = self.filled()
        for page, following in pairwise(filled):
            if page.total == following.total:
                yield page, True
        if filled and self.reached_end and filled[-1].total == self.pages[-1].total:
            yield filled[-1], False


Rule: TypeAlias = "Callable[[Walk], RuleViolation | None]"
Rules = dict[str, Rule]
"""By requirement, what says that something is wrong with a walk."""


def walk_list(listing: OrderList, size: int, ours: int, rules: Rules) -> list[Walk]:
    """Walk the list with one page size; ``ours`` is how many orders the run has in it.

    There is none where the server refuses the size. A walk with which something is wrong is
    made again at once, while the list is as it was: only what is wrong each time is kept, as
    other clients may have written in between.
    """
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
    walks = [_confirmed(listing, size, start, most, rules) for start, most in stretches]
    return [walk for walk in walks if walk.pages]


def walk_without_size(listing: OrderList, rules: Rules) -> list[Walk]:
    """Walk over both ends of the list in pages of the size that the server gives by itself.

    There is none where the server gives no page to who asks for no size.
    """
    front = _confirmed(listing, None, 0, 2, rules)
    if not front.pages or front.reached_end:
        return [front] if front.pages else []
    last = math.ceil(front.pages[0].total / max(1, front.pages[0].size)) - 1
    end = _confirmed(listing, None, max(1, last), 2, rules)
    # What shows more beyond its claimed end is judged by other requirements.
    return [front, end] if end.reached_end else [front]


def _confirmed(listing: OrderList, size: int | None, start: int, most: int, rules: Rules) -> Walk:
    walk = _stretch(listing, size, start, most)
    if not walk.pages:
        return walk
    wrong = {name: found for name, rule in rules.items() if (found := rule(walk)) is not None}
    for _ in range(CONFIRMATIONS if wrong else 0):
        again = _stretch(listing, size, start, most + 1)
        wrong = {name: found for name in wrong if (found := rules[name](again)) is not None}
    stand = {name: it for name, it in wrong.items() if _persists(listing, walk, rules[name], it)}
    return replace(walk, wrong=stand)


def _persists(listing: OrderList, walk: Walk, rule: Rule, wrong: RuleViolation) -> bool:
    """Say whether pages contradict each other while the list lies still.

    An equal total is no proof of that: others may replace an order, or move one to the front.
    So the pages are read to and fro: what stands between two equal looks did not move.
    """
    indexes = wrong.conflicting_pages
    if not indexes:
        return True
    to_and_fro, window = cycle([*indexes, *indexes[-2:0:-1]]), 2 * len(indexes) - 1
    looks: deque[tuple[int, Page]] = deque(maxlen=window)
    for index in islice(to_and_fro, LOOKS * window):
        exchange = listing.ask(index, walk.asked_size)
        if is_no_page(exchange):
            return False
        looks.append((index, read_page(exchange)))
        seen = [(at, page.ids) for at, page in looks]
        if len(seen) == window and seen == seen[::-1]:
            pages = tuple(page for _, page in sorted([*looks][: len(indexes)], key=_index_of))
            return rule(replace(walk, start=indexes[0], pages=pages)) is not None
    return False


def _index_of(look: tuple[int, Page]) -> int:
    return look[0]


def goes_wrong_again(listing: OrderList, walk: Walk, is_wrong: Callable[[Walk], bool]) -> bool:
    """Say whether every repetition of a walk is wrong in the same way."""
    return all(
        is_wrong(_stretch(listing, walk.asked_size, walk.start, len(walk.pages) + 1))
        for _ in range(CONFIRMATIONS)
    )


def _stretch(listing: OrderList, size: int | None, start: int, most: int) -> Walk:
    pages, reached_end = listing.walk(size, start=start, most=most)
    return Walk(size, start, tuple(pages), reached_end)
