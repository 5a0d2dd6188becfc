"""Identity: every order has an id of its own, also under parallel creates (guide, the samples)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from order_conformance.assertions import assert_accepted, fail
from order_conformance.orders import external_ids
from order_conformance.paging import OK, is_integer

if TYPE_CHECKING:
    from order_conformance.account import Account
    from order_conformance.api import Api
    from order_conformance.orders import Orders, Placed

requirement = pytest.mark.requirement

PARALLEL = 6
ROUNDS = 1
LARGEST_ID = 2**63 - 1


@requirement("ID-01")
def test_a_created_order_has_an_integer_id(plain_orders: list[Placed]) -> None:
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
def test_no_two_orders_of_the_run_share_an_id(orders: Orders, account: Account) -> None:
    """Ids are unique across the orders that the run created."""
    for _ in range(3):
        orders.place(account.patient_order(), under="ASSOC-01")
    by_id: dict[int, Placed] = {}
    for placed in orders.placed:
        other = by_id.setdefault(placed.id, placed)
        if other is not placed and other.exchange is not placed.exchange:
            raise fail(
                f"two orders got the id {placed.id}",
                other.exchange,
                placed.exchange,
                expected="an id of its own for each order",
            )


@requirement("CONC-01")
def test_parallel_creates_each_get_their_own_id_and_are_kept(
    api: Api, account: Account, orders: Orders
) -> None:
    """Orders created at the same time each get an id of their own, and each is kept."""
    for _ in range(ROUNDS):
        sent = [account.patient_order() for _ in range(PARALLEL)]
        exchanges = api.create_together(sent)
        for exchange in exchanges:
            assert_accepted(exchange, because="orders may be created at the same time")
        placed = [
            orders.take(order, exchange, under="CONC-01")
            for order, exchange in zip(sent, exchanges, strict=True)
        ]
        ids = [each.id for each in placed]
        for each in placed:
            if ids.count(each.id) > 1:
                twins = [other.exchange for other in placed if other.id == each.id]
                raise fail(
                    f"orders created at the same time share the id {each.id}",
                    *twins,
                    expected="an id of its own for each order",
                )
        for each in placed:
            fetched = orders.fetch_when_there(each.id)
            kept = fetched.status == OK and isinstance(fetched.json, dict)
            if not kept or external_ids(fetched.json) != external_ids(each.order):
                raise fail(
                    f"order {each.id}, created with others at the same time, is not kept",
                    each.exchange,
                    fetched,
                    expected="each of the orders fetched as it was created",
                )
