"""Counts and lines: what is accepted is kept (guide, Required Attributes and the samples)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from order_conformance.core.outcomes import Inapplicable
from order_conformance.core.statuses import SUCCESS
from order_conformance.judging.assertions import (
    assert_kept,
    assert_no_server_error,
    assert_refused,
    fail,
)
from order_conformance.orders.factory import LEAVE_OUT, item_line, kit_line
from order_conformance.orders.fields import totals
from strategies.broken import with_wrong_count
from strategies.lawful import long_orders
from strategies.values import (
    COUNT_BEYOND_INT32,
    KEPT_COUNTS,
    LINE_NUMBERS,
    LINE_NUMBERS_OF_KITS,
    UNSORTED_COUNTS,
    WRONG_COUNTS,
)

if TYPE_CHECKING:
    from typing import Any

    from order_conformance.judging.property_testing import PropertyTester
    from order_conformance.orders.creates import Api
    from order_conformance.orders.dialect import Dialect
    from order_conformance.orders.factory import Account
    from order_conformance.orders.placed import Orders, PlacedOrder
    from order_conformance.requirements.profiles import Profile
    from strategies.ids import Ids
    from tests.conftest import AllRefused

requirement = pytest.mark.requirement


def place_what_is_accepted(
    account: Account, orders: Orders, sent: list[dict[str, Any]]
) -> list[PlacedOrder]:
    """Create orders; a refusal is the server's freedom here, a failure is not."""
    placed = []
    for order in sent:
        exchange = orders.api.create(order)
        assert_no_server_error(
            exchange,
            whatever="a lawful count or number of lines",
            control=partial(orders.api.create, account.plain_for(order)),
        )
        if exchange.status in SUCCESS:
            placed.append(orders.from_exchange(order, exchange, blocked_by="CONTENT-01"))
    return placed


def lines_of(order: dict[str, Any]) -> list[tuple[Any, Any]]:
    """Return the id and count of each line of an order, items first."""
    return [
        (line[kind]["id"], line.get("count"))
        for kind, name in (("item", "orderItems"), ("kit", "orderKits"))
        for line in order.get(name) or ()
        if isinstance(line, dict) and isinstance(line.get(kind), dict) and "id" in line[kind]
    ]


@requirement("CONTENT-12")
def test_counts_are_kept(account: Account, orders: Orders, profile: Profile) -> None:
    """An accepted count of an item or kit is kept, across bytes, words and thousands."""
    items, kits = account.items, account.kits
    width = min(len(items), len(kits))
    sent = [
        account.plain_order(
            orderItems=[item_line(i, c) for i, c in zip(items, some, strict=False)],
            orderKits=[kit_line(i, c) for i, c in zip(kits, reversed(some), strict=False)],
        )
        for some in profile.some(_portions(KEPT_COUNTS, width))
    ]
    views = orders.views(place_what_is_accepted(account, orders, sent))
    assert_kept(views, "the total count of each item", lambda order: totals(order, "item"))
    assert_kept(views, "the total count of each kit", lambda order: totals(order, "kit"))


@requirement("CONTENT-12")
@pytest.mark.deep
def test_a_count_beyond_32_bits_is_kept_or_refused(account: Account, orders: Orders) -> None:
    """A count that 32 bits do not hold may be refused, but is not cut down to them."""
    order = account.plain_order(orderItems=[item_line(account.item, COUNT_BEYOND_INT32)])
    exchange = orders.api.create(order)
    if exchange.status in SUCCESS:
        placed = orders.from_exchange(order, exchange, blocked_by="CONTENT-01")
        views = [(placed, orders.read_back(placed))]
        assert_kept(views, "the count of the item", lambda shown: totals(shown, "item"))


@requirement("CONTENT-12")
@pytest.mark.deep
def test_a_count_is_kept_beside_a_line_without_one(account: Account, orders: Orders) -> None:
    """A count is kept whatever becomes of the line beside it that has none."""
    lines = {"item": ("orderItems", item_line), "kit": ("orderKits", kit_line)}
    known = {kind: account.existing(kind) for kind in lines if account.knows(f"{kind}s")}
    counted = {kind: some[1] for kind, some in known.items() if len(some) > 1}
    if not counted:
        raise Inapplicable("no two items and no two kits are known")
    order = account.plain_order(orderItems=LEAVE_OUT)
    for kind, second in counted.items():
        name, line = lines[kind]
        order[name] = [line(known[kind][0], LEAVE_OUT), line(second, 7)]
    exchange = orders.api.create(order)
    if exchange.status in SUCCESS:
        placed = orders.from_exchange(order, exchange, blocked_by="CONTENT-10")
        assert_kept(
            [(placed, orders.read_back(placed))],
            "the counts that were given",
            lambda shown: {kind: totals(shown, kind).get(i) for kind, i in counted.items()},
        )


@requirement("CONTENT-12")
@pytest.mark.parametrize("kind", ["item", "kit"])
def test_many_lines_are_kept(account: Account, orders: Orders, profile: Profile, kind: str) -> None:
    """However many lines an accepted order has, each id keeps its total."""
    sent = []
    for number in profile.some(LINE_NUMBERS if kind == "item" else LINE_NUMBERS_OF_KITS):
        some = [(n, n + 1) for n in range(number)]
        if kind == "item":
            items = [item_line(account.items[n % len(account.items)], c) for n, c in some]
            sent.append(account.plain_order(orderItems=items))
        else:
            kits = [kit_line(account.kits[n % len(account.kits)], c) for n, c in some]
            sent.append(account.plain_order(orderItems=LEAVE_OUT, orderKits=kits))
    views = orders.views(place_what_is_accepted(account, orders, sent))
    assert_kept(views, f"the total count of each {kind}", lambda order: totals(order, kind))


@requirement("CONTENT-12")
@pytest.mark.deep
def test_items_and_kits_are_kept_side_by_side(account: Account, orders: Orders) -> None:
    """Items and kits of one order keep their own ids and counts."""
    both = {
        "orderItems": [item_line(item, 10 + n) for n, item in enumerate(account.items)],
        "orderKits": [kit_line(kit, 20 + n) for n, kit in enumerate(account.kits)],
    }
    views = orders.views(place_what_is_accepted(account, orders, account.both_orders(**both)))
    assert_kept(views, "the items", lambda order: totals(order, "item"))
    assert_kept(views, "the kits", lambda order: totals(order, "kit"))


@pytest.mark.generates
@requirement("CONTENT-12")
def test_whatever_is_ordered_is_kept(
    account: Account, orders: Orders, ids: Ids, explore: PropertyTester
) -> None:
    """An accepted order keeps the total of each item and kit, however long and odd it is."""

    def judge(order: dict[str, Any]) -> None:
        for placed in place_what_is_accepted(account, orders, [account.marked(order)]):
            views = [(placed, orders.read_back(placed))]
            assert_kept(views, "the items", lambda shown: totals(shown, "item"))
            assert_kept(views, "the kits", lambda shown: totals(shown, "kit"))

    explore(long_orders(ids), judge)


@requirement("CONTENT-13")
@pytest.mark.parametrize("kind", ["item", "kit"])
def test_lines_stay_in_the_order_given(
    account: Account, orders: Orders, dialect: Dialect, kind: str
) -> None:
    """Lines stay in the sequence given, one line each."""
    known = account.existing(kind)
    there_and_back = zip([*known, *known[:1]][::-1], UNSORTED_COUNTS, strict=False)
    if kind == "item":
        order = account.plain_order(orderItems=[item_line(i, n) for i, n in there_and_back])
    else:
        lines = [kit_line(i, n) for i, n in there_and_back]
        order = account.plain_order(orderItems=LEAVE_OUT, orderKits=lines)
    placed_ones = place_what_is_accepted(account, orders, [order])
    if not placed_ones:
        dialect.count("repeated_line_is", "refused")
    for placed in placed_ones:
        merged = len(lines_of(placed.order)) < len(lines_of(order))
        dialect.count("repeated_line_is", "merged" if merged else "kept")
        for view in orders.views([placed])[0][1]:
            shown = view.order
            if lines_of(shown) != lines_of(order) and totals(shown, kind) == totals(order, kind):
                raise fail(
                    f"the {view.name} rearranges the lines of an order",
                    placed.exchange,
                    view.exchange,
                    expected=f"one line each, in this sequence: {lines_of(order)}",
                    notice=f"it shows {lines_of(shown)}",
                )


@requirement("CONTENT-11")
@pytest.mark.parametrize("kind", ["item", "kit"])
@pytest.mark.parametrize("count", WRONG_COUNTS)
def test_a_count_that_is_no_positive_integer_is_rejected(
    api: Api, account: Account, kind: str, count: str
) -> None:
    """A count that is zero, negative, a fraction or text is refused."""
    value = WRONG_COUNTS[count]
    if kind == "item":
        order = account.plain_order(orderItems=[item_line(account.item, value)])
    else:
        order = account.plain_order(orderItems=LEAVE_OUT, orderKits=[kit_line(account.kit, value)])
    assert_refused(api.create(order), because=f"{value!r} is no number of {kind}s to order")


@pytest.mark.generates
@requirement("CONTENT-11")
def test_no_count_but_a_positive_integer_is_accepted(
    ids: Ids, assert_all_refused: AllRefused
) -> None:
    """A count that is no positive integer is refused, on whichever line it stands."""
    assert_all_refused(with_wrong_count(ids), because="one of its counts is no positive integer")


def _portions(values: tuple[int, ...], size: int) -> list[tuple[int, ...]]:
    return [values[start : start + size] for start in range(0, len(values), size)]
