"""What can be wrong with the pages of a walk: one rule each (guide, Listing Orders).

A test names the rule that it judges: ``assert_holds(walks, only_the_last_page_is_last)``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Generic, ParamSpec

from order_conformance.core.outcomes import blocked
from order_conformance.core.text import Phrase
from order_conformance.judging.assertions import fail
from order_conformance.orders.page_walks import RuleViolation, Walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from order_conformance.judging.findings import NonConformance
    from order_conformance.orders.page import Page
    from order_conformance.orders.page_walks import WalkRule

Judged = ParamSpec("Judged")

IGNORED = "the number of another page shows the same page"


@dataclass(frozen=True)
class PageRule(Generic[Judged]):
    """A rule that pages have to keep: what finds a violation, and what is expected instead."""

    find_violation: Callable[Judged, RuleViolation | None]
    expected: str

    def __call__(self, *args: Judged.args, **kwargs: Judged.kwargs) -> RuleViolation | None:
        """Return how pages break the rule; None if they keep it."""
        return self.find_violation(*args, **kwargs)

    def broken_by(self, page: Page, what: str) -> NonConformance:
        """Return the finding that a page breaks the rule."""
        return wrong_page(page, what, expected=self.expected)


def expects(
    expected: str,
) -> Callable[[Callable[Judged, RuleViolation | None]], PageRule[Judged]]:
    """Make a rule of a function that returns how pages break it."""
    return lambda find_violation: PageRule(find_violation, expected)


RULES_OF_A_WALK: list[PageRule[[Walk]]] = []
"""What each walk is held against as it is made, in this sequence."""


def rule_of_a_walk(expected: str) -> Callable[[WalkRule], PageRule[[Walk]]]:
    """Make a rule of a function that needs nothing but the walk; each walk is held against it."""

    def declare(find_violation: WalkRule) -> PageRule[[Walk]]:
        rule = PageRule(find_violation, expected)
        RULES_OF_A_WALK.append(rule)
        return rule

    return declare


@rule_of_a_walk("`first` true on the first page, and false on every other")
def only_the_first_page_is_first(walk: Walk) -> RuleViolation | None:
    """LIST-03: `first` is true on the first page and on no other."""
    for index, page in walk.indexed():
        says_something = page.content or (index > 0 and page.total > 0)
        if says_something and page.first != (index == 0):
            return RuleViolation(
                page, Phrase(f"`first` is {page.first} on page {{}} of the list", index + 1)
            )
    return None


@rule_of_a_walk("`last` true on the last page that holds orders, and false on every page before")
def only_the_last_page_is_last(walk: Walk) -> RuleViolation | None:
    """LIST-04: `last` is true on the last page and on no page before it."""
    for page, has_next in walk.followed():
        if page.last and has_next:
            return RuleViolation(page, "`last` is true, yet the next page holds orders")
        if not page.last and not has_next:
            return RuleViolation(page, "`last` is false, yet the next page holds none")
    return None


@rule_of_a_walk("as many orders as `size` says on every page but the last, and never more")
def pages_are_full(walk: Walk) -> RuleViolation | None:
    """LIST-05: a page holds at most `size` orders, and exactly `size` when others follow."""
    for page in walk.pages:
        if len(page.content) > page.size:
            return RuleViolation(
                page, Phrase("it holds {} orders, more than its `size`", len(page.content))
            )
    for page, has_next in walk.followed():
        if has_next and len(page.content) < page.size:
            held = len(page.content)
            return RuleViolation(
                page, Phrase("it holds {} of {} orders, yet others follow", held, page.size)
            )
    return None


@rule_of_a_walk("a `total` that counts every order of the list")
def total_counts_the_list(walk: Walk) -> RuleViolation | None:
    """LIST-06: `total` is at least what a walk meets, and exactly that when the walk is whole."""
    last, total = walk.pages[-1], max(page.total for page in walk.pages)
    # LIST-05 and LIST-07 judge orders that a short page or a repetition hides.
    in_order = pages_are_full(walk) is None and repeats_no_order(walk) is None
    for index, page in walk.indexed() if in_order else ():
        least = index * page.size + len(page.content)
        if page.content and page.total < least:
            return RuleViolation(
                page, Phrase("`total` is {}, but up to its end there are {}", page.total, least)
            )
    met, indexes = len(walk.met), tuple(index for index, _ in walk.indexed())
    if total < met:
        return RuleViolation(
            last, Phrase("`total` is {}, but the walk met {} orders", total, met), indexes
        )
    if in_order and walk.is_whole and walk.was_still and total != met:
        return RuleViolation(
            last, Phrase("`total` is {}, but the list holds {} orders", total, met), indexes
        )
    return None


@rule_of_a_walk("each order on one page, and on one only")
def repeats_no_order(walk: Walk) -> RuleViolation | None:
    """LIST-07: no order is on two pages between which the list did not change."""
    met: dict[object, int] = {}
    filled = [(index, page) for index, page in walk.indexed() if page.content]
    for (before_index, before), (index, page) in pairwise(filled):
        met |= dict.fromkeys(before.ids, before_index)
        if before.total != page.total:
            met = {}
        twice = min(met.keys() & set(page.ids), key=str, default=None)
        if twice is not None:
            return RuleViolation(
                page, Phrase("the walk met order {} twice", twice), (met[twice], index)
            )
    for page in walk.pages:
        if len(set(page.ids)) < len(page.ids):
            return RuleViolation(page, "it holds an order twice")
    return None


@rule_of_a_walk("the page that was asked for, with its number in `page`")
def page_is_echoed(walk: Walk) -> RuleViolation | None:
    """LIST-08: `page` echoes the number that was asked for."""
    for index, page in walk.indexed():
        number = walk.first_number + index
        if page.content and page.page != number:
            return RuleViolation(
                page, Phrase("page {} was asked for, `page` is {}", number, page.page)
            )
    return None


@rule_of_a_walk("the same `size` on every page of one walk")
def size_is_the_same_on_every_page(walk: Walk) -> RuleViolation | None:
    """LIST-09: `size` is the same on every page of a walk."""
    sizes = {page.size for page in walk.filled()}
    if len(sizes) > 1:
        return RuleViolation(
            walk.filled()[-1], Phrase("the pages of one walk echo the sizes {}", sorted(sizes))
        )
    return None


def assert_holds(walks: Iterable[Walk], rule: PageRule[...]) -> None:
    """Judge that no walk breaks a rule; only what its repetitions confirmed counts."""
    for walk in walks:
        violation = walk.violations.get(rule)
        if violation is not None:
            raise rule.broken_by(violation.page, violation.what)


def assert_page_selects(walks: Iterable[Walk]) -> None:
    """Judge that asking for further pages showed other pages than the first (LIST-08)."""
    for walk in walks:
        if page_is_ignored(walk):
            raise page_is_echoed.broken_by(walk.pages[1], IGNORED)


def page_is_ignored(walk: Walk) -> bool:
    """Return whether asking for further pages only ever showed the first one again."""
    shown = {page.ids for page in walk.pages}
    return len(walk.pages) > 1 and len(shown) == 1 and walk.was_still


def selected(walks: Sequence[Walk]) -> Sequence[Walk]:
    """Return the walks, if their pages can be selected at all.

    Raises:
        CantTell: blocked by LIST-08.
    """
    if any(map(page_is_ignored, walks)):
        raise blocked("LIST-08", IGNORED)
    return walks


def wrong_page(page: Page, what: str, *, expected: str) -> NonConformance:
    """Return the finding that something is wrong with a page."""
    first, last = json.dumps([page.first, page.last])[1:-1].split(", ")
    claims = (
        f"`page` {page.page}, `size` {page.size}, `total` {page.total}, "
        f"`first` {first}, `last` {last}, {len(page.content)} orders"
    )
    return fail(
        Phrase("a page of the list is wrong: {}", Phrase.of(what)),
        page.exchange,
        expected=expected,
        notice=f"the page claims {claims}",
    )
