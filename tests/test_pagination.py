"""Pagination: pages judged by each other and by our orders (guide, Listing Orders)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from order_conformance.assertions import fail
from order_conformance.outcomes import Inapplicable, blocked
from order_conformance.paging import read_page
from order_conformance.walks import Walk, walk_list

if TYPE_CHECKING:
    from order_conformance.account import Account
    from order_conformance.api import Api
    from order_conformance.listing import Listing
    from order_conformance.orders import Orders, Placed
    from order_conformance.paging import Page

requirement = pytest.mark.requirement

SIZES = (1, 2, 3)
SIZES_AGAIN = (3,)
SMALL = 3  # below it only the ends of the list are walked
FEWEST_OURS = 11


@pytest.fixture(scope="module")
def ours(api: Api, account: Account, orders: Orders, listing: Listing) -> list[Placed]:
    """Orders of this run in the list, for every known patient and site; none when read-only."""
    if api.target.read_only:
        return []
    each = [account.patient_order(patient={"id": p}) for p in account.patients]
    each += [account.site_order(site={"id": s}) for s in account.sites]
    each += [account.patient_order() for _ in range(FEWEST_OURS - len(each))]
    placed = [orders.place(order, under="ASSOC-01") for order in each]
    listing.find(order.id for order in placed)
    return placed


@pytest.fixture(scope="module")
def walks(walks_made: list[Walk]) -> list[Walk]:
    """Walks over a list whose pages can be selected at all."""
    if page_is_ignored(walks_made):
        raise blocked("LIST-08", "the number of another page shows the same page")
    return walks_made


def page_is_ignored(walks: list[Walk]) -> bool:
    """Whether asking for a further page only ever showed the first one again."""
    whole = [walk for walk in walks if walk.start == 0]
    return all(len(walk.pages) == 1 and walk.pages[0].total > walk.pages[0].size for walk in whole)


@pytest.fixture(scope="module")
def walks_made(
    api: Api, account: Account, orders: Orders, listing: Listing, ours: list[Placed]
) -> list[Walk]:
    """Walks with several sizes, repeated after one more order and after yet one more.

    Three totals in a row put every size of up to three at an exact multiple, one below and
    one above.
    """
    made = [walk for size in SIZES for walk in walk_list(listing, size, _needed(size, ours))]
    for _ in range(2):
        if api.target.read_only:
            break
        placed = orders.place(account.patient_order(), under="ASSOC-01")
        listing.find([placed.id])
        ours.append(placed)
        made += [walk for size in SIZES_AGAIN for walk in walk_list(listing, size, len(ours))]
    return made


@requirement("LIST-03")
def test_only_the_first_page_is_first(walks: list[Walk]) -> None:
    """`first` is true on the first page and on no other."""
    for walk in walks:
        for index, page in walk.indexed():
            if page.content and page.first != (index == 0):
                raise _wrong(page, f"`first` is {page.first} on page {index + 1} of the list")


@requirement("LIST-04")
def test_only_the_last_page_is_last(walks: list[Walk]) -> None:
    """`last` is true on the last page and on no page before it."""
    for walk in walks:
        for page, has_next in walk.followed():
            if page.last and has_next:
                raise _wrong(page, "`last` is true, yet the next page holds orders")
            if not page.last and not has_next:
                raise _wrong(page, "`last` is false, yet the next page holds none")


@requirement("LIST-05")
def test_a_page_is_full_unless_it_is_the_last(walks: list[Walk]) -> None:
    """A page holds at most `size` orders, and exactly `size` when others follow."""
    for walk in walks:
        for page in walk.pages:
            if len(page.content) > page.size:
                raise _wrong(page, f"it holds {len(page.content)} orders, more than its `size`")
        for page, has_next in walk.followed():
            if has_next and len(page.content) < page.size:
                held = len(page.content)
                raise _wrong(page, f"it holds {held} of {page.size} orders, yet others follow")


@requirement("LIST-06")
def test_the_total_counts_the_whole_list(
    api: Api, account: Account, orders: Orders, listing: Listing, walks: list[Walk]
) -> None:
    """`total` counts every order of the list, and grows by those that are added."""
    for walk in walks:
        seen = len({order_id for page in walk.pages for order_id in page.ids})
        total = max(page.total for page in walk.pages)
        if total < seen:
            raise _wrong(walk.pages[-1], f"`total` is {total}, but the walk met {seen} orders")
        held = len(_held(walks, total))
        if walk.is_whole and walk.was_still and total != held:
            raise _wrong(walk.pages[-1], f"`total` is {total}, but the list holds {held} orders")
    if api.target.read_only:
        return
    before = listing.page(0, 1)
    placed = [orders.place(account.patient_order(), under="ASSOC-01") for _ in range(2)]
    listing.find(order.id for order in placed)
    after = listing.page(0, 1)
    if after.total < before.total + len(placed):
        raise fail(
            "`total` does not grow with the list",
            before.exchange,
            after.exchange,
            expected=f"at least {before.total + len(placed)}: {len(placed)} orders were added",
            notice=f"`total` was {before.total} and is {after.total}",
        )


@requirement("LIST-07")
def test_a_walk_meets_each_of_our_orders_once(walks: list[Walk], listing: Listing) -> None:
    """Walking the pages meets each order exactly once: none twice, none skipped."""
    if listing.hides_new_orders:
        raise Inapplicable("the list is long and shows new orders at neither end")
    for walk in (walk for walk in walks if walk.was_still):
        met = [order_id for page in walk.pages for order_id in page.ids]
        twice = {order_id for order_id in met if met.count(order_id) > 1}
        if twice:
            page = next(page for page in reversed(walk.pages) if twice & set(page.ids))
            raise _wrong(page, f"the walk met order {min(twice, key=str)} twice")
        missed = _held(walks, walk.pages[0].total) - set(met)
        if walk.is_whole and missed:
            lost = min(missed, key=str)
            raise _wrong(
                walk.pages[-1],
                f"the walk with size {walk.asked_size} never met order {lost}, "
                "which walks with other sizes did",
            )
    if not any(walk.was_still and len(walk.pages) > 1 for walk in walks):
        raise Inapplicable("the list moved during every walk: other clients write too")


@requirement("LIST-07")
def test_a_walk_skips_none_of_our_orders(
    walks: list[Walk], ours: list[Placed], listing: Listing
) -> None:
    """A walk that meets an order of ours before and one after another meets that one too.

    This holds while other clients write as well, as long as new orders come at an end.
    """
    if listing.new_orders_at is None or not ours:
        raise Inapplicable("the list does not show our orders at one of its ends")
    met_by_walk = [(walk, {i for page in walk.pages for i in page.ids}) for walk in walks]
    ever = set().union(*(met for _, met in met_by_walk))
    sequence = [placed.id for placed in ours if placed.id in ever]
    for walk, met in met_by_walk:
        places = [place for place, order_id in enumerate(sequence) if order_id in met]
        if places and len(places) < places[-1] - places[0] + 1:
            lost = next(i for i in sequence[places[0] : places[-1]] if i not in met)
            raise _wrong(walk.pages[-1], f"a walk with size {walk.asked_size} skipped order {lost}")


@requirement("LIST-08")
def test_page_selects_the_page_and_is_echoed(walks_made: list[Walk], listing: Listing) -> None:
    """`page` selects the page, and the answer echoes it."""
    if page_is_ignored(walks_made):
        page = walks_made[0].pages[0]
        raise _wrong(page, "the number of another page shows the same page")
    for walk in walks_made:
        for index, page in walk.indexed():
            number = listing.first_number + index
            if page.content and page.page != number:
                raise _wrong(page, f"page {number} was asked for, `page` is {page.page}")


@requirement("LIST-09")
def test_the_echoed_size_is_the_size_used(walks: list[Walk]) -> None:
    """`size` is the page size really used, the same on every page of a walk."""
    for walk in walks:
        sizes = {page.size for page in walk.filled()}
        if len(sizes) > 1:
            raise _wrong(walk.filled()[-1], f"the pages of one walk echo the sizes {sorted(sizes)}")


@requirement("LIST-09")
@pytest.mark.parametrize("size", [20, 50, 100, 101, 1000])
def test_a_large_size_is_honoured_or_the_echo_tells(listing: Listing, size: int) -> None:
    """A size may be capped or replaced, but then the echo says so; or it is refused."""
    exchange = listing.ask(0, size)
    if 400 <= exchange.status < 500:
        return
    page = read_page(exchange)
    should = min(page.size, page.total)
    if len(page.content) < should and not _moves(listing, size):
        raise _wrong(
            page, f"`size` is {page.size}, yet of {page.total} it holds {len(page.content)}"
        )


@requirement("LIST-14")
@pytest.mark.parametrize("size", range(1, 11))
def test_a_small_size_is_honoured(listing: Listing, walks: list[Walk], size: int) -> None:
    """A page size from 1 to 10 is honoured."""
    walked = next((walk for walk in walks if walk.asked_size == size), None)
    exchange = walked.pages[0].exchange if walked else listing.ask(0, size)
    if exchange.status != 200 or read_page(exchange).size != size:
        raise fail(
            f"the server does not honour a page size of {size}",
            exchange,
            expected=f"200 with `size` {size}",
        )


@requirement("LIST-15")
def test_reading_a_page_again_shows_the_same_orders(listing: Listing) -> None:
    """A page of a list that nobody changes shows the same orders in the same sequence."""
    for attempt in range(5):
        reads = [listing.page(attempt % 2, 5) for _ in range(2)]
        totals = {page.total for page in reads}
        if len(totals) > 1:
            continue
        if len({page.ids for page in reads}) > 1:
            raise fail(
                "reading a page again shows other orders, or another sequence",
                *(page.exchange for page in reads),
                expected="the same orders in the same sequence: `total` stayed the same",
            )
        if attempt >= 1:
            return
    raise Inapplicable("the list moved between any two reads: other clients write too")


def _needed(size: int, ours: list[Placed]) -> int:
    return len(ours) if size >= SMALL else 0


def _held(walks: list[Walk], total: int) -> set[object]:
    """Return the orders that any whole walk met while the list claimed this total."""
    same = [walk for walk in walks if walk.is_whole and walk.was_still]
    return {
        order_id
        for walk in same
        for page in walk.pages
        if page.total == total
        for order_id in page.ids
    }


def _moves(listing: Listing, size: int) -> bool:
    return listing.page(0, size).total != listing.page(0, size).total


def _wrong(page: Page, what: str) -> Exception:
    claims = (
        f"`page` {page.page}, `size` {page.size}, `total` {page.total}, "
        f"`first` {page.first}, `last` {page.last}, {len(page.content)} orders"
    )
    return fail(
        f"a page of the list is wrong: {what}",
        page.exchange,
        expected="pages that agree with each other and with what they claim",
        notice=f"the page claims {claims}",
    )
