"""Content: an order holds at least one item or kit (guide, Required Attributes)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from order_conformance.core.outcomes import Inapplicable
from order_conformance.core.statuses import SUCCESS
from order_conformance.judging.assertions import assert_accepted, assert_refused
from order_conformance.orders.factory import FEW_LINES, LEAVE_OUT, item_line, kit_line
from strategies.broken import (
    without_content,
)
from strategies.lawful import lawful_orders
from strategies.workflow import LISTS

if TYPE_CHECKING:
    from order_conformance.http.exchange import Exchange
    from order_conformance.judging.property_testing import PropertyTester
    from order_conformance.orders.creates import Api
    from order_conformance.orders.factory import Account
    from order_conformance.orders.placed import Orders
    from strategies.ids import Ids
    from tests.conftest import AllRefused

requirement = pytest.mark.requirement


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
    items, kits = account.items, account.kits
    for start in range(0, max(len(items), len(kits)), FEW_LINES):
        few = slice(start, start + FEW_LINES)
        both = {
            "orderItems": [item_line(item) for item in items[few] or items[:1]],
            "orderKits": [kit_line(kit) for kit in kits[few] or kits[:1]],
        }
        for order in account.both_orders(**both):
            assert_accepted(
                api.create(order),
                because="items and kits may be ordered together",
                control=partial(apart, api, account, order),
            )


@pytest.mark.generates
@requirement("CONTENT-01")
def test_whichever_items_are_ordered_they_are_accepted(
    account: Account, orders: Orders, ids: Ids, explore: PropertyTester
) -> None:
    """A modest order of existing items is accepted, whoever it is for."""
    _ = account.item
    explore(lawful_orders(ids, "item"), lambda order: place_lawful(orders, account, order))


@pytest.mark.generates
@requirement("CONTENT-02")
def test_whichever_kits_are_ordered_they_are_accepted(
    account: Account, orders: Orders, ids: Ids, explore: PropertyTester
) -> None:
    """A modest order of existing kits is accepted, whoever it is for."""
    _ = account.kit
    explore(lawful_orders(ids, "kit"), lambda order: place_lawful(orders, account, order))


@pytest.mark.generates
@requirement("CONTENT-03")
def test_whichever_items_and_kits_are_ordered_they_are_accepted(
    account: Account, orders: Orders, ids: Ids, explore: PropertyTester
) -> None:
    """A modest order of existing items and kits is accepted, whoever it is for."""
    _ = account.item, account.kit
    explore(lawful_orders(ids, "item", "kit"), lambda order: place_lawful(orders, account, order))


def apart(api: Api, account: Account, order: dict[str, Any]) -> Exchange:
    """Create the items and the kits of an order apart; returns the first refusal, if any."""
    for name in LISTS.values():
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
    orders.from_exchange(sent, exchange, blocked_by="CONTENT-03")


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


@pytest.mark.generates
@requirement("CONTENT-04")
def test_whoever_orders_nothing_is_rejected(ids: Ids, assert_all_refused: AllRefused) -> None:
    """At least one item or kit is required, whoever the order is for."""
    assert_all_refused(without_content(ids), because="it holds neither an item nor a kit")


@requirement("CONTENT-14")
@pytest.mark.parametrize("other", [[], None], ids=["empty", "null"])
@pytest.mark.parametrize("kind", ["item", "kit"])
def test_one_filled_list_beside_an_empty_one_is_accepted(
    api: Api, account: Account, kind: str, other: list[Any] | None
) -> None:
    """An empty list, or null, is no content; the filled list beside it is enough."""
    line = item_line(account.item) if kind == "item" else kit_line(account.kit)
    alone = account.plain_order(**{"orderItems": LEAVE_OUT, LISTS[kind]: [line]})
    beside = LISTS["kit" if kind == "item" else "item"]
    assert_accepted(
        api.create({**alone, beside: other}),
        because=f"it holds {LISTS[kind]}",
        control=partial(api.create, account.again(alone)),
    )
