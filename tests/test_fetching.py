"""Fetching: one order by its id (guide, Fetching a Single Order)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest

from order_conformance.core.json_values import is_integer
from order_conformance.core.outcomes import Inapplicable, blocked
from order_conformance.core.statuses import OK, REFUSAL, SUCCESS
from order_conformance.core.text import short
from order_conformance.judging.assertions import assert_no_server_error, assert_status, fail
from order_conformance.orders.fields import difference
from order_conformance.orders.page import read_page
from order_conformance.orders.placed import order_in
from strategies.identifiers import NEARLY_AN_ID, NO_ORDER_IDS, nearly, no_order_ids
from strategies.ids import BEYOND_INT32

if TYPE_CHECKING:
    from order_conformance.http.exchange import Exchange
    from order_conformance.judging.property_testing import PropertyTester
    from order_conformance.orders.creates import Api
    from order_conformance.orders.factory import Account
    from order_conformance.orders.order_list import OrderList
    from order_conformance.orders.placed import Orders

requirement = pytest.mark.requirement


@pytest.fixture(scope="module")
def order_ids(api: Api, request: pytest.FixtureRequest, listing: OrderList) -> list[int]:
    """Ids of orders that exist: of this run, or from the list when nothing may be written."""
    if not api.target.read_only:
        return [placed.id for placed in request.getfixturevalue("plain_orders")]
    ids = [int(order_id) for order_id in listing.page(0).ids if is_integer(order_id)][:3]
    if not ids:
        raise Inapplicable("the run is read-only, and the list shows no order")
    return ids


@requirement("FETCH-01")
def test_an_order_can_be_fetched_by_its_id(orders: Orders, order_ids: list[int]) -> None:
    """Fetching the id of an order answers 200 with that order."""
    for order_id in order_ids:
        assert_shows_order(orders.fetch_when_there(order_id), order_id)


@pytest.fixture(scope="module")
def older_orders(first_list: Exchange) -> list[int]:
    """The orders that showed most and least of those that the list began with before the run."""
    entries = [
        entry
        for entry in read_page(first_list).content
        if isinstance(entry, dict) and is_integer(entry.get("id"))
    ]
    if not entries:
        raise Inapplicable("the list showed no order before the run")
    entries.sort(key=lambda entry: (bool(entry.get("devices")), len(repr(entry))))
    return list(dict.fromkeys(int(entry["id"]) for entry in (entries[-1], entries[0])))


@requirement("FETCH-01")
@pytest.mark.deep
def test_an_order_from_before_the_run_can_be_fetched(
    orders: Orders, listing: OrderList, older_orders: list[int]
) -> None:
    """Fetching an order that the list shows answers 200 with that order, whoever ordered it."""
    for order_id in older_orders:
        exchange = orders.fetch_when_there(order_id)
        gone = exchange.status in REFUSAL and not any(
            order_id in page.ids for page in listing.both_ends()
        )
        if gone:
            raise Inapplicable(f"order {order_id} is not seen in the list any more")
        assert_shows_order(exchange, order_id)


def assert_shows_order(exchange: Exchange, order_id: int) -> None:
    """Judge that fetching an order that exists showed it."""
    assert_status(exchange, [OK], because=f"order {order_id} exists")
    shown = shown_id(exchange)
    if shown != order_id:
        raise fail(
            f"the server does not show order {order_id} when it is fetched",
            exchange,
            expected=f"the order as a JSON object whose `id` is {order_id}",
            notice=f"`id` is {shown!r}",
        )


def shown_id(exchange: Exchange) -> Any:
    """Return the id that an answer shows; None if it is no JSON object, or has none."""
    return exchange.json.get("id") if isinstance(exchange.json, dict) else None


@requirement("FETCH-02")
def test_fetching_an_order_that_does_not_exist_is_refused(api: Api, account: Account) -> None:
    """An id that no order has is answered 4xx."""
    unknown = account.unknown("order")
    assert_status(api.fetch(unknown), REFUSAL, because=f"there is no order {unknown}")


@requirement("FETCH-02")
def test_an_id_beyond_32_bits_is_not_cut_down(api: Api, order_ids: list[int]) -> None:
    """An id that no order has is answered 4xx, also where its lower 32 bits are an order's."""
    for times in (1, 7919, 1_000_003):
        unknown = order_ids[0] + times * BEYOND_INT32
        exchange = api.fetch(unknown)
        shown = exchange.json if isinstance(exchange.json, dict) else {}
        if exchange.status != OK or shown.get("id") != unknown:
            break
        # There is such an order after all: ids may be made of a shard or a second and a number.
    assert_status(exchange, REFUSAL, because=f"there is no order {unknown}")


@pytest.fixture(scope="module")
def asked_too_early(api: Api, request: pytest.FixtureRequest) -> tuple[int, Exchange]:
    """The id after the highest of the run, and what fetching it was answered before it was given.

    It is the id that most servers give next: at the end of an index, and early in a cache.
    """
    if api.target.read_only:
        raise Inapplicable("the run is read-only")
    request.getfixturevalue("plain_orders")
    shown = [shown_id(exchange) for exchange in api.creates if exchange.status in SUCCESS]
    given = [int(order_id) for order_id in shown if is_integer(order_id)]
    if not given:
        raise blocked("ID-01", "no created order has an integer id")
    order_id = max(given) + 1
    return order_id, api.fetch(order_id)


@requirement("FETCH-02")
@pytest.mark.deep
def test_fetching_an_order_that_does_not_exist_yet_is_refused(
    asked_too_early: tuple[int, Exchange],
) -> None:
    """An id that no order has yet is answered 4xx, also where it is the next to be given."""
    order_id, exchange = asked_too_early
    if exchange.status == OK and shown_id(exchange) == order_id:
        raise Inapplicable(f"order {order_id} was created by another client")
    assert_status(exchange, REFUSAL, because=f"there is no order {order_id} yet")


@requirement("ATOM-02")
@pytest.mark.deep
def test_an_order_can_be_fetched_though_it_was_asked_for_too_early(
    account: Account, orders: Orders, asked_too_early: tuple[int, Exchange]
) -> None:
    """An accepted order can be fetched, also where its id was answered 4xx before."""
    order_id, _ = asked_too_early
    placed = orders.place(account.plain_order(), blocked_by="ASSOC-01")
    if placed.id != order_id:
        raise Inapplicable(f"the next order was not given the id {order_id}")
    exchange = orders.fetch_when_there(order_id)
    assert_status(exchange, [OK], because=f"order {order_id} was accepted")


@requirement("FETCH-03")
def test_an_order_that_does_not_exist_is_not_found(api: Api, account: Account) -> None:
    """An id that no order has is answered 404."""
    unknown = account.unknown("order")
    assert_status(api.fetch(unknown), [404], because=f"there is no order {unknown}")


@requirement("FETCH-04")
@pytest.mark.parametrize("kind", NO_ORDER_IDS)
def test_fetching_what_is_no_id_is_refused(api: Api, kind: str) -> None:
    """An id that is none is answered 4xx: it shows no order, and does not make the server fail."""
    assert_names_no_order(api, NO_ORDER_IDS[kind])


@requirement("FETCH-04")
@pytest.mark.parametrize("kind", NEARLY_AN_ID)
def test_fetching_what_only_begins_as_an_id_is_refused(
    api: Api, order_ids: list[int], kind: str
) -> None:
    """What is nearly the id of an order is no id: it does not show that order."""
    assert_names_no_order(api, nearly(kind, order_ids[0]))


@pytest.mark.generates
@requirement("FETCH-04")
def test_fetching_anything_that_is_no_id_is_refused(
    api: Api, order_ids: list[int], explore: PropertyTester
) -> None:
    """Whatever stands in the place of an id: it shows no order and fails no server."""
    explore(no_order_ids(order_ids[0]), lambda segment: assert_names_no_order(api, segment))


def reads_as(segment: str, order_id: object) -> bool:
    """Say whether a path segment, decoded, is a number that a lenient reader takes for this id."""
    try:
        return int(unquote(segment)) == order_id
    except ValueError:
        return False


def assert_names_no_order(api: Api, segment: str) -> None:
    """Judge that fetching a raw path segment that is no id is answered 4xx."""
    exchange = api.get(f"/{segment}")
    assert_no_server_error(exchange, whatever=f"an id that is none ({short(segment)})")
    shown = exchange.json
    if isinstance(shown, dict) and reads_as(segment, shown.get("id")):
        raise Inapplicable(f"the target has an order with the id {shown['id']}, and reads it so")
    is_page = isinstance(shown, dict) and "content" in shown
    assert_status(
        exchange,
        REFUSAL,
        because="a page of the list is no order" if is_page else "it is the id of no order",
    )


@requirement("FETCH-05")
def test_reading_an_order_changes_nothing(
    account: Account, orders: Orders, order_ids: list[int]
) -> None:
    """Repeated reads of an order, from the very first on, agree on what does not move."""
    if not orders.api.target.read_only:
        order_ids = [orders.place(account.plain_order(), blocked_by="ASSOC-01").id]
    for order_id in order_ids:
        reads = [orders.fetch_when_there(order_id) for _ in range(3)]
        assert_status(reads[0], [200], because=f"order {order_id} exists")
        for again in reads[1:]:
            assert_status(again, [200], because="it could be read a moment ago")
            changed = difference(order_in(reads[0]), order_in(again))
            if changed:
                raise fail(
                    "reading an order changed it",
                    reads[0],
                    again,
                    expected="the same id, external ids, patient or site, items, kits, shipping",
                    notice=changed,
                )
