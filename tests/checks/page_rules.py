"""What can be wrong with the pages of one walk, by requirement (guide, Listing Orders)."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING

from order_conformance.core.outcomes import blocked
from order_conformance.judging.assertions import fail
from order_conformance.orders.page_walks import RuleViolation

if TYPE_CHECKING:
    from order_conformance.orders.page import Page
    from order_conformance.orders.page_walks import Rules, Walk


EXPECTED = {
    "LIST-03": "`first` true on the first page, and false on every other",
    "LIST-04": "`last` true on the last page that holds orders, and false on every page before",
    "LIST-05": "as many orders as `size` says on every page but the last, and never more",
    "LIST-06": "a `total` that counts every order of the list",
    "LIST-07": "each order on one page, and on one only",
    "LIST-08": "the page that was asked for, with its number in `page`",
    "LIST-09": "the same `size` on every page of one walk",
}


IGNORED = "the number of another page shows the same page"


def only_the_first_is_first(walk: Walk) -> RuleViolation | None:
    """LIST-03: `first` is true on the first page and on no other."""
    for index, page in walk.indexed():
        says_something = page.content or (index > 0 and page.total > 0)
        if says_something and page.first != (index == 0):
            return RuleViolation(page, f"`first` is {page.first} on page {index + 1} of the list")
    return None


def only_the_last_is_last(walk: Walk) -> RuleViolation | None:
    """LIST-04: `last` is true on the last page and on no page before it."""
    for page, has_next in walk.followed():
        if page.last and has_next:
            return RuleViolation(page, "`last` is true, yet the next page holds orders")
        if not page.last and not has_next:
            return RuleViolation(page, "`last` is false, yet the next page holds none")
    return None


def pages_are_full(walk: Walk) -> RuleViolation | None:
    """LIST-05: a page holds at most `size` orders, and exactly `size` when others follow."""
    for page in walk.pages:
        if len(page.content) > page.size:
            return RuleViolation(page, f"it holds {len(page.content)} orders, more than its `size`")
    for page, has_next in walk.followed():
        if has_next and len(page.content) < page.size:
            held = len(page.content)
            return RuleViolation(page, f"it holds {held} of {page.size} orders, yet others follow")
    return None


def total_counts_all(walk: Walk) -> RuleViolation | None:
    """LIST-06: `total` is at least what a walk meets, and just that when the walk is whole."""
    last, total = walk.pages[-1], max(page.total for page in walk.pages)
    # Orders that a short page or a repetition hides are the business of LIST-05 and LIST-07.
    in_order = pages_are_full(walk) is None and none_is_met_twice(walk) is None
    for index, page in walk.indexed() if in_order else ():
        least = index * page.size + len(page.content)
        if page.content and page.total < least:
            return RuleViolation(
                page, f"`total` is {page.total}, but up to its end there are {least}"
            )
    met, indexes = len(walk.met), tuple(index for index, _ in walk.indexed())
    if total < met:
        return RuleViolation(last, f"`total` is {total}, but the walk met {met} orders", indexes)
    if in_order and walk.is_whole and walk.was_still and total != met:
        return RuleViolation(last, f"`total` is {total}, but the list holds {met} orders", indexes)
    return None


def none_is_met_twice(walk: Walk) -> RuleViolation | None:
    """LIST-07: no order stands on two pages between which the list did not move."""
    met: dict[object, int] = {}
    filled = [(index, page) for index, page in walk.indexed() if page.content]
    for (before_index, before), (index, page) in pairwise(filled):
        met |= dict.fromkeys(before.ids, before_index)
        if before.total != page.total:
            met = {}
        twice = min(met.keys() & set(page.ids), key=str, default=None)
        if twice is not None:
            return RuleViolation(page, f"the walk met order {twice} twice", (met[twice], index))
    for page in walk.pages:
        if len(set(page.ids)) < len(page.ids):
            return RuleViolation(page, "it holds an order twice")
    return None


def pages_are_those_asked_for(walk: Walk, first_number: int) -> RuleViolation | None:
    """LIST-08: `page` echoes the number that was asked for."""
    for index, page in walk.indexed():
        number = first_number + index
        if page.content and page.page != number:
            return RuleViolation(page, f"page {number} was asked for, `page` is {page.page}")
    return None


def sizes_are_the_same(walk: Walk) -> RuleViolation | None:
    """LIST-09: `size` is the same on every page of a walk."""
    sizes = {page.size for page in walk.filled()}
    if len(sizes) > 1:
        return RuleViolation(
            walk.filled()[-1], f"the pages of one walk echo the sizes {sorted(sizes)}"
        )
    return None


def rules_of_pages(first_number: int) -> Rules:
    """Return every rule by its requirement."""
    return {
        "LIST-03": only_the_first_is_first,
        "LIST-04": only_the_last_is_last,
        "LIST-05": pages_are_full,
        "LIST-06": total_counts_all,
        "LIST-07": none_is_met_twice,
        "LIST-08": lambda walk: pages_are_those_asked_for(walk, first_number),
        "LIST-09": sizes_are_the_same,
    }


def page_is_ignored(walk: Walk) -> bool:
    """Whether asking for further pages only ever showed the first one again."""
    shown = {page.ids for page in walk.pages}
    return len(walk.pages) > 1 and len(shown) == 1 and walk.was_still


def selected(walks: list[Walk]) -> list[Walk]:
    """Return the walks, if their pages can be selected at all.

    Raises:
        CantTell: blocked by LIST-08.
    """
    if any(map(page_is_ignored, walks)):
        raise blocked("LIST-08", IGNORED)
    return walks


def assert_page_selects(walks: list[Walk]) -> None:
    """Judge that `page` selected the pages of some walks, and was echoed."""
    ignored = next(filter(page_is_ignored, walks), None)
    if ignored is not None:
        raise page_is_wrong(ignored.pages[1], IGNORED, "LIST-08")
    assert_right(walks, "LIST-08")


def assert_right(walks: list[Walk], requirement_id: str) -> None:
    """Judge that no walk, and none of its repetitions, broke the rule of a requirement."""
    for walk in walks:
        if requirement_id in walk.wrong:
            wrong = walk.wrong[requirement_id]
            raise page_is_wrong(wrong.page, wrong.what, requirement_id)


def page_is_wrong(page: Page, what: str, requirement_id: str) -> Exception:
    """Return the finding that something is wrong with a page."""
    first, last = json.dumps([page.first, page.last])[1:-1].split(", ")
    claims = (
        f"`page` {page.page}, `size` {page.size}, `total` {page.total}, "
        f"`first` {first}, `last` {last}, {len(page.content)} orders"
    )
    return fail(
        f"a page of the list is wrong: {what}",
        page.exchange,
        expected=EXPECTED[requirement_id],
        notice=f"the page claims {claims}",
    )
