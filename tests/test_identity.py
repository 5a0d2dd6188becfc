"""Identity: every order has an id of its own, also under parallel creates (guide, the samples)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from order_conformance.core.json_values import is_integer
from order_conformance.core.kinds import Kind
from order_conformance.core.outcomes import Inapplicable
from order_conformance.core.statuses import OK, SUCCESS
from order_conformance.core.text import Phrase, short
from order_conformance.judging.assertions import assert_accepted, fail
from order_conformance.orders.factory import item_line, kit_line
from order_conformance.orders.fields import external_ids, kept_fields
from order_conformance.orders.placed import order_in
from tests.checks.persistence import assert_still_there

if TYPE_CHECKING:
    from order_conformance.http.exchange import Exchange
    from order_conformance.orders.creates import Api
    from order_conformance.orders.factory import Account
    from order_conformance.orders.placed import Orders, PlacedOrder, View
    from order_conformance.requirements.profiles import Profile

requirement = pytest.mark.requirement

PARALLEL = 6
LARGEST_ID = 2**63 - 1


@requirement("ID-01")
def test_a_created_order_has_an_integer_id(plain_orders: list[PlacedOrder]) -> None:
    """The created order shows its id, an integer within 64 bits."""
    for placed in plain_orders:
        order_id: Any = placed.order.get("id")
        if not is_integer(order_id) or abs(order_id) > LARGEST_ID:
            raise fail(
                "the created order has no integer id",
                placed.exchange,
                expected="`id`, an integer within 64 bits",
                notice=f"`id` is {order_id!r}" if "id" in placed.order else "`id` is absent",
            )


@requirement("ID-02")
@pytest.mark.deep
def test_no_two_orders_of_the_run_share_an_id(orders: Orders, account: Account) -> None:
    """Orders that are created one after the other have different ids."""
    some = [orders.place(account.plain_order(), blocked_by="ASSOC-01") for _ in range(3)]
    assert_ids_differ(some)


@pytest.fixture(scope="module")
def earlier(account: Account, orders: Orders) -> tuple[PlacedOrder, View]:
    """An order of this run, as fetched before orders are sent that may be taken for it."""
    order = account.plain_order(externalOrderIds=[account.marker(), account.marker()])
    placed = orders.place(order, blocked_by="ASSOC-01")
    orders.placed.remove(placed)
    return placed, orders.fetched(placed)


@pytest.fixture(scope="module")
def shared(earlier: tuple[PlacedOrder, View]) -> str:
    """The external id of the earlier order that a later one is sent with as well."""
    return str(earlier[0].sent["externalOrderIds"][-1])


@pytest.fixture(scope="module")
def namesake(api: Api, account: Account, shared: str) -> Exchange:
    """The create of a different order that shares one external id with the earlier one."""
    order = different_order(account, 1)
    return api.create({**order, "externalOrderIds": [account.marker(), shared]})


@requirement("ATOM-04")
@pytest.mark.deep
@pytest.mark.usefixtures("namesake")
def test_an_order_with_an_external_id_of_another_leaves_that_unchanged(
    orders: Orders, earlier: tuple[PlacedOrder, View]
) -> None:
    """An order stays as it is when a different one is sent with one of its external ids."""
    assert_still_there(orders, [earlier])


@requirement("EXT-02")
@pytest.mark.deep
def test_an_external_id_that_two_orders_share_is_kept(
    earlier: tuple[PlacedOrder, View], shared: str, namesake: Exchange
) -> None:
    """An accepted order keeps an external id that another order has as well."""
    if namesake.status not in SUCCESS:
        raise Inapplicable("an external id that another order has is not accepted")
    order = order_in(namesake)
    if order.get("id") == earlier[0].id:
        raise Inapplicable("the server takes an order for the one that has its external id")
    if shared not in external_ids(order):
        raise fail(
            "the server accepted an external id that another order has, and dropped it",
            earlier[0].exchange,
            namesake,
            expected=f"both orders with the external id {shared}, or the second refused",
            notice=f"the second order shows {short(external_ids(order))}",
        )


@requirement("ATOM-04")
@pytest.mark.deep
def test_an_order_sent_with_the_id_of_another_leaves_that_unchanged(
    api: Api, account: Account, orders: Orders, earlier: tuple[PlacedOrder, View]
) -> None:
    """An order stays as it is when a different one is sent with its id, refused or not."""
    api.create({**different_order(account, 3), "id": earlier[0].id})
    assert_still_there(orders, [earlier])


@requirement("CONC-01")
def test_parallel_creates_each_get_their_own_id_and_are_kept(
    api: Api, account: Account, orders: Orders, plain_orders: list[PlacedOrder], profile: Profile
) -> None:
    """Orders created at the same time each get an id of their own, and each is kept."""
    kept_alone = set.intersection(
        *(
            kept_fields(alone.sent, view.order)
            for alone in plain_orders
            for view in orders.read_back(alone)
        )
    )
    for _ in range(profile.parallel_rounds):
        sent = [different_order(account, number) for number in range(PARALLEL)]
        placed = []
        for order, exchange in zip(sent, api.create_together(sent), strict=True):
            assert_accepted(
                exchange,
                because="orders may be created at the same time",
                control=partial(api.create, account.again(order)),
            )
            placed.append(orders.add(order, exchange))
        assert_ids_differ(placed)
        for each in placed:
            fetched = orders.fetch_when_there(each.id)
            kept = set()
            if fetched.status == OK and isinstance(fetched.json, dict):
                kept = kept_fields(each.sent, fetched.json) & kept_fields(each.sent, each.order)
            if not kept_alone <= kept:
                raise fail(
                    Phrase("order {}, created with others at the same time, is not kept", each.id),
                    each.exchange,
                    fetched,
                    expected="each of the orders fetched as it was sent",
                    notice=f"not kept, though an order created alone keeps it: "
                    f"{', '.join(sorted(kept_alone - kept))}",
                )


def different_order(account: Account, number: int) -> dict[str, Any]:
    """Return a lawful order that differs from the others of the same round."""
    make = account.site_order if number % 2 and account.knows(Kind.SITE) else account.plain_order
    if account.knows(Kind.ITEM):
        return make(orderItems=[item_line(account.item, 1 + number)])
    return make(orderKits=[kit_line(account.kit, 1 + number)])


def assert_ids_differ(placed: list[PlacedOrder]) -> None:
    """Judge that no two of these orders have the same id."""
    by_id: dict[int, PlacedOrder] = {}
    for each in placed:
        other = by_id.setdefault(each.id, each)
        if other is not each:
            raise fail(
                Phrase("two orders were given the id {}", each.id),
                other.exchange,
                each.exchange,
                expected="an id of its own for each order",
            )
