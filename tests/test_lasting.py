"""Lasting: at the end of the run every order is there, and the longer list is right."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from order_conformance.core.outcomes import Inapplicable
from order_conformance.core.statuses import REFUSAL
from order_conformance.core.text import Phrase
from order_conformance.judging.assertions import assert_no_server_error, assert_shows, fail
from order_conformance.orders.fields import association_id, difference, lacks_only
from order_conformance.orders.order_list import place_of_new
from order_conformance.orders.page import read_page
from order_conformance.orders.page_walks import goes_wrong_again, walk_list
from tests.checks.listed_orders import assert_every_order_is_listed
from tests.checks.lost_orders import loses_no_order, misses
from tests.checks.page_rules import (
    RULES_OF_A_WALK,
    assert_holds,
    only_the_last_page_is_last,
    pages_are_full,
    repeats_no_order,
    selected,
    size_is_the_same_on_every_page,
    total_counts_the_list,
    wrong_page,
)
from tests.checks.persistence import assert_still_there

if TYPE_CHECKING:
    from order_conformance.orders.dialect import Dialect
    from order_conformance.orders.factory import Account
    from order_conformance.orders.order_list import OrderList
    from order_conformance.orders.page import Page
    from order_conformance.orders.page_walks import Walk
    from order_conformance.orders.placed import Orders

requirement = pytest.mark.requirement
pytestmark = pytest.mark.every_shard

HUGE_SIZE = 1000
MOST_LATE_SIZE = 50
MOST_PAGES_IN_DOUBT = 40
"""Large pages of a long list that are read where an order of ours seems to be missing."""


@pytest.fixture(scope="module")
def late_walk(orders: Orders, listing: OrderList) -> Walk:
    """A walk over the list as it is at the end of the run, where it is short enough."""
    listing.find(placed.id for placed in orders.placed[-1:])
    if not listing.is_short:
        raise Inapplicable("the list is long: only its ends are read")
    size = min(MOST_LATE_SIZE, listing.large_size)
    walk = walk_list(listing, size, len(orders.placed), RULES_OF_A_WALK)[0]
    return selected([walk])[0]


@requirement("ASSOC-09")
def test_every_created_order_shows_the_given_patient_or_site(orders: Orders) -> None:
    """Each order of the run showed the patient or site that it was created for."""
    for placed in orders.placed:
        for kind in {"patient", "site"} & placed.sent.keys():
            given, shown = association_id(placed.sent, kind), association_id(placed.order, kind)
            assert_shows(placed.as_created, f"the id of the {kind}", given, shown)


@requirement("ATOM-02")
def test_every_accepted_order_is_in_the_list(orders: Orders, listing: OrderList) -> None:
    """Every accepted order is in the list within the consistency window."""
    assert_every_order_is_listed(orders, listing)


@requirement("ATOM-02")
def test_a_long_list_omits_none_of_our_orders(orders: Orders, listing: OrderList) -> None:
    """Between an older and a newer order of ours, the list shows all that were accepted."""
    if listing.new_orders_at is None:
        raise Inapplicable("the list shows our orders in no sequence of its own")
    pages = listing.newest()
    shown = list(dict.fromkeys(order_id for page in pages for order_id in page.ids))
    created = [placed.id for placed in orders.placed]
    if place_of_new(shown, created) != listing.new_orders_at:
        raise Inapplicable("too few of our orders are in reach, or they are in no sequence")
    met = [number for number, order_id in enumerate(created) if order_id in set(shown)]
    missing = [placed for placed in orders.placed[met[0] : met[-1]] if placed.id not in shown]
    if not missing:
        return
    # A list with another main sort order shows them on later pages.
    further, reached_end = listing.walk(listing.large_size, most=MOST_PAGES_IN_DOUBT)
    if not reached_end:
        raise Inapplicable("the list is too long to distinguish missing orders from hidden ones")
    for placed in missing:
        if not any(placed.id in page.ids for page in further):
            raise fail(
                Phrase("order {} was accepted, but is not in the list", placed.id),
                placed.exchange,
                further[-1].exchange,
                expected="every accepted order in the list: older and newer ones are there",
            )


@requirement("ATOM-02")
def test_every_accepted_order_is_fetchable(orders: Orders) -> None:
    """Every accepted order that the run fetched was returned."""
    for placed, exchange in orders.not_fetched:
        raise fail(
            Phrase("order {} was accepted, but cannot be fetched", placed.id),
            placed.exchange,
            exchange,
            expected=f"200 with the order within {orders.api.target.consistency_window:g} s",
        )


@requirement("ATOM-03")
@pytest.mark.deep
def test_the_list_agrees_with_every_created_order(orders: Orders, late_walk: Walk) -> None:
    """Each order of the run is in the list as it was created."""
    for placed in orders.placed:
        for page in late_walk.pages:
            entry = page.entry(placed.id)
            if entry is None:
                continue
            changed = difference(placed.order, entry, sent=placed.sent)
            if changed and not lacks_only(entry, placed.order):
                raise fail(
                    "the list entry differs from the created order",
                    placed.exchange,
                    page.exchange,
                    expected="the same order wherever it is shown",
                    notice=changed.inside("content", page.content.index(entry)),
                )


@requirement("LIST-04")
@pytest.mark.deep
def test_only_the_last_large_page_is_last(late_walk: Walk) -> None:
    """`last` is true on the last page and on no page before it, on large pages as well."""
    assert_holds([late_walk], only_the_last_page_is_last)


@requirement("LIST-05")
@pytest.mark.deep
def test_a_large_page_is_full_unless_it_is_the_last(late_walk: Walk) -> None:
    """A large page holds exactly `size` orders when others follow."""
    assert_holds([late_walk], pages_are_full)


@requirement("LIST-06")
@pytest.mark.deep
def test_the_total_counts_a_longer_list(late_walk: Walk) -> None:
    """`total` counts every order of the list, also when there are many."""
    assert_holds([late_walk], total_counts_the_list)


@requirement("LIST-07")
@pytest.mark.deep
def test_a_walk_over_a_longer_list_meets_each_of_our_orders_once(
    orders: Orders, listing: OrderList, late_walk: Walk
) -> None:
    """Walking large pages meets each order of the run exactly once."""
    assert_holds([late_walk], repeats_no_order)
    if not (late_walk.is_whole and late_walk.was_still):
        raise Inapplicable("the list changed during the walk: other clients write too")
    missed = [placed for placed in orders.placed if misses(placed.id, late_walk)]
    listed = listing.find(placed.id for placed in missed) if missed else {}
    for placed in missed:
        if placed.id in listed and goes_wrong_again(listing, late_walk, partial(misses, placed.id)):
            what = Phrase("a walk over the whole list never met order {} of this run", placed.id)
            raise loses_no_order.broken_by(late_walk.pages[-1], what)


@requirement("LIST-09")
@pytest.mark.parametrize("size", [50, 1000, 20, 100, 101, 37, 2**31 - 1])
def test_a_large_size_is_honoured_or_the_echo_says_otherwise(
    listing: OrderList, dialect: Dialect, size: int
) -> None:
    """A large size is honoured or refused, or the echo shows the size really used."""
    for _ in range(2):
        exchange = listing.ask(0, size)
        assert_no_server_error(exchange, whatever="a large page size")
        if exchange.status in REFUSAL:
            return
        page = read_page(exchange)
        if len(page.content) >= min(page.size, page.total):
            dialect.note_max("largest_size", page.size)
            return
    what = Phrase(
        "`size` is {}, yet of {} orders it holds {}", page.size, page.total, len(page.content)
    )
    raise wrong_page(
        page, what, expected="the size really used in `size`: as many orders, or all there are"
    )


@requirement("LIST-04")
@pytest.mark.deep
def test_a_page_of_a_capped_size_is_not_last_when_others_follow(listing: OrderList) -> None:
    """`last` depends on the size that is granted, not on the one that was asked for."""
    for _ in range(2):
        page = page_of_huge_size(listing)
        if not page.last:
            return
    what = Phrase("`last` is true, yet `total` is {}", page.total)
    raise only_the_last_page_is_last.broken_by(page, what)


@requirement("LIST-09")
@pytest.mark.deep
def test_pages_of_a_capped_size_follow_each_other(listing: OrderList) -> None:
    """Where the server caps a size, the second page continues where the first one ends."""
    first = page_of_huge_size(listing)
    for _ in range(2):
        exchange = listing.ask(1, HUGE_SIZE)
        if exchange.status in REFUSAL:
            raise Inapplicable("the server refuses a second page of a large size")
        page = read_page(exchange)
        if page.content or page.page != listing.first_number + 1 or page.total <= first.size:
            return
    what = Phrase(
        "the second page is empty, yet of {} orders the first holds {}", page.total, first.size
    )
    raise size_is_the_same_on_every_page.broken_by(page, what)


def page_of_huge_size(listing: OrderList) -> Page:
    """Read the first page with a size that the server caps; the list must be longer than that."""
    exchange = listing.ask(0, HUGE_SIZE)
    if exchange.status in REFUSAL:
        raise Inapplicable("the server refuses a large size")
    page = read_page(exchange)
    if page.total <= page.size:
        raise Inapplicable("all orders are on one page of the largest size")
    return page


@requirement("ATOM-04")
def test_the_first_orders_are_still_there(orders: Orders, account: Account) -> None:
    """Orders from the start of the run are unchanged after many others."""
    if not orders.first_fetched:
        orders.fetched(orders.place(account.plain_order(), blocked_by="ASSOC-01"))
    assert_still_there(orders, orders.first_fetched[:5])
