"""Listing: what a page claims and holds, and odd requests for one (guide, Listing Orders)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from order_conformance.core.outcomes import Inapplicable, blocked
from order_conformance.core.statuses import OK, REFUSAL
from order_conformance.judging.assertions import assert_no_server_error, assert_status, fail
from order_conformance.orders.fields import stable_fields
from order_conformance.orders.page import paging_problem, read_page
from strategies.paging import SENSELESS_PAGING, senseless_queries, unknown_queries

if TYPE_CHECKING:
    from order_conformance.http.exchange import Exchange
    from order_conformance.judging.property_testing import PropertyTester
    from order_conformance.orders.creates import Api
    from order_conformance.orders.dialect import Dialect
    from order_conformance.orders.order_list import OrderList
    from order_conformance.orders.page import Page
    from order_conformance.orders.placed import Orders, PlacedOrder

requirement = pytest.mark.requirement

FILTERS = "status=x&currentStatus=x&patientId=x&siteId=x&limit=x&offset=x&from=x&to=x&q=x"
"""What lists of other APIs take, and a server may read without telling anybody."""


@requirement("LIST-17")
def test_an_empty_list_says_that_it_is_empty(api: Api, first_list: Exchange) -> None:
    """An empty list is one page without orders: total 0, first and last."""
    body = first_list.json
    if first_list.status != OK:
        raise blocked("LIST-01", f"the list was answered {first_list.status}")
    if not isinstance(body, dict) or body.get("content") or body.get("total"):
        raise Inapplicable("the account was not empty when the run began")
    expected = {"content": [], "total": 0, "first": True, "last": True}
    if {name: body.get(name) for name in expected} != expected:
        raise fail("the server shows an empty list otherwise", first_list, expected=f"{expected}")


@requirement("LIST-01")
def test_the_list_is_a_page_with_its_six_fields(api: Api) -> None:
    """A page has content, page, size, total, first and last, each of its type."""
    plain, sized = api.list_orders(), api.list_orders(size=2)
    # Which sizes there are is judged by others.
    for exchange in (plain, *([] if sized.status in REFUSAL else [sized])):
        assert_status(exchange, [200], because="the list can always be read")
        problem = paging_problem(exchange.json)
        if problem:
            raise fail(
                "the server's list is no page",
                exchange,
                expected="content (list), page, size, total (integers from 0), first, last "
                "(booleans) at top level",
                notice=problem,
            )


@requirement("LIST-02")
def test_without_parameters_it_is_the_first_page(
    api: Api, listing: OrderList, dialect: Dialect
) -> None:
    """The list without parameters is its first page, and says so."""
    # What the first page is called is learned by asking for others: that must not be remembered.
    number = listing.first_number
    page = read_page(api.list_orders())
    dialect.note("default_size", page.size)
    if not page.first or page.page != number:
        raise fail(
            "the list without parameters does not say that it is the first page",
            page.exchange,
            expected=f"`first` true and `page` {number}, the number of that page",
            notice=f"`first` is {page.first}, `page` is {page.page}",
        )


@requirement("LIST-10")
@pytest.mark.parametrize("beyond", [1, 1000])
def test_a_page_beyond_the_end_repeats_no_order(listing: OrderList, beyond: int) -> None:
    """Beyond the end there are no orders; an echo that admits another page is truthful."""
    end = listing.page(0, 10)
    index = -(-end.total // max(1, end.size)) - 1 + beyond
    assert_repeats_no_order(listing, end, index, listing.usable(10))


@requirement("LIST-10")
@pytest.mark.deep
@pytest.mark.parametrize(("page", "size"), [(2**30, 4), (2**31 - 1, 20)])
def test_a_page_whose_place_passes_32_bits_repeats_no_order(
    listing: OrderList, page: int, size: int
) -> None:
    """Beyond the end there are no orders, also where page times size is 2^32 or more."""
    end = listing.page(0, 10)
    assert_repeats_no_order(listing, end, page - listing.first_number, size)


def assert_repeats_no_order(listing: OrderList, end: Page, index: int, size: int | None) -> None:
    """Judge a page beyond the end, by one that told where that is."""
    exchange = listing.ask(index, size)
    assert_no_server_error(exchange, whatever="a page beyond the end")
    if exchange.status != 200 or paging_problem(exchange.json):
        return
    page = read_page(exchange)
    moved = page.total > end.total
    repeats = page.page == listing.first_number + index and not moved
    if repeats and listing.repeats(page):
        raise fail(
            "the server shows orders beyond the end of the list",
            end.exchange,
            exchange,
            expected=f"no orders: the list holds {end.total}, and this would be page {index + 1}",
        )


@requirement("LIST-11")
def test_a_page_beyond_the_end_is_empty_and_last(listing: OrderList) -> None:
    """Beyond the end the server answers 200 with an empty page that is the last."""
    end, size = listing.page(0, 10), listing.usable(10)
    index = -(-end.total // max(1, end.size)) + 5
    exchange = listing.ask(index, size)
    assert_status(exchange, [200], because="a page beyond the end is just empty")
    page = read_page(exchange)
    if page.content and not listing.repeats(page):
        raise blocked("LIST-06", f"beyond the claimed total of {end.total} there are more orders")
    if page.content or not page.last:
        raise fail(
            "a page beyond the end is not empty and last",
            exchange,
            expected="`content` [] and `last` true",
        )


@requirement("LIST-12")
@pytest.mark.parametrize("kind", SENSELESS_PAGING)
def test_senseless_paging_parameters_are_refused_or_replaced(
    api: Api, listing: OrderList, kind: str
) -> None:
    """Paging parameters that make no sense are refused with 4xx, or fall back and say so."""
    target = api.target
    query = SENSELESS_PAGING[kind].format(page=target.page_parameter, size=target.size_parameter)
    assert_refused_or_truthful(api, listing, query)


@pytest.mark.generates
@requirement("LIST-12")
def test_any_senseless_paging_parameter_is_refused_or_replaced(
    api: Api, listing: OrderList, explore: PropertyTester
) -> None:
    """Whatever stands in place of a number: it is refused with 4xx, or replaced truthfully."""
    explore(
        senseless_queries(api.target.page_parameter, api.target.size_parameter),
        lambda query: assert_refused_or_truthful(api, listing, query),
    )


def assert_refused_or_truthful(api: Api, listing: OrderList, query: str) -> None:
    """Judge the answer to a query with senseless paging parameters."""
    exchange = api.get("", query)
    assert_no_server_error(exchange, whatever=f"the query ?{query}")
    if 400 <= exchange.status < 500:
        return
    problem = paging_problem(exchange.json) if exchange.status == 200 else "no 200 and no 4xx"
    problem = problem or untruth_of(listing, read_page(exchange))
    if problem:
        raise fail(
            "a senseless query is neither refused nor answered with what it says",
            exchange,
            expected="4xx, or 200 with a page that echoes what was really used",
            notice=problem,
        )


def untruth_of(listing: OrderList, page: Page) -> str:
    """Say what a page claims wrongly about itself; empty if all that it claims is true."""
    if len(page.content) > page.size:
        return f"`size` is {page.size}, the page holds {len(page.content)} orders"
    if page.content and page.page == listing.first_number and not page.first:
        return f"`page` is {page.page}, the number of the first page, but `first` is false"
    # A page of no size, or one before the first or beyond the end, is empty by right.
    before = (page.page - listing.first_number) * page.size
    is_of_the_list = page.size > 0 and 0 <= before < page.total
    if (page.content or is_of_the_list) and not listing.shows(page):
        return f"asked for, page {page.page} of size {page.size} holds other orders than this one"
    return ""


@requirement("LIST-13")
def test_list_entries_are_whole_orders(orders: Orders, plain_orders: list[PlacedOrder]) -> None:
    """An order in the list shows everything that it shows when fetched."""
    for placed, entry in zip(plain_orders, orders.listed(plain_orders), strict=True):
        fetched = orders.fetched(placed)
        whole, shown = stable_fields(fetched.order), stable_fields(entry.order)
        missing = [name for name, value in whole.items() if value and not shown[name]]
        if missing:
            raise fail(
                f"the list shows an order without its {', '.join(missing)}",
                fetched.exchange,
                entry.exchange,
                expected="whole orders in the list, as they are fetched",
            )


@requirement("LIST-16")
@pytest.mark.parametrize("query", ["unknown=1", "filter[status]=x", "sort=%00", FILTERS])
def test_an_unknown_query_parameter_is_ignored_or_refused(api: Api, query: str) -> None:
    """A query parameter that the guide does not know never makes the server fail."""
    assert_no_server_error(api.get("", query), whatever=f"the unknown parameter ?{query}")


@pytest.mark.generates
@requirement("LIST-16")
def test_no_unknown_query_parameter_makes_the_server_fail(
    api: Api, explore: PropertyTester
) -> None:
    """Whatever unknown parameters a query holds, the answer is below 500."""
    explore(
        unknown_queries(),
        lambda query: assert_no_server_error(api.get("", query), whatever=f"the query ?{query}"),
    )
