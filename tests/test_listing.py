"""Listing: what a page claims and holds, and unusual requests for one (guide, Listing Orders)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from order_conformance.core.outcomes import Inapplicable, blocked
from order_conformance.core.statuses import OK, REFUSAL
from order_conformance.judging.assertions import assert_no_server_error, assert_status, fail
from order_conformance.orders.fields import stable_fields
from order_conformance.orders.page import paging_problem, read_page
from strategies.paging import INVALID_PAGING, invalid_queries, unknown_queries

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
"""Parameters of other list APIs, which a server may support without documenting them."""


@requirement("LIST-17")
def test_an_empty_list_has_total_zero_and_is_first_and_last(api: Api, first_list: Exchange) -> None:
    """An empty list is one page without orders: `total` 0, `first` and `last` true."""
    body = first_list.json
    if first_list.status != OK:
        raise blocked("LIST-01", f"the list was answered {first_list.status}")
    if not isinstance(body, dict) or body.get("content") or body.get("total"):
        raise Inapplicable("the account was not empty when the run began")
    expected = {"content": [], "total": 0, "first": True, "last": True}
    if {name: body.get(name) for name in expected} != expected:
        raise fail("the response for an empty list is wrong", first_list, expected=f"{expected}")


@requirement("LIST-01")
def test_the_list_is_a_page_with_its_six_fields(api: Api) -> None:
    """A page has content, page, size, total, first and last, each of its type."""
    plain, sized = api.list_orders(), api.list_orders(size=2)
    # Other requirements judge which sizes are granted.
    for exchange in (plain, *([] if sized.status in REFUSAL else [sized])):
        assert_status(exchange, [200], because="the list can always be read")
        problem = paging_problem(exchange.json)
        if problem:
            raise fail(
                "the list response is not a page object",
                exchange,
                expected="content (list), page, size, total (integers from 0), first, last "
                "(booleans) at top level",
                notice=problem,
            )


@requirement("LIST-02")
def test_the_list_without_parameters_is_the_first_page(
    api: Api, listing: OrderList, dialect: Dialect
) -> None:
    """The list without parameters is its first page, and says so."""
    # Learning the number of the first page asks for other pages; the server must not remember them.
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
    """A page beyond the end repeats no order; an echo that names another page is truthful."""
    end = listing.page(0, 10)
    index = -(-end.total // max(1, end.size)) - 1 + beyond
    assert_repeats_no_order(listing, end, index, listing.usable(10))


@requirement("LIST-10")
@pytest.mark.deep
@pytest.mark.parametrize(("page", "size"), [(2**30, 4), (2**31 - 1, 20)])
def test_a_page_whose_offset_exceeds_32_bits_repeats_no_order(
    listing: OrderList, page: int, size: int
) -> None:
    """A page beyond the end repeats no order, also where page times size is 2^32 or more."""
    end = listing.page(0, 10)
    assert_repeats_no_order(listing, end, page - listing.first_number, size)


def assert_repeats_no_order(listing: OrderList, end: Page, index: int, size: int | None) -> None:
    """Judge a page beyond the end; ``end`` is a page that claims where the end is."""
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
    """A page beyond the end is answered 200; it is empty, and `last` is true."""
    end, size = listing.page(0, 10), listing.usable(10)
    index = -(-end.total // max(1, end.size)) + 5
    exchange = listing.ask(index, size)
    assert_status(exchange, [200], because="a page beyond the end is an empty page")
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
@pytest.mark.parametrize("kind", INVALID_PAGING)
def test_listed_invalid_paging_parameters_are_refused_or_replaced(
    api: Api, listing: OrderList, kind: str
) -> None:
    """Invalid paging parameters are refused with 4xx, or replaced and truthfully echoed."""
    target = api.target
    query = INVALID_PAGING[kind].format(page=target.page_parameter, size=target.size_parameter)
    assert_refused_or_truthful(api, listing, query)


@pytest.mark.generates
@requirement("LIST-12")
def test_generated_invalid_paging_parameters_are_refused_or_replaced(
    api: Api, listing: OrderList, explore: PropertyTester
) -> None:
    """Any invalid page or size is refused with 4xx, or replaced and truthfully echoed."""
    explore(
        invalid_queries(api.target.page_parameter, api.target.size_parameter),
        lambda query: assert_refused_or_truthful(api, listing, query),
    )


def assert_refused_or_truthful(api: Api, listing: OrderList, query: str) -> None:
    """Judge the response to a query with invalid paging parameters."""
    exchange = api.get("", query)
    assert_no_server_error(exchange, whatever=f"the query ?{query}")
    if 400 <= exchange.status < 500:
        return
    problem = paging_problem(exchange.json) if exchange.status == 200 else "neither 200 nor 4xx"
    problem = problem or untruth_of(listing, read_page(exchange))
    if problem:
        raise fail(
            "an invalid query is neither refused nor answered with a truthful page",
            exchange,
            expected="4xx, or 200 with a page that echoes what was really used",
            notice=problem,
        )


def untruth_of(listing: OrderList, page: Page) -> str:
    """Say what a page claims wrongly about itself; empty if everything it claims is true."""
    if len(page.content) > page.size:
        return f"`size` is {page.size}, the page holds {len(page.content)} orders"
    if page.content and page.page == listing.first_number and not page.first:
        return f"`page` is {page.page}, the number of the first page, but `first` is false"
    # A page of size 0, before the first or beyond the end, may be empty.
    before = (page.page - listing.first_number) * page.size
    is_of_the_list = page.size > 0 and 0 <= before < page.total
    if (page.content or is_of_the_list) and not listing.shows(page):
        return f"asked for, page {page.page} of size {page.size} holds other orders than this one"
    return ""


@requirement("LIST-13")
def test_list_entries_are_whole_orders(orders: Orders, plain_orders: list[PlacedOrder]) -> None:
    """An entry of the list shows everything that the fetched order shows."""
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
def test_listed_unknown_query_parameters_are_ignored_or_refused(api: Api, query: str) -> None:
    """A query parameter that the guide does not name is ignored or refused, never answered 5xx."""
    assert_no_server_error(api.get("", query), whatever=f"the unknown parameter ?{query}")


@pytest.mark.generates
@requirement("LIST-16")
def test_generated_unknown_query_parameters_are_ignored_or_refused(
    api: Api, explore: PropertyTester
) -> None:
    """Any query parameters that are not documented are ignored or refused, never answered 5xx."""
    explore(
        unknown_queries(),
        lambda query: assert_no_server_error(api.get("", query), whatever=f"the query ?{query}"),
    )
