"""Entries: each item and kit of an order is named by its id (guide, Required Attributes)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from order_conformance.core.kinds import Kind
from order_conformance.judging.assertions import assert_accepted, assert_refused
from order_conformance.orders.factory import LEAVE_OUT, item_line, kit_line, line_of
from order_conformance.orders.fields import totals
from order_conformance.orders.placed import order_shown
from strategies.broken import (
    with_content_that_is_not_a_list,
    with_line_without_id,
    with_unknown_line,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from order_conformance.orders.creates import Api
    from order_conformance.orders.dialect import Dialect
    from order_conformance.orders.factory import Account
    from strategies.ids import Ids
    from tests.conftest import AllRefused

requirement = pytest.mark.requirement


WITHOUT_ID: dict[str, Callable[[str], dict[str, Any]]] = {
    "no thing": lambda _: {"count": 1},
    "an empty thing": lambda kind: {kind: {}, "count": 1},
    "a null id": lambda kind: {kind: {"id": None}, "count": 1},
    "a null thing": lambda kind: {kind: None, "count": 1},
}
PLACES = [(0, name) for name in WITHOUT_ID] + [(1, "an empty thing"), (11, "a null id")]


@requirement("CONTENT-05")
@pytest.mark.parametrize(("position", "entry"), PLACES)
def test_listed_items_without_an_id_are_refused(
    api: Api, account: Account, position: int, entry: str
) -> None:
    """An item without an id is refused, at each place of the list."""
    lines = [item_line(account.item, 1) for _ in range(position)]
    order = account.plain_order(orderItems=[*lines, WITHOUT_ID[entry]("item")])
    assert_refused(api.create(order), because=f"item {position + 1} of its list has no id")


@requirement("CONTENT-06")
@pytest.mark.parametrize(("position", "entry"), PLACES)
def test_listed_kits_without_an_id_are_refused(
    api: Api, account: Account, position: int, entry: str
) -> None:
    """A kit without an id is refused, at each place of the list."""
    lines = [kit_line(account.kit, 1) for _ in range(position)]
    kits = [*lines, WITHOUT_ID[entry]("kit")]
    order = account.plain_order(orderItems=LEAVE_OUT, orderKits=kits)
    assert_refused(api.create(order), because=f"kit {position + 1} of its list has no id")


@pytest.mark.generates
@requirement("CONTENT-05")
def test_generated_items_without_an_id_are_refused(
    ids: Ids, assert_all_refused: AllRefused
) -> None:
    """An item without an id is refused, whatever else the list holds."""
    assert_all_refused(with_line_without_id(ids, "item"), because="one of its items has no id")


@pytest.mark.generates
@requirement("CONTENT-06")
def test_generated_kits_without_an_id_are_refused(ids: Ids, assert_all_refused: AllRefused) -> None:
    """A kit without an id is refused, whatever else the list holds."""
    assert_all_refused(with_line_without_id(ids, "kit"), because="one of its kits has no id")


NO_LISTS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "an object": lambda line: line,
    "text": lambda _: "text",
    "an empty text": lambda _: "",
    "a number": lambda line: next(iter(line.values()))["id"],
    "false": lambda _: False,
    "a list of bare ids": lambda line: [next(iter(line.values()))["id"]],
    "a list with null": lambda _: [None],
    "a list of lists": lambda line: [[line]],
    "a list with null behind a line": lambda line: [line, None],
}
"""Values that are not a list of objects, although what they name exists."""


@requirement("CONTENT-07")
@pytest.mark.parametrize("kind", [Kind.ITEM, Kind.KIT])
@pytest.mark.parametrize("value", NO_LISTS)
def test_listed_values_that_are_not_lists_of_objects_are_refused(
    api: Api, account: Account, kind: Kind, value: str
) -> None:
    """Items and kits are lists of objects; any other value is refused."""
    line = line_of(kind, account.existing(kind)[0], 1)
    order = account.order_of(kind, NO_LISTS[value](line))
    because = f"`{kind.list_name}` is {value}, not a list of objects"
    assert_refused(api.create(order), because=because)


@requirement("CONTENT-07")
@pytest.mark.deep
@pytest.mark.parametrize("kind", [Kind.ITEM, Kind.KIT])
def test_a_value_that_is_not_a_list_is_refused_next_to_a_filled_list(
    api: Api, account: Account, kind: Kind
) -> None:
    """A value that some languages take for an empty list is refused, next to a filled list."""
    if kind is Kind.ITEM:
        filled = {"orderKits": [kit_line(account.kit, 1)], "orderItems": LEAVE_OUT}
    else:
        filled = {"orderItems": [item_line(account.item, 1)]}
    nothing: list[Any] = [{}, "", False, 0]
    for value in nothing:
        order = account.plain_order(**{**filled, kind.list_name: value})
        assert_refused(api.create(order), because=f"`{kind.list_name}` is {value!r}, not a list")


@pytest.mark.generates
@requirement("CONTENT-07")
def test_generated_values_that_are_not_lists_of_objects_are_refused(
    ids: Ids, assert_all_refused: AllRefused
) -> None:
    """Items and kits are lists of objects; any other value is refused, next to a valid list too."""
    assert_all_refused(
        with_content_that_is_not_a_list(ids), because="its items or kits are not a list of objects"
    )


@requirement("CONTENT-08")
@pytest.mark.parametrize("position", [0, 11])
def test_listed_items_that_do_not_exist_are_refused(
    api: Api, account: Account, position: int
) -> None:
    """An item that does not exist is refused, at each place of the list."""
    unknown = account.unknown("item")
    lines = [item_line(account.item, 1) for _ in range(position)]
    order = account.plain_order(orderItems=[*lines, item_line(unknown, 1)])
    assert_refused(api.create(order), because=f"there is no item {unknown}")


@requirement("CONTENT-08")
def test_the_item_zero_is_not_taken_for_another(api: Api, account: Account) -> None:
    """An item with the id 0 is refused unless it exists; it is not taken for another item."""
    exchange = api.create(account.plain_order(orderItems=[item_line(0, 1)]))
    # If something has the id 0, the server shows it.
    if set(totals(order_shown(exchange), "item")) != {0}:
        assert_refused(exchange, because="there is no item 0")


@requirement("CONTENT-09")
@pytest.mark.parametrize("position", [0, 11])
def test_listed_kits_that_do_not_exist_are_refused(
    api: Api, account: Account, position: int
) -> None:
    """A kit that does not exist is refused, at each place of the list."""
    unknown = account.unknown("kit")
    lines = [kit_line(account.kit, 1) for _ in range(position)]
    order = account.plain_order(orderItems=LEAVE_OUT, orderKits=[*lines, kit_line(unknown, 1)])
    assert_refused(api.create(order), because=f"there is no kit {unknown}")


@pytest.mark.generates
@requirement("CONTENT-08")
def test_generated_items_that_do_not_exist_are_refused(
    ids: Ids, assert_all_refused: AllRefused
) -> None:
    """An item that does not exist is refused, whatever else the list holds."""
    assert_all_refused(with_unknown_line(ids, "item"), because="one of its items does not exist")


@pytest.mark.generates
@requirement("CONTENT-09")
def test_generated_kits_that_do_not_exist_are_refused(
    ids: Ids, assert_all_refused: AllRefused
) -> None:
    """A kit that does not exist is refused, whatever else the list holds."""
    assert_all_refused(with_unknown_line(ids, "kit"), because="one of its kits does not exist")


@requirement("CONTENT-10")
@pytest.mark.parametrize("kind", [Kind.ITEM, Kind.KIT])
def test_an_entry_without_a_count_is_accepted(
    api: Api, account: Account, dialect: Dialect, kind: Kind
) -> None:
    """Only the id of an item or kit is required."""
    line = line_of(kind, account.existing(kind)[0])
    without = {name: value for name, value in line.items() if name != "count"}
    content = {"orderItems": LEAVE_OUT, "orderKits": LEAVE_OUT}
    for order in account.patient_and_site_orders(**{**content, kind.list_name: [without]}):
        counted = {**order, kind.list_name: [line]}
        shown = assert_accepted(
            api.create(order),
            because=f"only the id of the {kind} is required",
            control=partial(api.create, account.again(counted)),
        )
        dialect.count("count_not_given_is", next(iter(totals(shown, kind).values()), None))
