"""Defaults: the list when neither page nor size is given (guide, Listing Orders)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from order_conformance.core.outcomes import Inapplicable
from order_conformance.core.text import Phrase
from order_conformance.judging.assertions import fail
from order_conformance.orders.page import is_no_page, read_page
from order_conformance.orders.page_walks import walk_without_size
from order_conformance.orders.polling import poll
from tests.checks.page_rules import (
    RULES_OF_A_WALK,
    assert_holds,
    assert_page_selects,
    only_the_first_page_is_first,
    only_the_last_page_is_last,
    page_is_echoed,
    pages_are_full,
    repeats_no_order,
    selected,
    size_is_the_same_on_every_page,
    total_counts_the_list,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from order_conformance.orders.creates import Api
    from order_conformance.orders.order_list import OrderList
    from order_conformance.orders.page import Page
    from order_conformance.orders.page_walks import Walk

requirement = pytest.mark.requirement
pytestmark = pytest.mark.deep


@pytest.fixture(scope="module")
def all_walks(listing: OrderList) -> list[Walk]:
    """Walks over both ends of the list that do not ask for a size."""
    return walk_without_size(listing, RULES_OF_A_WALK)


@pytest.fixture(scope="module")
def walks(all_walks: list[Walk]) -> Sequence[Walk]:
    """Those walks, if their pages can be selected at all."""
    return selected(all_walks)


@requirement("LIST-02")
def test_bare_list_equals_first_page(api: Api, listing: OrderList) -> None:
    """The list without parameters is its first page: the same orders, and the same claims."""
    for _ in poll(api.client, api.target.consistency_window):
        exchanges = [api.list_orders(), listing.ask(0), api.list_orders()]
        if any(map(is_no_page, exchanges)):
            raise Inapplicable("the first page cannot be read without a size")
        plain, numbered, again = map(read_page, exchanges)
        was_still = claims(plain) == claims(again)
        if was_still and is_the_same_page(plain, numbered):
            return
    if not was_still:
        raise Inapplicable("the list changed between any two reads: other clients write too")
    raise fail(
        "the list without parameters is not its first page",
        plain.exchange,
        numbered.exchange,
        expected="the same orders in the same sequence, and the same claims",
        notice=f"without parameters {in_words(plain)}; page {numbered.page} {in_words(numbered)}",
    )


def claims(page: Page) -> tuple[object, ...]:
    """Return the orders of a page and what it claims."""
    return page.ids, page.page, page.size, page.total, page.first, page.last


def is_the_same_page(plain: Page, numbered: Page) -> bool:
    """Return whether a page read without parameters is the one that was asked for by number.

    It may be longer if it says so: a server may page only when it is asked to.
    """
    if plain.size == numbered.size:
        return claims(plain) == claims(numbered)
    common = min(len(plain.ids), len(numbered.ids))
    same = (plain.page, plain.total, plain.first) == (numbered.page, numbered.total, True)
    honest = len(plain.content) == min(plain.size, plain.total)
    is_last = plain.last == (plain.size >= plain.total)
    return same and honest and is_last and plain.ids[:common] == numbered.ids[:common]


def in_words(page: Page) -> str:
    """Return the claims of a page in words."""
    return (
        f"it holds {len(page.content)} orders from {page.ids[:1]} on, `size` {page.size}, "
        f"`total` {page.total}, `first` {page.first}, `last` {page.last}"
    )


@requirement("LIST-03")
def test_only_the_first_page_is_first_without_a_size(
    walks: Sequence[Walk],
) -> None:
    """`first` is true on the first page and on no other, on pages of the default size."""
    assert_holds(walks, only_the_first_page_is_first)


@requirement("LIST-04")
def test_only_the_last_page_is_last_without_a_size(walks: Sequence[Walk]) -> None:
    """`last` is true on the last page and on no page before it, on pages of the default size."""
    assert_holds(walks, only_the_last_page_is_last)


@requirement("LIST-05")
def test_a_page_is_full_unless_it_is_the_last_without_a_size(walks: Sequence[Walk]) -> None:
    """A page of the default size holds exactly `size` orders when others follow."""
    assert_holds(walks, pages_are_full)


@requirement("LIST-06")
def test_the_total_counts_the_whole_list_without_a_size(walks: Sequence[Walk]) -> None:
    """`total` counts the whole list on pages of the default size."""
    assert_holds(walks, total_counts_the_list)


@requirement("LIST-07")
def test_a_walk_meets_no_order_twice_without_a_size(walks: Sequence[Walk]) -> None:
    """Walking pages of the default size meets no order twice while the list does not change."""
    assert_holds(walks, repeats_no_order)


@requirement("LIST-08")
def test_page_selects_the_page_and_is_echoed_without_a_size(all_walks: list[Walk]) -> None:
    """`page` alone selects the page and is echoed."""
    assert_page_selects(all_walks)
    assert_holds(all_walks, page_is_echoed)


@requirement("LIST-09")
def test_the_default_size_is_the_same_on_every_page(walks: Sequence[Walk]) -> None:
    """The default `size` is the same on every page, the last one too."""
    pages = [page for walk in walks for page in walk.filled()]
    sizes = {page.size for page in pages}
    if len(sizes) > 1:
        what = Phrase("without a size asked for, pages echo the sizes {}", sorted(sizes))
        raise size_is_the_same_on_every_page.broken_by(pages[-1], what)
