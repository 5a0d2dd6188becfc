"""Shipping option: optional, `standard` and what the target lists (guide, the samples)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from order_conformance.core.outcomes import Inapplicable
from order_conformance.core.statuses import SUCCESS
from order_conformance.judging.assertions import (
    assert_accepted,
    assert_kept,
    assert_no_server_error,
    assert_refused,
)
from order_conformance.orders.factory import LEAVE_OUT

if TYPE_CHECKING:
    from order_conformance.orders.creates import Api
    from order_conformance.orders.factory import Account
    from order_conformance.orders.placed import Orders

requirement = pytest.mark.requirement

NO_OPTION = "no-such-shipping-option"


@requirement("SHIP-01")
def test_an_order_without_shipping_option_is_accepted(
    api: Api, account: Account, orders: Orders
) -> None:
    """The shipping option is optional."""
    for order in account.patient_and_site_orders(shippingOption=LEAVE_OUT):
        shipped = account.again({**order, "shippingOption": "standard"})
        exchange = api.create(order)
        assert_accepted(
            exchange,
            because="the shipping option is optional",
            control=partial(api.create, shipped),
        )
        orders.add(order, exchange)


@requirement("SHIP-02")
def test_a_known_shipping_option_is_accepted_and_kept(
    api: Api, account: Account, orders: Orders
) -> None:
    """`standard`, and each further option of the target file, is accepted and kept."""
    for option in dict.fromkeys(("standard", *api.target.shipping_options)):
        for order in account.patient_and_site_orders(shippingOption=option):
            exchange = api.create(order)
            without = {name: value for name, value in order.items() if name != "shippingOption"}
            assert_accepted(
                exchange,
                because=f"{option!r} is a shipping option",
                control=partial(api.create, account.again(without)),
            )
            placed = orders.add(order, exchange)
            views = orders.views([placed])
            assert_kept(views, "the shipping option", lambda shown: shown.get("shippingOption"))


@requirement("SHIP-02")
def test_any_accepted_shipping_option_is_kept(api: Api, account: Account, orders: Orders) -> None:
    """An accepted shipping option is kept."""
    order = account.plain_order(shippingOption=NO_OPTION)
    exchange = api.create(order)
    assert_no_server_error(exchange, whatever="an unknown shipping option")
    if exchange.status in SUCCESS:
        placed = orders.add(order, exchange)
        views = orders.views([placed])
        assert_kept(views, "the shipping option", lambda shown: shown.get("shippingOption"))


@requirement("SHIP-03")
@pytest.mark.parametrize("option", [NO_OPTION, "Standard", False])
def test_a_shipping_option_that_the_target_does_not_list_is_refused(
    api: Api, account: Account, option: str | bool
) -> None:
    """A shipping option outside those that the target file lists is refused."""
    if option in api.target.shipping_options:
        raise Inapplicable(f"the target file lists {option}")
    exchange = api.create(account.plain_order(shippingOption=option))
    assert_refused(exchange, because=f"the target file does not list {option!r}")
