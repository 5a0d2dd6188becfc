"""Storage: a refused order is not stored, an accepted one is, and is the same wherever shown."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from order_conformance.core.json_values import write_json
from order_conformance.core.kinds import Kind
from order_conformance.core.statuses import OK, SUCCESS
from order_conformance.judging.assertions import assert_status, fail
from order_conformance.orders.client import ACCEPT
from order_conformance.orders.factory import LEAVE_OUT, item_line, kit_line
from order_conformance.orders.fields import difference, lacks_only
from order_conformance.orders.markers import markers_of, sent_markers
from tests.checks.list_growth import assert_list_does_not_grow

if TYPE_CHECKING:
    from order_conformance.http.exchange import Exchange
    from order_conformance.orders.creates import Api
    from order_conformance.orders.factory import Account
    from order_conformance.orders.order_list import OrderList
    from order_conformance.orders.placed import Orders, PlacedOrder

requirement = pytest.mark.requirement


def refuse_some(api: Api, account: Account) -> Exchange:
    """Send orders that must be refused, each for a reason found at another step."""
    unknown = account.unknown("item")
    if account.knows(Kind.SITE) and account.knows(Kind.PATIENT):
        api.create(account.patient_order(site={"id": account.site}))
    some = [item_line(account.item)] if account.knows(Kind.ITEM) else []
    api.create(account.plain_order(orderItems=[*some, item_line(unknown)]))
    return api.create(account.plain_order(orderItems=LEAVE_OUT, orderKits=LEAVE_OUT))


def refuse_more(api: Api, account: Account) -> Exchange:
    """Send orders to be refused for something that a server may check last, after storing some."""
    api.create(account.plain_order(orderKits=[kit_line(account.unknown("kit"))]))
    api.create(account.plain_order(externalOrderIds=[[]]))
    api.create(account.plain_order(shippingOption="no-such-shipping-option"))
    if account.knows(Kind.ITEM):
        api.create(account.plain_order(orderItems=[item_line(account.item, "ten")]))
        api.create(account.plain_order(orderItems=[item_line(account.item, 0)]))
    if account.knows(Kind.KIT):
        api.create(account.plain_order(orderKits=[kit_line(account.kit, 0)]))
    return refuse_some(api, account)


def refuse_at_once(api: Api, account: Account) -> Exchange:
    """Send orders to be refused for something that a server may check first."""
    for kind in ("patient", "site"):
        api.create(account.order_for({kind: {"id": account.unknown(kind)}}))
    api.create(account.order_for({"patient": {}}))
    api.create(account.plain_order(orderItems=[{"item": {}, "count": 1}]))
    order = account.plain_order()
    api.create_raw(write_json(order)[:-1], markers=markers_of(order))
    order = account.plain_order()
    text = ("Content-Type", "text/plain")
    return api.create_raw(write_json(order), headers=(ACCEPT, text), markers=markers_of(order))


def refuse_all(api: Api, account: Account) -> Exchange:
    """Send orders that must be refused, for each of these reasons."""
    refuse_at_once(api, account)
    return refuse_more(api, account)


@requirement("ATOM-01")
@pytest.mark.deep
def test_a_refused_create_does_not_raise_the_total(
    api: Api, account: Account, listing: OrderList
) -> None:
    """Refused creates do not raise the total of the list."""
    assert_list_does_not_grow(
        api,
        listing,
        partial(refuse_all, api, account),
        did="the list grew by orders that the server refused",
    )


@requirement("ATOM-01")
def test_a_refused_create_leaves_no_order_behind(
    api: Api, account: Account, listing: OrderList, plain_orders: list[PlacedOrder]
) -> None:
    """A refused create stores no order."""
    refuse_some(api, account)
    listing.find(placed.id for placed in plain_orders)
    refused = _refused_by_marker(api, account)
    for page in listing.both_ends():
        for entry in page.content:
            markers = markers_of(entry)
            exchange = next(
                (refused[m] for m in markers if isinstance(m, str) and m in refused), None
            )
            # ATOM-04 judges whether PUT and PATCH changed the order that they were sent to.
            if exchange is not None and not exchange.request.path.endswith(f"/{entry.get('id')}"):
                raise fail(
                    "the server stored an order that it refused",
                    exchange,
                    page.exchange,
                    expected="nothing stored, because the create was answered 4xx",
                    notice=f"order {entry.get('id')} carries the external id of the refused one",
                )


@requirement("ATOM-02")
def test_an_accepted_order_can_be_fetched(account: Account, orders: Orders) -> None:
    """An accepted order can be fetched, for each patient and site."""
    if not orders.placed:
        orders.place(account.plain_order(), blocked_by="ASSOC-01")
    # Only the latest for each patient and site: the run may have placed many orders.
    latest = {repr((o.sent.get("patient"), o.sent.get("site"))): o for o in orders.placed}
    for placed in latest.values():
        exchange = orders.fetch_when_there(placed.id)
        assert_status(exchange, [OK], because=f"order {placed.id} was accepted")


@requirement("ATOM-03")
def test_create_fetch_and_list_agree_on_an_order(
    orders: Orders, plain_orders: list[PlacedOrder]
) -> None:
    """The create response, the fetched order and the list entry show the same order."""
    for placed, views in orders.views(plain_orders):
        for view in views[1:]:
            changed = difference(placed.order, view.order, sent=placed.sent)
            missing_in_list = view.name == "list entry" and lacks_only(view.order, placed.order)
            if changed and not missing_in_list:
                raise fail(
                    f"the {view.name} differs from the created order",
                    placed.exchange,
                    view.exchange,
                    expected="the same order wherever it is shown",
                    notice=changed.inside(*view.path),
                )


def _refused_by_marker(api: Api, account: Account) -> dict[str, Exchange]:
    """Return the refused orders of the run by their markers; those also accepted are left out."""
    refused: dict[str, Exchange] = {}
    accepted: set[str] = set()
    for exchange in (*api.creates, *api.others):
        ours = [marker for marker in sent_markers(exchange) if account.is_ours(marker)]
        if 400 <= exchange.status < 500:
            refused |= dict.fromkeys(ours, exchange)
        elif exchange.status in SUCCESS:
            accepted.update(ours)
    return {marker: e for marker, e in refused.items() if marker not in accepted}
