"""Content: an order holds at least one item or kit (guide, Required Attributes)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from order_conformance.core.kinds import Kind
from order_conformance.core.outcomes import Inapplicable
from order_conformance.core.statuses import SUCCESS
from order_conformance.judging.assertions import assert_accepted, assert_refused
from order_conformance.orders.factory import FEW_LINES, LEAVE_OUT, item_line, kit_line, line_of
from strategies.broken import (
    without_content,
)
from strategies.lawful import lawful_orders

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
def test_listed_orders_of_items_alone_are_accepted(api: Api, account: Account) -> None:
    """An order of items alone is accepted, for a patient and for a site, with each known item."""
    sent = [account.plain_order(orderItems=[item_line(item)]) for item in account.items]
    if account.knows(Kind.SITE):
        sent.append(account.site_order(orderItems=[item_line(account.item)]))
    for order in sent:
        assert_accepted(
            api.create(order),
            because="its items exist, and an order may hold items alone",
            control=partial(api.create, account.with_kits_instead(order)),
        )


@requirement("CONTENT-02")
def test_listed_orders_of_kits_alone_are_accepted(api: Api, account: Account) -> None:
    """An order of kits alone is accepted, for a patient and for a site, with each known kit."""
    of_kits = {"orderItems": LEAVE_OUT}
    sent = [account.plain_order(orderKits=[kit_line(kit)], **of_kits) for kit in account.kits]
    if account.knows(Kind.SITE):
        sent.append(account.site_order(orderKits=[kit_line(account.kit)], **of_kits))
    for order in sent:
        assert_accepted(
            api.create(order),
            because="its kits exist, and an order may hold kits alone",
            control=partial(api.create, account.with_items_instead(order)),
        )


@requirement("CONTENT-03")
def test_listed_orders_of_items_and_kits_are_accepted(api: Api, account: Account) -> None:
    """An order of items and kits is accepted, for a patient and for a site."""
    items, kits = account.items, account.kits
    for start in range(0, max(len(items), len(kits)), FEW_LINES):
        few = slice(start, start + FEW_LINES)
        both = {
            "orderItems": [item_line(item) for item in items[few] or items[:1]],
            "orderKits": [kit_line(kit) for kit in kits[few] or kits[:1]],
        }
        for order in account.patient_and_site_orders(**both):
            assert_accepted(
                api.create(order),
                because="items and kits may be ordered together",
                control=partial(apart, api, account, order),
            )


@pytest.mark.generates
@requirement("CONTENT-01")
def test_generated_orders_of_items_are_accepted(
    account: Account, orders: Orders, ids: Ids, explore: PropertyTester
) -> None:
    """A small order of existing items is accepted for any patient or site."""
    _ = account.item
    explore(lawful_orders(ids, "item"), lambda order: place_lawful(orders, account, order))


@pytest.mark.generates
@requirement("CONTENT-02")
def test_generated_orders_of_kits_are_accepted(
    account: Account, orders: Orders, ids: Ids, explore: PropertyTester
) -> None:
    """A small order of existing kits is accepted for any patient or site."""
    _ = account.kit
    explore(lawful_orders(ids, "kit"), lambda order: place_lawful(orders, account, order))


@pytest.mark.generates
@requirement("CONTENT-03")
def test_generated_orders_of_items_and_kits_are_accepted(
    account: Account, orders: Orders, ids: Ids, explore: PropertyTester
) -> None:
    """A small order of existing items and kits is accepted for any patient or site."""
    _ = account.item, account.kit
    explore(lawful_orders(ids, "item", "kit"), lambda order: place_lawful(orders, account, order))


def apart(api: Api, account: Account, order: dict[str, Any]) -> Exchange:
    """Create the items and the kits of an order apart; return the first refusal, if any."""
    for name in ("orderItems", "orderKits"):
        part = {key: value for key, value in order.items() if key != name}
        exchange = api.create(account.again(part))
        if exchange.status not in SUCCESS:
            break
    return exchange


def place_lawful(orders: Orders, account: Account, order: dict[str, Any]) -> None:
    """Judge that an order is accepted, unless the server refuses a plain one too."""
    sent = account.marked(order)
    exchange = orders.api.create(sent)
    assert_accepted(
        exchange,
        because="everything it names exists, and it is small",
        control=partial(orders.api.create, account.plain_for(order)),
    )
    orders.add(sent, exchange)


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
def test_listed_orders_without_content_are_refused(
    api: Api, account: Account, content: dict[str, Any]
) -> None:
    """At least one item or kit is required."""
    order = account.plain_order(orderItems=LEAVE_OUT, orderKits=LEAVE_OUT) | content
    assert_refused(api.create(order), because="it holds neither an item nor a kit")


@requirement("CONTENT-04")
@pytest.mark.parametrize("content", [{}, {"orderItems": [], "orderKits": []}], ids=str)
def test_listed_orders_without_content_for_a_site_are_refused(
    api: Api, account: Account, content: dict[str, Any]
) -> None:
    """At least one item or kit is required, for a site as well."""
    if not account.knows(Kind.SITE):
        raise Inapplicable("no site is known")
    order = account.site_order(orderItems=LEAVE_OUT, orderKits=LEAVE_OUT) | content
    assert_refused(api.create(order), because="it holds neither an item nor a kit")


@pytest.mark.generates
@requirement("CONTENT-04")
def test_generated_orders_without_content_are_refused(
    ids: Ids, assert_all_refused: AllRefused
) -> None:
    """At least one item or kit is required, for any patient or site."""
    assert_all_refused(without_content(ids), because="it holds neither an item nor a kit")


@requirement("CONTENT-14")
@pytest.mark.parametrize("other", [[], None], ids=["empty", "null"])
@pytest.mark.parametrize("kind", [Kind.ITEM, Kind.KIT])
def test_one_filled_list_and_one_empty_list_are_accepted(
    api: Api, account: Account, kind: Kind, other: list[Any] | None
) -> None:
    """One filled list is enough: the other one may be empty or null."""
    alone = account.order_of(kind, [line_of(kind, account.existing(kind)[0])])
    other_kind = Kind.KIT if kind is Kind.ITEM else Kind.ITEM
    assert_accepted(
        api.create({**alone, other_kind.list_name: other}),
        because=f"it holds {kind.list_name}",
        control=partial(api.create, account.again(alone)),
    )
