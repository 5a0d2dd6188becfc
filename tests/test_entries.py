"""Entries: each item and kit of an order is named by its id (guide, Required Attributes)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from order_conformance.judging.assertions import assert_accepted, assert_refused
from order_conformance.orders.factory import LEAVE_OUT, item_line, kit_line
from order_conformance.orders.fields import totals
from order_conformance.orders.placed import order_shown
from strategies.broken import (
    with_content_that_is_no_list,
    with_line_without_id,
    with_unknown_line,
)
from strategies.workflow import LISTS

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
def test_an_item_without_an_id_is_rejected(
    api: Api, account: Account, position: int, entry: str
) -> None:
    """Each item is named by its id, wherever in the list it stands."""
    lines = [item_line(account.item, 1) for _ in range(position)]
    order = account.plain_order(orderItems=[*lines, WITHOUT_ID[entry]("item")])
    assert_refused(api.create(order), because=f"item {position + 1} of its list has no id")


@requirement("CONTENT-06")
@pytest.mark.parametrize(("position", "entry"), PLACES)
def test_a_kit_without_an_id_is_rejected(
    api: Api, account: Account, position: int, entry: str
) -> None:
    """Each kit is named by its id, wherever in the list it stands."""
    lines = [kit_line(account.kit, 1) for _ in range(position)]
    kits = [*lines, WITHOUT_ID[entry]("kit")]
    order = account.plain_order(orderItems=LEAVE_OUT, orderKits=kits)
    assert_refused(api.create(order), because=f"kit {position + 1} of its list has no id")


@pytest.mark.generates
@requirement("CONTENT-05")
def test_no_item_without_an_id_is_accepted(ids: Ids, assert_all_refused: AllRefused) -> None:
    """Each item is named by its id, whatever stands around it."""
    assert_all_refused(with_line_without_id(ids, "item"), because="one of its items has no id")


@pytest.mark.generates
@requirement("CONTENT-06")
def test_no_kit_without_an_id_is_accepted(ids: Ids, assert_all_refused: AllRefused) -> None:
    """Each kit is named by its id, whatever stands around it."""
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
"""Values that are no list of objects, though what they name exists."""


@requirement("CONTENT-07")
@pytest.mark.parametrize("kind", ["item", "kit"])
@pytest.mark.parametrize("value", NO_LISTS)
def test_content_that_is_no_list_of_objects_is_rejected(
    api: Api, account: Account, kind: str, value: str
) -> None:
    """Items and kits are lists of objects."""
    line = item_line(account.item, 1) if kind == "item" else kit_line(account.kit, 1)
    content = {"orderItems": LEAVE_OUT, LISTS[kind]: NO_LISTS[value](line)}
    order = account.plain_order(**content)
    assert_refused(api.create(order), because=f"`{LISTS[kind]}` is {value}, no list of objects")


@requirement("CONTENT-07")
@pytest.mark.deep
@pytest.mark.parametrize("kind", ["item", "kit"])
def test_what_is_no_list_is_rejected_beside_a_filled_list(
    api: Api, account: Account, kind: str
) -> None:
    """What is empty in some languages is no list all the same, beside a list that is filled."""
    if kind == "item":
        filled = {"orderKits": [kit_line(account.kit, 1)], "orderItems": LEAVE_OUT}
    else:
        filled = {"orderItems": [item_line(account.item, 1)]}
    nothing: list[Any] = [{}, "", False, 0]
    for value in nothing:
        order = account.plain_order(**{**filled, LISTS[kind]: value})
        assert_refused(api.create(order), because=f"`{LISTS[kind]}` is {value!r}, no list")


@pytest.mark.generates
@requirement("CONTENT-07")
def test_no_content_but_a_list_of_objects_is_accepted(
    ids: Ids, assert_all_refused: AllRefused
) -> None:
    """Items and kits are lists of objects, also where the other list is in order."""
    assert_all_refused(
        with_content_that_is_no_list(ids), because="its items or kits are no list of objects"
    )


@requirement("CONTENT-08")
@pytest.mark.parametrize("position", [0, 11])
def test_an_item_that_does_not_exist_is_rejected(api: Api, account: Account, position: int) -> None:
    """An item that does not exist is refused wherever in the list it stands."""
    unknown = account.unknown("item")
    lines = [item_line(account.item, 1) for _ in range(position)]
    order = account.plain_order(orderItems=[*lines, item_line(unknown, 1)])
    assert_refused(api.create(order), because=f"there is no item {unknown}")


@requirement("CONTENT-08")
def test_the_item_zero_stands_for_no_other(api: Api, account: Account) -> None:
    """The item 0 is refused where there is none, and not taken for another item."""
    exchange = api.create(account.plain_order(orderItems=[item_line(0, 1)]))
    # Nobody but the server knows whether something has the id 0; then it shows it.
    if set(totals(order_shown(exchange), "item")) != {0}:
        assert_refused(exchange, because="there is no item 0")


@requirement("CONTENT-09")
@pytest.mark.parametrize("position", [0, 11])
def test_a_kit_that_does_not_exist_is_rejected(api: Api, account: Account, position: int) -> None:
    """A kit that does not exist is refused wherever in the list it stands."""
    unknown = account.unknown("kit")
    lines = [kit_line(account.kit, 1) for _ in range(position)]
    order = account.plain_order(orderItems=LEAVE_OUT, orderKits=[*lines, kit_line(unknown, 1)])
    assert_refused(api.create(order), because=f"there is no kit {unknown}")


@pytest.mark.generates
@requirement("CONTENT-08")
def test_no_item_that_does_not_exist_is_accepted(ids: Ids, assert_all_refused: AllRefused) -> None:
    """An item that does not exist is refused, whatever stands around it."""
    assert_all_refused(with_unknown_line(ids, "item"), because="one of its items does not exist")


@pytest.mark.generates
@requirement("CONTENT-09")
def test_no_kit_that_does_not_exist_is_accepted(ids: Ids, assert_all_refused: AllRefused) -> None:
    """A kit that does not exist is refused, whatever stands around it."""
    assert_all_refused(with_unknown_line(ids, "kit"), because="one of its kits does not exist")


@requirement("CONTENT-10")
@pytest.mark.parametrize("kind", ["item", "kit"])
def test_an_entry_without_a_count_is_accepted(
    api: Api, account: Account, dialect: Dialect, kind: str
) -> None:
    """Only the id of an item or kit is required."""
    line = item_line(account.item) if kind == "item" else kit_line(account.kit)
    without = {name: value for name, value in line.items() if name != "count"}
    content = {"orderItems": LEAVE_OUT, "orderKits": LEAVE_OUT}
    for order in account.both_orders(**{**content, LISTS[kind]: [without]}):
        counted = {**order, LISTS[kind]: [line]}
        shown = assert_accepted(
            api.create(order),
            because=f"only the id of the {kind} is required",
            control=partial(api.create, account.again(counted)),
        )
        dialect.count("count_not_given_is", next(iter(totals(shown, kind).values()), None))
