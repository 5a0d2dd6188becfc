"""Shapes: orders as the guide's samples show them, checked by the schemas of spec/openapi.yaml."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from order_conformance.core.kinds import Kind
from order_conformance.core.outcomes import Inapplicable
from order_conformance.core.statuses import SUCCESS
from order_conformance.judging.assertions import fail
from order_conformance.judging.schema import schema_problem
from order_conformance.orders.factory import FEW_LINES, LEAVE_OUT, item_line, kit_line
from order_conformance.orders.placed import View

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from order_conformance.http.exchange import Exchange
    from order_conformance.orders.factory import Account
    from order_conformance.orders.order_list import OrderList
    from order_conformance.orders.placed import Orders, PlacedOrder
    from order_conformance.requirements.profiles import Profile

requirement = pytest.mark.requirement

DATE = re.compile(
    r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
    r"([Tt ]([01]\d|2[0-3]):[0-5]\d(:([0-5]\d|60)(\.\d+)?)?([Zz]|[+-]\d{2}:?\d{2})?)?"
)
PATIENTS = frozenset({"patient", "currentPatient"})
TIME_STAMPS = {
    "eventTimestamp": frozenset({"orderEvents", "deviceEvents"}),
    "createdAt": frozenset({"orderNotes"}),
    "lastHealthCheck": frozenset({"devices"}),
}
"""Fields of the guide's samples, and the properties that contain them."""

SEXES = frozenset({"male", "female", "other", "unknown"})


@pytest.fixture(scope="module")
def shown_orders(
    account: Account,
    orders: Orders,
    listing: OrderList,
    profile: Profile,
    request: pytest.FixtureRequest,
) -> list[View]:
    """Orders as create, fetch and list show them; only the listed ones when read-only."""
    page = listing.page(0, 10)
    listed = [
        View("listed order", entry, page.exchange, ("content", number))
        for number, entry in enumerate(page.content)
        if isinstance(entry, dict)
    ]
    if orders.api.target.read_only:
        return listed
    placed: list[PlacedOrder] = [*request.getfixturevalue("plain_orders")]
    placed += [
        orders.add(order, exchange)
        for order in profile.some(account.orders_for_every_party()[1:])
        if (exchange := orders.api.create(order)).status in SUCCESS
    ]
    if account.knows(Kind.ITEM) and account.knows(Kind.KIT):
        both = {
            "orderItems": [item_line(item) for item in account.items[:FEW_LINES]],
            "orderKits": [kit_line(kit) for kit in account.kits[:FEW_LINES]],
        }
        placed.append(orders.place(account.plain_order(**both), blocked_by="CONTENT-03"))
    created = [View("created order", each.order, each.exchange) for each in placed]
    fetched = [orders.fetched(each) for each in placed]
    return [*created, *fetched, *listed]


def judge_schema(views: list[View], name: str) -> None:
    """Judge every order shown in one place by the schema."""
    chosen = [view for view in views if view.name == name]
    if not chosen:
        raise Inapplicable(f"the run saw no {name}")
    for view in chosen:
        problem = schema_problem(view.order, "Order")
        if problem:
            raise fail(
                f"the {name} does not match the schema of an order",
                view.exchange,
                expected="the types of the guide's sample (spec/openapi.yaml, Order)",
                notice=problem.inside(*view.path),
            )


@requirement("SCHEMA-01")
def test_a_created_order_matches_the_schema(
    patient_exchange: Exchange, shown_orders: list[View]
) -> None:
    """The created order matches the schema."""
    if not isinstance(patient_exchange.json, dict):
        raise fail(
            "the create response is not an order object",
            patient_exchange,
            expected="the order as a JSON object",
        )
    judge_schema(shown_orders, "created order")


@requirement("SCHEMA-02")
def test_a_fetched_order_matches_the_schema(shown_orders: list[View]) -> None:
    """The fetched order matches the schema."""
    judge_schema(shown_orders, "fetched order")


@requirement("SCHEMA-03")
def test_a_listed_order_matches_the_schema(shown_orders: list[View]) -> None:
    """The listed order matches the schema."""
    judge_schema(shown_orders, "listed order")


@requirement("SCHEMA-04")
def test_an_order_has_a_status(shown_orders: list[View]) -> None:
    """An order shows its current status as a string."""
    for view in shown_orders:
        if not isinstance(view.order.get("currentStatus"), str):
            raise fail(
                f"the {view.name} has no status",
                view.exchange,
                expected="`currentStatus`, a string",
                notice=f"it is {view.order.get('currentStatus')!r}",
            )


@requirement("SCHEMA-05")
def test_a_date_of_birth_is_a_date(shown_orders: list[View]) -> None:
    """A date of birth is an ISO 8601 date or an RFC 3339 date-time."""
    for view in shown_orders:
        for value in _values(view.order, PATIENTS, "dateOfBirth"):
            if value is not None and not is_date(value):
                raise fail(
                    f"the {view.name} shows a date of birth that is not a date",
                    view.exchange,
                    expected="1980-01-01 or 1980-01-01T00:00:00Z",
                    notice=f"`dateOfBirth` is {value!r}",
                )
        for name, holders in TIME_STAMPS.items():
            for value in _values(view.order, holders, name):
                if value is not None and not isinstance(value, str):
                    raise fail(
                        f"the {view.name} shows a time stamp that is not a string",
                        view.exchange,
                        expected=f"`{name}` as a string",
                        notice=f"it is {value!r}",
                    )


@requirement("SCHEMA-06")
def test_sex_is_one_of_the_known_words(shown_orders: list[View]) -> None:
    """`sex` is male, female, other or unknown."""
    for view in shown_orders:
        for value in _values(view.order, PATIENTS, "sex"):
            if value is not None and value not in SEXES:
                raise fail(
                    f"the {view.name} shows a sex that the vendor's reference does not know",
                    view.exchange,
                    expected=f"one of {', '.join(sorted(SEXES))}",
                    notice=f"`sex` is {value!r}",
                )


@requirement("SCHEMA-07")
def test_an_order_shows_the_lines_it_was_created_with(account: Account, orders: Orders) -> None:
    """An order shows the list of items or kits that it was created with, not null."""
    contents = []
    if account.knows(Kind.ITEM):
        contents.append(("orderItems", [item_line(account.item)]))
    if account.knows(Kind.KIT):
        contents.append(("orderKits", [kit_line(account.kit)]))
    for name, lines in contents:
        order = account.plain_order(orderItems=LEAVE_OUT) | {name: lines}
        placed = orders.place(order, blocked_by="CONTENT-01")
        for view in orders.views_of(placed):
            if not isinstance(view.order.get(name), list) or not view.order[name]:
                raise fail(
                    f"the {view.name} does not show the {name} it was created with",
                    placed.exchange,
                    view.exchange,
                    expected=f"`{name}`, the list that was sent",
                    notice=f"it is {view.order.get(name)!r}",
                )


@pytest.fixture(scope="module")
def patient_exchange(account: Account, orders: Orders) -> Exchange:
    """A plain create, accepted or not."""
    return orders.api.create(account.plain_order())


def is_date(value: Any) -> bool:
    """Return whether a value is a date, or a date and a time, that exists in the calendar."""
    if not isinstance(value, str) or not DATE.fullmatch(value):
        return False
    try:
        date.fromisoformat(value[:10])
    except ValueError:
        return False
    return True


def _values(value: Any, holders: Collection[str], name: str, holder: str = "") -> Iterator[Any]:
    """Yield every value of a property inside the properties named ``holders``.

    In other places it may be an additional field of the server.
    """
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == name and holder in holders:
                yield inner
            yield from _values(inner, holders, name, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _values(inner, holders, name, holder)
