"""Pagination: pages judged by each other and by our orders (guide, Listing Orders)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from order_conformance.core.outcomes import Inapplicable
from order_conformance.core.statuses import SUCCESS
from order_conformance.core.text import Phrase
from order_conformance.judging.assertions import fail
from order_conformance.orders.list_stability import (
    REREADS,
    pages_of_different_totals,
    total_falls,
)
from order_conformance.orders.page import is_no_page, read_page
from order_conformance.orders.page_walks import walk_list
from tests.checks.lost_orders import loses_no_order, skips_none_of_our_orders, with_losses
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

    from order_conformance.http.exchange import Exchange
    from order_conformance.orders.creates import Api
    from order_conformance.orders.factory import Account
    from order_conformance.orders.order_list import OrderList
    from order_conformance.orders.page_walks import Walk
    from order_conformance.orders.placed import Orders, PlacedOrder
    from order_conformance.requirements.profiles import Profile

requirement = pytest.mark.requirement

SIZES = (3, 2, 1)
SIZE_AGAIN = 3
SMALL = 3
"""Below this size only the ends of the list are walked."""

SMALL_SIZES = range(1, 11)
FEWEST_OURS = 11
ROUNDS = 3


@dataclass(frozen=True)
class Survey:
    """The list as it was walked, and the orders of this run that it then held."""

    walks: tuple[Walk, ...]
    ours: tuple[PlacedOrder, ...]


@pytest.fixture(scope="module")
def survey(
    api: Api, account: Account, orders: Orders, listing: OrderList, profile: Profile
) -> Survey:
    """Walks with several sizes, repeated after one more order and after yet one more.

    Three totals in a row put every size of up to three at an exact multiple, one below and
    one above. Nothing is ordered when the run is read-only.
    """
    ours = [] if api.target.read_only else place_several(api, account, orders, listing)
    walks = [
        walk
        for size in (SIZES if profile.explores else SIZES[:1])
        for walk in walk_list(listing, size, len(ours) if size >= SMALL else 0, RULES_OF_A_WALK)
    ]
    if not walks:
        walks = walk_list(listing, listing.large_size, len(ours), RULES_OF_A_WALK)
    walks = with_losses(listing, walks, ours)
    for _ in range(2 if profile.explores and not api.target.read_only else 0):
        placed = orders.place(account.plain_order(), blocked_by="ASSOC-01")
        listing.find([placed.id])
        listing.wait_for_total(walks[-1].pages[0].total + 1)
        ours.append(placed)
        again = walk_list(listing, SIZE_AGAIN, len(ours), RULES_OF_A_WALK)
        walks += with_losses(listing, again, ours)
    return Survey(tuple(walks), tuple(ours))


def place_several(
    api: Api, account: Account, orders: Orders, listing: OrderList
) -> list[PlacedOrder]:
    """Place orders for every known patient and site, and wait until the list shows them."""
    before = listing.page(0, 1).total
    placed = []
    for order in account.orders_for_every_party():
        exchange = api.create(order)
        if exchange.status in SUCCESS:
            placed.append(orders.add(order, exchange))
    while len(placed) < FEWEST_OURS:
        placed.append(orders.place(account.plain_order(), blocked_by="ASSOC-01"))
    listing.find(order.id for order in placed)
    listing.wait_for_total(before + len(placed))
    return placed


@pytest.fixture(scope="module")
def walks(survey: Survey) -> Sequence[Walk]:
    """Walks over a list whose pages can be selected at all."""
    return selected(survey.walks)


@requirement("LIST-03")
def test_only_the_first_page_is_first(walks: Sequence[Walk]) -> None:
    """`first` is true on the first page and on no other."""
    assert_holds(walks, only_the_first_page_is_first)


@requirement("LIST-04")
def test_only_the_last_page_is_last(walks: Sequence[Walk]) -> None:
    """`last` is true on the last page and on no page before it."""
    assert_holds(walks, only_the_last_page_is_last)


@requirement("LIST-05")
def test_a_page_is_full_unless_it_is_the_last(walks: Sequence[Walk]) -> None:
    """A page holds at most `size` orders, and exactly `size` when others follow."""
    assert_holds(walks, pages_are_full)


@requirement("LIST-06")
def test_the_total_counts_the_whole_list(walks: Sequence[Walk]) -> None:
    """`total` counts every order of the list, not those of the page."""
    assert_holds(walks, total_counts_the_list)


@requirement("LIST-06")
@pytest.mark.deep
def test_the_total_grows_with_the_list(
    account: Account, orders: Orders, listing: OrderList
) -> None:
    """`total` grows by the orders that are added."""
    if orders.api.target.read_only:
        raise Inapplicable("the run is read-only")
    for _ in range(ROUNDS):
        before = listing.page(0, 1)
        placed = [orders.place(account.plain_order(), blocked_by="ASSOC-01") for _ in range(2)]
        listing.find(order.id for order in placed)
        after = listing.wait_for_total(before.total + len(placed))
        if after.total >= before.total + len(placed):
            return
        if after.total < before.total or total_falls(listing, after.total, reads=REREADS):
            raise Inapplicable("the total falls: orders of others are removed")
    raise fail(
        "`total` does not grow with the list",
        before.exchange,
        after.exchange,
        expected=f"at least {before.total + len(placed)}: {len(placed)} orders were added",
        notice=f"`total` was {before.total} and is {after.total}, {ROUNDS} times in a row",
    )


@requirement("LIST-06")
@pytest.mark.deep
def test_every_page_states_the_same_total(listing: OrderList) -> None:
    """`total` counts the whole list on every page, the one beyond the end included."""
    front = listing.page(0, SMALL)
    end = front.total // max(1, front.size)
    for index in dict.fromkeys((1, end, end + 2)):
        differing = pages_of_different_totals(listing, front, index, SMALL)
        if differing is not None:
            front, page = differing
            raise fail(
                "two pages of one list state different totals",
                front.exchange,
                page.exchange,
                expected=f"`total` {front.total}, as on the first page",
                notice=f"`total` is {page.total}, read between two reads of the first page",
            )


@requirement("LIST-07")
def test_a_walk_meets_no_order_twice(walks: Sequence[Walk]) -> None:
    """Walking the pages meets no order twice while the list does not change."""
    assert_holds(walks, repeats_no_order)
    if not any(walk.was_still and len(walk.pages) > 1 for walk in walks):
        raise Inapplicable("the list changed during every walk: other clients write too")


@requirement("LIST-07")
def test_walks_with_different_sizes_meet_the_same_orders(
    walks: Sequence[Walk], listing: OrderList
) -> None:
    """Every walk over the whole list meets all of its orders, whatever the size of its pages."""
    assert_holds(walks, loses_no_order)
    if not any(walk.is_whole and walk.was_still for walk in walks):
        raise Inapplicable(
            "the list changed during every walk: other clients write too"
            if listing.is_short
            else "the list is long: only its ends are walked"
        )


@requirement("LIST-07")
def test_a_walk_skips_none_of_our_orders(
    walks: Sequence[Walk], survey: Survey, listing: OrderList
) -> None:
    """A walk that meets an older and a newer order of ours meets those in between.

    This holds while other clients write as well, as long as new orders come at one end.
    """
    assert_holds(walks, skips_none_of_our_orders)
    if listing.new_orders_at is None or not survey.ours:
        raise Inapplicable("the list does not show our orders in the sequence of their creation")


@requirement("LIST-08")
def test_page_selects_the_page_and_is_echoed(survey: Survey) -> None:
    """`page` selects the page, and the response echoes it."""
    assert_page_selects(survey.walks)
    assert_holds(survey.walks, page_is_echoed)


@requirement("LIST-09")
def test_the_echoed_size_is_the_size_used(walks: Sequence[Walk]) -> None:
    """`size` is the page size really used, the same on every page of a walk."""
    assert_holds(walks, size_is_the_same_on_every_page)


@pytest.fixture(scope="module")
def small_pages(listing: OrderList, walks: Sequence[Walk]) -> dict[int, Exchange]:
    """The first page in each small size."""
    walked = {walk.asked_size: walk.pages[0].exchange for walk in walks}
    return {size: walked.get(size) or listing.ask(0, size) for size in SMALL_SIZES}


@requirement("LIST-05")
@pytest.mark.deep
def test_a_small_page_is_full(listing: OrderList, small_pages: dict[int, Exchange]) -> None:
    """A page of one to ten orders holds as many as it says, or all that there are."""
    for size, exchange in small_pages.items():
        reads = [exchange] if is_no_page(exchange) or is_full(exchange) else []
        reads = reads or [listing.ask(0, size) for _ in range(2)]
        if not any(is_no_page(each) or is_full(each) for each in reads):
            page = read_page(reads[-1])
            what = Phrase(
                "it holds {} of {} orders, yet others follow", len(page.content), page.size
            )
            raise pages_are_full.broken_by(page, what)


def is_full(exchange: Exchange) -> bool:
    """Return whether the first page holds as many orders as it says, or all that there are."""
    page = read_page(exchange)
    return len(page.content) >= min(page.size, page.total)


@requirement("LIST-14")
@pytest.mark.parametrize("size", SMALL_SIZES)
def test_a_small_size_is_honoured(small_pages: dict[int, Exchange], size: int) -> None:
    """A page size from 1 to 10 is honoured."""
    exchange = small_pages[size]
    if exchange.status != 200 or read_page(exchange).size != size:
        raise fail(
            f"the server does not honour a page size of {size}",
            exchange,
            expected=f"200 with `size` {size}",
        )
