"""Content: an order holds at least one item or kit (guide, Required Attributes)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from order_conformance.account import LEAVE_OUT, item_line, kit_line
from order_conformance.assertions import assert_accepted, assert_refused
from strategies.values import NO_LISTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from order_conformance.account import Account
    from order_conformance.api import Api

requirement = pytest.mark.requirement

NAMES = {"item": "orderItems", "kit": "orderKits"}


@requirement("CONTENT-01")
def test_an_order_of_items_alone_is_accepted(api: Api, account: Account) -> None:
    """Items alone are content enough, for a patient and for a site, whichever item it is."""
    for item in account.items:
        order = account.patient_order(orderItems=[item_line(item)], orderKits=LEAVE_OUT)
        assert_accepted(api.create(order), because=f"item {item} exists, and items are enough")
    if account.knows("sites"):
        order = account.site_order(orderItems=[item_line(account.item)], orderKits=LEAVE_OUT)
        assert_accepted(api.create(order), because="items are content enough for a site")


@requirement("CONTENT-02")
def test_an_order_of_kits_alone_is_accepted(api: Api, account: Account) -> None:
    """Kits alone are content enough, for a patient and for a site, whichever kit it is."""
    for kit in account.kits:
        order = account.patient_order(orderItems=LEAVE_OUT, orderKits=[kit_line(kit)])
        assert_accepted(api.create(order), because=f"kit {kit} exists, and kits are enough")
    if account.knows("sites"):
        order = account.site_order(orderItems=LEAVE_OUT, orderKits=[kit_line(account.kit)])
        assert_accepted(api.create(order), because="kits are content enough for a site")


@requirement("CONTENT-03")
def test_an_order_of_items_and_kits_is_accepted(api: Api, account: Account) -> None:
    """Items and kits go together, for a patient and for a site."""
    both = {
        "orderItems": [item_line(item) for item in account.items],
        "orderKits": [kit_line(kit) for kit in account.kits],
    }
    for order in account.both_orders(**both):
        assert_accepted(api.create(order), because="items and kits may be ordered together")


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
    order = account.patient_order(orderItems=LEAVE_OUT, orderKits=LEAVE_OUT) | content
    assert_refused(api.create(order), because="it holds neither an item nor a kit")


@requirement("CONTENT-04")
@pytest.mark.parametrize("content", [{}, {"orderItems": [], "orderKits": []}], ids=str)
def test_an_order_without_content_for_a_site_is_rejected(
    api: Api, account: Account, content: dict[str, Any]
) -> None:
    """At least one item or kit is required, for a site as well."""
    order = account.site_order(orderItems=LEAVE_OUT, orderKits=LEAVE_OUT) | content
    assert_refused(api.create(order), because="it holds neither an item nor a kit")


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
    order = account.patient_order(orderItems=[*lines, WITHOUT_ID[entry]("item")])
    assert_refused(api.create(order), because=f"item {position + 1} of its list has no id")


@requirement("CONTENT-06")
@pytest.mark.parametrize(("position", "entry"), PLACES)
def test_a_kit_without_an_id_is_rejected(
    api: Api, account: Account, position: int, entry: str
) -> None:
    """Each kit is named by its id, wherever in the list it stands."""
    lines = [kit_line(account.kit, 1) for _ in range(position)]
    kits = [*lines, WITHOUT_ID[entry]("kit")]
    order = account.patient_order(orderItems=LEAVE_OUT, orderKits=kits)
    assert_refused(api.create(order), because=f"kit {position + 1} of its list has no id")


@requirement("CONTENT-07")
@pytest.mark.parametrize("name", ["orderItems", "orderKits"])
@pytest.mark.parametrize("value", NO_LISTS)
def test_content_that_is_no_list_of_objects_is_rejected(
    api: Api, account: Account, name: str, value: str
) -> None:
    """Items and kits are lists of objects."""
    order = account.patient_order(orderItems=LEAVE_OUT, orderKits=LEAVE_OUT)
    order[name] = NO_LISTS[value]
    assert_refused(api.create(order), because=f"`{name}` is {value}, not a list of objects")


@requirement("CONTENT-08")
@pytest.mark.parametrize("position", [0, 5])
def test_an_item_that_does_not_exist_is_rejected(api: Api, account: Account, position: int) -> None:
    """An item that does not exist is refused wherever in the list it stands."""
    unknown = account.unknown("item")
    lines = [item_line(account.item, 1) for _ in range(position)]
    order = account.patient_order(orderItems=[*lines, item_line(unknown, 1)])
    assert_refused(api.create(order), because=f"there is no item {unknown}")


@requirement("CONTENT-09")
@pytest.mark.parametrize("position", [0, 5])
def test_a_kit_that_does_not_exist_is_rejected(api: Api, account: Account, position: int) -> None:
    """A kit that does not exist is refused wherever in the list it stands."""
    unknown = account.unknown("kit")
    lines = [kit_line(account.kit, 1) for _ in range(position)]
    order = account.patient_order(orderItems=LEAVE_OUT, orderKits=[*lines, kit_line(unknown, 1)])
    assert_refused(api.create(order), because=f"there is no kit {unknown}")


@requirement("CONTENT-10")
@pytest.mark.parametrize("kind", ["item", "kit"])
def test_an_entry_without_a_count_is_accepted(api: Api, account: Account, kind: str) -> None:
    """Only the id of an item or kit is required."""
    line = (
        item_line(account.item, LEAVE_OUT) if kind == "item" else kit_line(account.kit, LEAVE_OUT)
    )
    for order in account.both_orders(**{"orderItems": LEAVE_OUT, NAMES[kind]: [line]}):
        assert_accepted(api.create(order), because=f"only the id of the {kind} is required")


@requirement("CONTENT-14")
@pytest.mark.parametrize("other", [[], None], ids=["empty", "null"])
@pytest.mark.parametrize("kind", ["item", "kit"])
def test_one_filled_list_beside_an_empty_one_is_accepted(
    api: Api, account: Account, kind: str, other: list[Any] | None
) -> None:
    """An empty list, or null, is no content; the filled list beside it is enough."""
    if kind == "item":
        order = account.patient_order(orderItems=[item_line(account.item)], orderKits=other)
    else:
        order = account.patient_order(orderItems=other, orderKits=[kit_line(account.kit)])
    assert_accepted(api.create(order), because=f"it holds a {kind}")
