"""Every response: what the passive checks saw during the whole run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pytest

from order_conformance.core.outcomes import Inapplicable, blocked
from order_conformance.core.statuses import OK, SUCCESS
from order_conformance.core.text import Phrase
from order_conformance.judging.assertions import assert_status, fail
from order_conformance.orders.fields import difference
from order_conformance.orders.markers import sent_markers
from tests.checks.persistence import assert_still_there

if TYPE_CHECKING:
    from order_conformance.http.exchange import Exchange
    from order_conformance.judging.list_consistency import ListMismatch
    from order_conformance.judging.passive_checks import PassiveChecks
    from order_conformance.orders.creates import Api
    from order_conformance.orders.placed import Orders

requirement = pytest.mark.requirement
pytestmark = pytest.mark.every_shard


class NeverSeen(Protocol):
    """Judges that no exchange of the run broke the requirement of the running test."""

    def __call__(self, did: str, *, expected: str) -> None:
        """Raise NonConformance for the first exchange that broke it."""


@pytest.fixture
def assert_never_seen(passive_checks: PassiveChecks, requirement_id: str) -> NeverSeen:
    """Judge by what the passive checks have seen."""

    def judge(did: str, *, expected: str) -> None:
        violation = passive_checks.first.get(requirement_id)
        if violation is not None:
            raise fail(did, violation.exchange, expected=expected, notice=violation.problem)

    return judge


@requirement("PROTO-01")
def test_every_successful_response_is_json(assert_never_seen: NeverSeen) -> None:
    """A successful response is exactly one JSON text in UTF-8, with a JSON media type."""
    assert_never_seen(
        "a successful response is not JSON",
        expected="application/json (or +json) and exactly one JSON text in UTF-8",
    )


@requirement("PROTO-02")
def test_every_accepted_create_returns_201_or_200(api: Api) -> None:
    """Every accepted create is answered 201 or 200."""
    for exchange in api.creates:
        if exchange.status in SUCCESS:
            assert_status(exchange, [201, 200], because="the order was created")


@requirement("PROTO-09")
def test_no_request_of_the_run_makes_the_server_fail(assert_never_seen: NeverSeen) -> None:
    """No request of the run is answered 5xx."""
    assert_never_seen(
        "the server answered a request with 5xx",
        expected="a status below 500: accept the request or refuse it with 4xx",
    )


@requirement("PROTO-11")
def test_no_error_response_reveals_server_internals(assert_never_seen: NeverSeen) -> None:
    """No error response shows a stack trace, a source path or SQL."""
    assert_never_seen(
        "an error response exposes server internals",
        expected="a message for the client, without internals of the server",
    )


@requirement("SCHEMA-01")
def test_every_created_order_matches_the_schema(assert_never_seen: NeverSeen) -> None:
    """Every created order matches the schema."""
    assert_never_seen(
        "a created order does not match the schema of an order",
        expected="the types of the guide's sample (spec/openapi.yaml, Order)",
    )


@requirement("SCHEMA-02")
def test_every_fetched_order_matches_the_schema(assert_never_seen: NeverSeen) -> None:
    """Every fetched order matches the schema."""
    assert_never_seen(
        "a fetched order does not match the schema of an order",
        expected="the types of the guide's sample (spec/openapi.yaml, Order)",
    )


@requirement("SCHEMA-03")
def test_every_listed_order_matches_the_schema(assert_never_seen: NeverSeen) -> None:
    """Every listed order matches the schema, also those that other clients created."""
    assert_never_seen(
        "a listed order does not match the schema of an order",
        expected="the types of the guide's sample (spec/openapi.yaml, Order)",
    )


@requirement("ID-01")
def test_every_created_order_has_an_integer_id(assert_never_seen: NeverSeen) -> None:
    """Every created order shows its id, an integer within 64 bits."""
    assert_never_seen(
        "a created order has no integer id",
        expected="`id`, an integer within 64 bits",
    )


@requirement("ID-02")
def test_no_two_creates_return_the_same_id(api: Api) -> None:
    """Orders that differ in what was sent have different ids."""
    by_id: dict[str, Exchange] = {}
    for exchange in api.creates:
        order = exchange.json if exchange.status in SUCCESS else None
        if not isinstance(order, dict) or order.get("id") is None:
            continue
        other = by_id.setdefault(repr(order["id"]), exchange)
        if other is not exchange and not may_be_a_repetition(other, exchange):
            raise fail(
                Phrase("two orders were given the id {}", order["id"]),
                other,
                exchange,
                expected="an id of its own for each order",
            )


def may_be_a_repetition(one: Exchange, other: Exchange) -> bool:
    """Return whether a server may treat one create as a repetition of the other.

    It may recognise one by the same body, or by an external id that both have.
    """
    if one.request.body == other.request.body:
        return True
    return not set(map(repr, sent_markers(one))).isdisjoint(map(repr, sent_markers(other)))


@requirement("FETCH-01")
def test_no_fetch_of_an_order_shows_another(orders: Orders) -> None:
    """A fetch of an order of the run never shows another order."""
    if not (orders.first_fetched or orders.not_fetched):
        raise Inapplicable("the run fetched no order of its own")
    for placed, exchange in orders.not_fetched:
        shown = exchange.json if exchange.status == OK else None
        if isinstance(shown, dict) and shown.get("id") != placed.id:
            raise fail(
                Phrase("the server does not show order {} when it is fetched", placed.id),
                placed.exchange,
                exchange,
                expected=f"the order as a JSON object whose `id` is {placed.id}",
                notice=f"`id` is {shown.get('id')!r}",
            )


@requirement("ATOM-04")
@pytest.mark.deep
def test_the_first_order_is_still_there_at_the_very_end(orders: Orders) -> None:
    """The first order of the run is unchanged after all the others."""
    assert_still_there(orders, orders.first_fetched[:1])


@requirement("LIST-07")
@pytest.mark.deep
def test_no_order_is_listed_under_two_ids(api: Api, passive_checks: PassiveChecks) -> None:
    """An order that was sent once is in the list under one id."""
    for marker, (before, after) in passive_checks.ours.doubled.items():
        if marker not in api.lost_markers:
            raise fail(
                "the list shows an order twice that was sent once",
                before,
                after,
                expected="each order of the run once",
                notice=f"two orders with different ids carry the external id {marker}",
            )


@requirement("LIST-13")
@pytest.mark.deep
def test_every_list_entry_is_a_whole_order(orders: Orders, passive_checks: PassiveChecks) -> None:
    """Every entry of the list is a whole order."""
    seen = passive_checks.ours.incomplete
    if seen is not None:
        raise not_as_created(orders, seen, expected="whole orders in the list, on every page")


@requirement("ATOM-03")
@pytest.mark.deep
def test_every_list_entry_agrees_with_the_created_order(
    orders: Orders, passive_checks: PassiveChecks
) -> None:
    """Every entry of the list shows the order as it was created."""
    seen = passive_checks.ours.changed
    if seen is not None:
        raise not_as_created(orders, seen, expected="the same order wherever it is shown")


def not_as_created(orders: Orders, seen: ListMismatch, *, expected: str) -> BaseException:
    """Return the finding about an entry; blocked if the fetched order has changed as well."""
    fetched = orders.fetch_when_there(seen.created.order["id"])
    if isinstance(fetched.json, dict) and not difference(fetched.json, seen.entry):
        return blocked("ATOM-04", "an order changed, and is fetched as the list shows it")
    return fail(
        "the list does not show an order as it was created",
        seen.created.exchange,
        seen.exchange,
        expected=expected,
        notice=f"order {seen.entry['id']}: {seen.changed}",
    )


@requirement("LIST-01")
def test_every_page_has_its_six_fields(assert_never_seen: NeverSeen) -> None:
    """Each page of the list has content, page, size, total, first and last."""
    assert_never_seen(
        "a list response is not a page object",
        expected="content (list), page, size, total (integers from 0), first, last (booleans)",
    )


@requirement("LIST-05")
def test_no_page_of_the_run_holds_more_than_its_size(assert_never_seen: NeverSeen) -> None:
    """No page holds more orders than its `size` says."""
    assert_never_seen(
        "a page of the list holds more orders than its `size`",
        expected="at most as many orders as `size` says",
    )


@requirement("AUTH-05")
def test_no_response_contains_the_key(assert_never_seen: NeverSeen) -> None:
    """No response contains the API key, in a body or in a header."""
    assert_never_seen(
        "a response contains the API key",
        expected="no response with the key: responses are logged",
    )
