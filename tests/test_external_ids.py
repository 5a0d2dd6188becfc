"""External order ids: the client's own, kept as they are (guide, Optional Attributes)."""

from __future__ import annotations

import json
from collections import Counter
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import strategies as st

from order_conformance.core.kinds import Kind
from order_conformance.core.outcomes import Inapplicable
from order_conformance.core.statuses import CONFLICT, SUCCESS
from order_conformance.core.text import short
from order_conformance.http.exchange import Exchange
from order_conformance.judging.assertions import (
    assert_accepted,
    assert_kept,
    assert_no_server_error,
    assert_refused,
    fail,
)
from order_conformance.orders.factory import FEW_LINES, LEAVE_OUT, item_line, kit_line
from order_conformance.orders.fields import external_ids
from strategies.broken import with_malformed_external_ids
from strategies.texts import NEARLY_ALIKE, ODD_TEXTS, texts
from strategies.values import MALFORMED_EXTERNAL_IDS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from order_conformance.judging.property_testing import PropertyTester
    from order_conformance.orders.creates import Api
    from order_conformance.orders.factory import Account
    from order_conformance.orders.placed import Orders, PlacedOrder
    from order_conformance.requirements.profiles import Profile
    from strategies.ids import Ids
    from tests.conftest import AllRefused

requirement = pytest.mark.requirement

Sent = tuple[dict[str, Any], Exchange]

TOGETHER = 8
ATTEMPTS = 3
NUMBERS = (2, 25, 1, 4, 10, 11)
ESCAPED = ("emoji", "precomposed letters")
FEW = 4  # as many as the guide's sample sends


def as_a_bag(order: dict[str, Any]) -> Counter[str]:
    """Return the external ids, as JSON, without their sequence."""
    return Counter(json.dumps(each, ensure_ascii=False) for each in external_ids(order))


@requirement("EXT-01")
def test_an_order_without_external_ids_is_accepted_and_shows_none(
    api: Api, account: Account, orders: Orders
) -> None:
    """External ids are optional; an order created without any shows none."""
    for number in range(len(account.patient_and_site_orders())):
        # Without a marker the order may equal one of an earlier run, and be refused for that.
        for attempt in range(ATTEMPTS):
            content = content_of_this_run(account, attempt)
            order = account.patient_and_site_orders(externalOrderIds=LEAVE_OUT, **content)[number]
            exchange = api.create(order)
            if exchange.status != CONFLICT:
                break
        assert_accepted(
            exchange,
            because="external ids are optional",
            control=partial(api.create, account.again(order)),
        )
        placed = orders.add(order, exchange)
        assert_kept(orders.views([placed]), "the absence of external ids", external_ids)


def content_of_this_run(account: Account, attempt: int) -> dict[str, Any]:
    """Return a few lines with counts that another run is unlikely to send."""
    counts = [1 + int(digit, 16) % 10 for digit in account.run_id[attempt:]]
    if account.knows(Kind.ITEM):
        lines = zip(account.items[:FEW_LINES], counts, strict=False)
        return {"orderItems": [item_line(item, count) for item, count in lines]}
    lines = zip(account.kits[:FEW_LINES], counts, strict=False)
    return {"orderKits": [kit_line(kit, count) for kit, count in lines]}


@requirement("EXT-01")
@pytest.mark.deep
def test_an_empty_list_of_external_ids_is_refused_or_shown_empty(
    api: Api, account: Account, orders: Orders
) -> None:
    """An empty list of external ids is refused, or the order shows none."""
    order = account.plain_order(externalOrderIds=[])
    exchange = api.create(order)
    assert_no_server_error(exchange, whatever="an empty list of external ids")
    if exchange.status in SUCCESS:
        placed = orders.add(order, exchange)
        views = [(placed, orders.read_back(placed))]
        assert_kept(views, "the absence of external ids", external_ids)


@requirement("EXT-02")
def test_listed_numbers_of_external_ids_are_kept(
    api: Api, account: Account, orders: Orders, profile: Profile
) -> None:
    """An accepted order keeps every external id that was given, and no other."""
    placed = []
    for number in profile.some(NUMBERS):
        order = account.plain_order(externalOrderIds=[account.marker() for _ in range(number)])
        exchange = api.create(order)
        assert_no_server_error(exchange, whatever=f"{number} external ids")
        if number <= FEW:
            assert_accepted(
                exchange,
                because="one or more external ids may be given",
                control=partial(api.create, account.again(order)),
            )
        if exchange.status in SUCCESS:
            placed.append(orders.add(order, exchange))
    assert_kept(orders.views(placed), "the external ids", as_a_bag)


@requirement("EXT-02")
@pytest.mark.deep
def test_the_external_ids_of_a_site_order_are_kept(account: Account, orders: Orders) -> None:
    """An order for a site keeps its external ids as one for a patient does."""
    if not account.knows(Kind.SITE):
        raise Inapplicable("no site is known")
    order = account.site_order(externalOrderIds=[account.marker(), account.marker()])
    placed = orders.place(order, blocked_by="ASSOC-02")
    assert_kept(orders.views([placed]), "the external ids", as_a_bag)


@requirement("EXT-03")
def test_sequence_and_repetitions_of_external_ids_are_kept(
    api: Api, account: Account, orders: Orders
) -> None:
    """External ids stay in the sequence given, repeated ones too."""
    for places in ([2, 0, 1], [0, 1, 0]):
        some = [account.marker() for _ in range(3)]
        sequence = [some[place] for place in places]
        order = account.plain_order(externalOrderIds=sequence)
        exchange = api.create(order)
        if exchange.status in SUCCESS:
            placed = orders.add(order, exchange)
            assert_kept(orders.views([placed]), "the sequence of the external ids", external_ids)


@pytest.fixture(scope="module")
def odd_orders(api: Api, account: Account, profile: Profile) -> dict[str, Sent]:
    """For each odd text, an order that was sent with it.

    Several texts are sent in one order; if it is refused, each of them is sent alone, because the
    server may refuse one text, but not the others with it.
    """
    sent: dict[str, Sent] = {}
    names = profile.some(list(ODD_TEXTS))
    for group in (names[start : start + TOGETHER] for start in range(0, len(names), TOGETHER)):
        together = send_texts(api, account, group)
        if together[1].status in SUCCESS:
            sent |= dict.fromkeys(group, together)
        else:
            sent |= {name: send_texts(api, account, [name]) for name in group}
    return sent


def send_texts(api: Api, account: Account, names: Sequence[str]) -> Sent:
    """Create an order with a marker and the odd texts of these names."""
    texts = [ODD_TEXTS[name] for name in names]
    order = next_kind_of_order(account, len(api.creates))(
        externalOrderIds=[account.marker(), *texts]
    )
    return order, api.create(order)


def next_kind_of_order(account: Account, number: int) -> Callable[..., dict[str, Any]]:
    """Return the method that makes orders for a patient or a site, in turn."""
    return account.site_order if number % 2 and account.knows(Kind.SITE) else account.plain_order


@requirement("EXT-04")
@pytest.mark.parametrize("text", ODD_TEXTS)
def test_listed_odd_texts_are_kept_or_refused(
    odd_orders: dict[str, Sent], orders: Orders, text: str
) -> None:
    """Each listed odd text is kept character by character, or refused."""
    order, exchange = odd_orders[text]
    assert_no_server_error(exchange, whatever=f"an external id with {text}")
    if exchange.status in SUCCESS:
        placed = orders.add(order, exchange)
        for view in orders.views_of(placed):
            if ODD_TEXTS[text] not in external_ids(view.order):
                raise fail(
                    f"the {view.name} does not keep an external id with {text}",
                    exchange,
                    view.exchange,
                    expected=f"{short(ODD_TEXTS[text])}, character by character, or a refusal",
                    notice=f"it shows {short(external_ids(view.order))}",
                )


@requirement("EXT-04")
@pytest.mark.deep
def test_nearly_equal_external_ids_are_kept_apart(
    api: Api, account: Account, orders: Orders
) -> None:
    """Ids that differ only in case, an accent or a space are each kept, or refused."""
    pairs = list(NEARLY_ALIKE.values())
    for some in (pairs[::2], pairs[1::2]):
        if not are_kept_if_accepted(api, account, orders, some):
            for pair in some:
                are_kept_if_accepted(api, account, orders, [pair])


def are_kept_if_accepted(
    api: Api, account: Account, orders: Orders, pairs: Sequence[tuple[str, str]]
) -> bool:
    """Judge that an order keeps these pairs of external ids; return whether it is accepted."""
    marker = account.marker()
    ends = [marker + end for end in chain.from_iterable(pairs)]
    order = account.plain_order(externalOrderIds=[marker, *ends])
    placed = place_if_accepted(api, orders, order)
    if placed is None:
        return False
    assert_kept([(placed, orders.read_back(placed))], "the external ids", as_a_bag)
    return True


@requirement("EXT-04")
@pytest.mark.deep
def test_escaped_texts_are_kept_or_refused(api: Api, account: Account, orders: Orders) -> None:
    """A letter that is sent as a JSON escape is kept as that letter, or refused."""
    marker = account.marker()
    some = [marker, *(f"{marker} {ODD_TEXTS[name]}" for name in ESCAPED)]
    order = account.plain_order(externalOrderIds=some)
    exchange = api.create_raw(json.dumps(order).encode("ascii"), markers=some)
    assert_no_server_error(exchange, whatever="external ids with escaped letters")
    if exchange.status in SUCCESS:
        placed = orders.add(order, exchange)
        assert_kept([(placed, orders.read_back(placed))], "the external ids", as_a_bag)


@pytest.mark.generates
@requirement("EXT-02")
def test_generated_numbers_of_external_ids_are_kept(
    api: Api, account: Account, orders: Orders, explore: PropertyTester
) -> None:
    """An accepted order keeps every external id, however many there are."""

    def judge(drawn: tuple[int, bool]) -> None:
        number, for_site = drawn
        some = [account.marker() for _ in range(number)]
        make = account.site_order if for_site else account.plain_order
        placed = place_if_accepted(api, orders, make(externalOrderIds=some))
        if placed is not None:
            assert_kept([(placed, orders.read_back(placed))], "the external ids", as_a_bag)

    whom = [False, True] if account.knows(Kind.SITE) else [False]
    explore(st.tuples(st.integers(1, 40), st.sampled_from(whom)), judge)


@pytest.mark.generates
@requirement("EXT-04")
def test_generated_texts_are_kept_or_refused(
    api: Api, account: Account, orders: Orders, explore: PropertyTester
) -> None:
    """Any text is kept character by character, or refused."""

    def judge(text: str) -> None:
        # For an id that was used before, the server may return the order that has it.
        if any(text in external_ids(placed.sent) for placed in orders.placed):
            return
        make = next_kind_of_order(account, len(api.creates))
        order = make(externalOrderIds=[account.marker(), text])
        placed = place_if_accepted(api, orders, order)
        for view in orders.read_back(placed) if placed is not None else ():
            if text not in external_ids(view.order):
                raise fail(
                    f"the {view.name} does not keep an external id",
                    placed.exchange if placed else view.exchange,
                    view.exchange,
                    expected=f"{short(text)}, character by character, or a refusal",
                    notice=f"it shows {short(external_ids(view.order))}",
                )

    explore(texts(), judge)


def place_if_accepted(api: Api, orders: Orders, order: dict[str, Any]) -> PlacedOrder | None:
    """Create an order; return it if it is accepted. The server may refuse it, but not fail."""
    exchange = api.create(order)
    assert_no_server_error(exchange, whatever="the external ids of an order")
    return orders.add(order, exchange) if exchange.status in SUCCESS else None


@requirement("EXT-05")
@pytest.mark.parametrize("kind", MALFORMED_EXTERNAL_IDS)
def test_listed_malformed_external_ids_are_refused(api: Api, account: Account, kind: str) -> None:
    """External ids are a list of strings; each listed other value is refused."""
    order = account.plain_order(externalOrderIds=MALFORMED_EXTERNAL_IDS[kind])
    assert_refused(api.create(order), because=f"`externalOrderIds` is {kind}")


@pytest.mark.generates
@requirement("EXT-05")
def test_generated_malformed_external_ids_are_refused(
    ids: Ids, assert_all_refused: AllRefused
) -> None:
    """External ids are a list of strings; any other value is refused."""
    assert_all_refused(
        with_malformed_external_ids(ids), because="its external ids are not a list of strings"
    )
