"""Content: an order holds at least one item or kit (guide, Required Attributes)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from order_conformance.account import LEAVE_OUT, item_line, kit_line
from order_conformance.assertions import assert_accepted, assert_refused
from order_conformance.orders import totals
from order_conformance.outcomes import Inapplicable
from order_conformance.statuses import SUCCESS
from strategies.broken import (
    with_content_that_is_no_list,
    with_line_without_id,
    with_unknown_line,
    without_content,
)
from strategies.lawful import lawful_orders

if TYPE_CHECKING:
    from collections.abc import Callable

    from order_conformance.account import Account
    from order_conformance.api import Api
    from order_conformance.dialect import Dialect
    from order_conformance.exchange import Exchange
    from order_conformance.exploring import Explorer
    from order_conformance.orders import Orders
    from strategies.ids import Ids
    from tests.conftest import AllRefused

requirement = pytest.mark.requirement

NAMES = {"item": "orderItems", "kit": "orderKits"}


@requirement("CONTENT-01")
def test_an_order_of_items_alone_is_accepted(api: Api, account: Account) -> None:
    """Items alone are content enough, for a patient and for a site, whichever item it is."""
    sent = [account.plain_order(orderItems=[item_line(item)]) for item in account.items]
    if account.knows("sites"):
        sent.append(account.site_order(orderItems=[item_line(account.item)]))
    for order in sent:
        assert_accepted(
            api.create(order),
            because="its items exist, and items are content enough",
            control=partial(api.create, account.with_kits_instead(order)),
        )


@requirement("CONTENT-02")
def test_an_order_of_kits_alone_is_accepted(api: Api, account: Account) -> None:
    """Kits alone are content enough, for a patient and for a site, whichever kit it is."""
    of_kits = {"orderItems": LEAVE_OUT}
    sent = [account.plain_order(orderKits=[kit_line(kit)], **of_kits) for kit in account.kits]
    if account.knows("sites"):
        sent.append(account.site_order(orderKits=[kit_line(account.kit)], **of_kits))
    for order in sent:
        assert_accepted(
            api.create(order),
            because="its kits exist, and kits are content enough",
            control=partial(api.create, account.with_items_instead(order)),
        )


@requirement("CONTENT-03")
def test_an_order_of_items_and_kits_is_accepted(api: Api, account: Account) -> None:
    """Items and kits go together, for a patient and for a site."""
    both = {
        "orderItems": [item_line(item) for item in account.items],
        "orderKits": [kit_line(kit) for kit in account.kits],
    }
    for order in account.both_orders(**both):
        assert_accepted(
            api.create(order),
            because="items and kits may be ordered together",
            control=partial(apart, api, account, order),
        )


@requirement("CONTENT-01")
def test_whichever_items_are_ordered_they_are_accepted(
    account: Account, orders: Orders, ids: Ids, explore: Explorer
) -> None:
    """A modest order of existing items is accepted, whoever it is for."""
    _ = account.item
    explore(lawful_orders(ids, "item"), lambda order: place_lawful(orders, account, order))


@requirement("CONTENT-02")
def test_whichever_kits_are_ordered_they_are_accepted(
    account: Account, orders: Orders, ids: Ids, explore: Explorer
) -> None:
    """A modest order of existing kits is accepted, whoever it is for."""
    _ = account.kit
    explore(lawful_orders(ids, "kit"), lambda order: place_lawful(orders, account, order))


@requirement("CONTENT-03")
def test_whichever_items_and_kits_are_ordered_they_are_accepted(
    account: Account, orders: Orders, ids: Ids, explore: Explorer
) -> None:
    """A modest order of existing items and kits is accepted, whoever it is for."""
    _ = account.item, account.kit
    explore(lawful_orders(ids, "item", "kit"), lambda order: place_lawful(orders, account, order))


def apart(api: Api, account: Account, order: dict[str, Any]) -> Exchange:
    """Create the items and the kits of an order apart; returns the first refusal, if any."""
    for name in NAMES.values():
        part = {key: value for key, value in order.items() if key != name}
        exchange = api.create(account.again(part))
        if exchange.status not in SUCCESS:
            break
    return exchange


def place_lawful(orders: Orders, account: Account, order: dict[str, Any]) -> None:
    """Place an order that every conforming server accepts, unless it refuses a plain one too."""
    sent = account.marked(order)
    exchange = orders.api.create(sent)
    assert_accepted(
        exchange,
        because="all that it names exists, and it is a modest order",
        control=partial(orders.api.create, account.plain_for(order)),
    )
    orders.take(sent, exchange, under="CONTENT-03")


@requirement("CONTENT-04")
@pytest.mark.parametrize(
    "content",
    [
        {},
        {"orderItems": None, "orderKits": None},
        {"orderItems": [], "orderKits": []},
        {"orderItems": []},
        {"orderKits": []},
        {"orderItems": None},
        {"orderKits": None},
    ],
    ids=str,
)
def test_an_order_without_content_is_rejected(
    api: Api, account: Account, content: dict[str, Any]
) -> None:
    """At least one item or kit is required."""
    order = account.plain_order(orderItems=LEAVE_OUT, orderKits=LEAVE_OUT) | content
    assert_refused(api.create(order), because="it holds neither an item nor a kit")


@requirement("CONTENT-04")
@pytest.mark.parametrize("content", [{}, {"orderItems": [], "orderKits": []}], ids=str)
def test_an_order_without_content_for_a_site_is_rejected(
    api: Api, account: Account, content: dict[str, Any]
) -> None:
    """At least one item or kit is required, for a site as well."""
    if not account.knows("sites"):
        raise Inapplicable("no site is known")
    order = account.site_order(orderItems=LEAVE_OUT, orderKits=LEAVE_OUT) | content
    assert_refused(api.create(order), because="it holds neither an item nor a kit")


@requirement("CONTENT-04")
def test_whoever_orders_nothing_is_rejected(ids: Ids, assert_all_refused: AllRefused) -> None:
    """At least one item or kit is required, whoever the order is for."""
    assert_all_refused(without_content(ids), because="it holds neither an item nor a kit")


WITHOUT_ID: dict[str, Callable[[str], dict[str, Any]]] = {
    "no thing": lambda _: {"count": 1},
    "an empty thing": lambda kind: {kind: {}, "count": 1},
    "a null id": lambda kind: {kind: {"id": None}, "count": 1},
    "a null thing": lambda kind: {kind: None, "count": 1},
}
PLACES = [(0, name) for name in WITHOUT_ID] + [(1, "an empty thing"), (5, "a null id")]


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


@requirement("CONTENT-05")
def test_no_item_without_an_id_is_accepted(ids: Ids, assert_all_refused: AllRefused) -> None:
    """Each item is named by its id, whatever stands around it."""
    assert_all_refused(with_line_without_id(ids, "item"), because="one of its items has no id")


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
    content = {"orderItems": LEAVE_OUT, NAMES[kind]: NO_LISTS[value](line)}
    order = account.plain_order(**content)
    assert_refused(api.create(order), because=f"`{NAMES[kind]}` is {value}, no list of objects")


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
        order = account.plain_order(**{**filled, NAMES[kind]: value})
        assert_refused(api.create(order), because=f"`{NAMES[kind]}` is {value!r}, no list")


@requirement("CONTENT-07")
def test_no_content_but_a_list_of_objects_is_accepted(
    ids: Ids, assert_all_refused: AllRefused
) -> None:
    """Items and kits are lists of objects, also where the other list is in order."""
    assert_all_refused(
        with_content_that_is_no_list(ids), because="its items or kits are no list of objects"
    )


@requirement("CONTENT-08")
@pytest.mark.parametrize("position", [0, 5])
def test_an_item_that_does_not_exist_is_rejected(api: Api, account: Account, position: int) -> None:
    """An item that does not exist is refused wherever in the list it stands."""
    unknown = account.unknown("item")
    lines = [item_line(account.item, 1) for _ in range(position)]
    order = account.plain_order(orderItems=[*lines, item_line(unknown, 1)])
    assert_refused(api.create(order), because=f"there is no item {unknown}")


@requirement("CONTENT-09")
@pytest.mark.parametrize("position", [0, 5])
def test_a_kit_that_does_not_exist_is_rejected(api: Api, account: Account, position: int) -> None:
    """A kit that does not exist is refused wherever in the list it stands."""
    unknown = account.unknown("kit")
    lines = [kit_line(account.kit, 1) for _ in range(position)]
    order = account.plain_order(orderItems=LEAVE_OUT, orderKits=[*lines, kit_line(unknown, 1)])
    assert_refused(api.create(order), because=f"there is no kit {unknown}")


@requirement("CONTENT-08")
def test_no_item_that_does_not_exist_is_accepted(ids: Ids, assert_all_refused: AllRefused) -> None:
    """An item that does not exist is refused, whatever stands around it."""
    assert_all_refused(with_unknown_line(ids, "item"), because="one of its items does not exist")


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
    for order in account.both_orders(**{**content, NAMES[kind]: [without]}):
        counted = {**order, NAMES[kind]: [line]}
        shown = assert_accepted(
            api.create(order),
            because=f"only the id of the {kind} is required",
            control=partial(api.create, account.again(counted)),
        )
        dialect.count("count_not_given_is", next(iter(totals(shown, kind).values()), None))


@requirement("CONTENT-14")
@pytest.mark.parametrize("other", [[], None], ids=["empty", "null"])
@pytest.mark.parametrize("kind", ["item", "kit"])
def test_one_filled_list_beside_an_empty_one_is_accepted(
    api: Api, account: Account, kind: str, other: list[Any] | None
) -> None:
    """An empty list, or null, is no content; the filled list beside it is enough."""
    line = item_line(account.item) if kind == "item" else kit_line(account.kit)
    alone = account.plain_order(**{"orderItems": LEAVE_OUT, NAMES[kind]: [line]})
    beside = NAMES["kit" if kind == "item" else "item"]
    assert_accepted(
        api.create({**alone, beside: other}),
        because=f"it holds {NAMES[kind]}",
        control=partial(api.create, account.again(alone)),
    )
