"""External order ids: the client's own, kept as they are (guide, Optional Attributes)."""

from __future__ import annotations

import json
from collections import Counter
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import strategies as st

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
from strategies.broken import with_external_ids_that_are_no_texts
from strategies.texts import NEARLY_ALIKE, ODD_TEXTS, texts
from strategies.values import NO_EXTERNAL_IDS

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
    for number in range(len(account.both_orders())):
        # What equals the order of an earlier run may be refused, and no marker tells them apart.
        for attempt in range(ATTEMPTS):
            content = content_of_this_run(account, attempt)
            order = account.both_orders(externalOrderIds=LEAVE_OUT, **content)[number]
            exchange = api.create(order)
            if exchange.status != CONFLICT:
                break
        assert_accepted(
            exchange,
            because="external ids are optional",
            control=partial(api.create, account.again(order)),
        )
        placed = orders.from_exchange(order, exchange, blocked_by="EXT-01")
        assert_kept(orders.views([placed]), "that it has no external ids", external_ids)


def content_of_this_run(account: Account, attempt: int) -> dict[str, Any]:
    """Return a few lines with counts that another run is unlikely to send."""
    counts = [1 + int(digit, 16) % 10 for digit in account.run_id[attempt:]]
    if account.knows("items"):
        lines = zip(account.items[:FEW_LINES], counts, strict=False)
        return {"orderItems": [item_line(item, count) for item, count in lines]}
    lines = zip(account.kits[:FEW_LINES], counts, strict=False)
    return {"orderKits": [kit_line(kit, count) for kit, count in lines]}


@requirement("EXT-01")
@pytest.mark.deep
def test_an_empty_list_of_external_ids_is_refused_or_shown_as_none(
    api: Api, account: Account, orders: Orders
) -> None:
    """An order created with an empty list of external ids shows none."""
    order = account.plain_order(externalOrderIds=[])
    exchange = api.create(order)
    assert_no_server_error(exchange, whatever="an empty list of external ids")
    if exchange.status in SUCCESS:
        placed = orders.from_exchange(order, exchange, blocked_by="EXT-01")
        views = [(placed, orders.read_back(placed))]
        assert_kept(views, "that it has no external ids", external_ids)


@requirement("EXT-02")
def test_every_external_id_is_kept(
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
            placed.append(orders.from_exchange(order, exchange, blocked_by="EXT-02"))
    assert_kept(orders.views(placed), "the external ids", as_a_bag)


@requirement("EXT-02")
@pytest.mark.deep
def test_the_external_ids_of_a_site_order_are_kept(account: Account, orders: Orders) -> None:
    """An order for a site keeps its external ids as one for a patient does."""
    if not account.knows("sites"):
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
            placed = orders.from_exchange(order, exchange, blocked_by="EXT-02")
            assert_kept(orders.views([placed]), "the sequence of the external ids", external_ids)


@pytest.fixture(scope="module")
def odd_orders(api: Api, account: Account, profile: Profile) -> dict[str, Sent]:
    """For each odd text an order that was sent with it.

    Texts go several to an order; those of an order that was not accepted go one by one,
    as a server may refuse a text, but not its neighbours.
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
    order = unlike_orders(account, len(api.creates))(externalOrderIds=[account.marker(), *texts])
    return order, api.create(order)


def unlike_orders(account: Account, number: int) -> Callable[..., dict[str, Any]]:
    """Return, in turn, what makes orders for a patient and for a site."""
    return account.site_order if number % 2 and account.knows("sites") else account.plain_order


@requirement("EXT-04")
@pytest.mark.parametrize("text", ODD_TEXTS)
def test_listed_odd_texts_are_kept_or_refused(
    odd_orders: dict[str, Sent], orders: Orders, text: str
) -> None:
    """Whatever text an external id holds: accepted means kept, character by character."""
    order, exchange = odd_orders[text]
    assert_no_server_error(exchange, whatever=f"an external id with {text}")
    if exchange.status in SUCCESS:
        placed = orders.from_exchange(order, exchange, blocked_by="EXT-02")
        for view in orders.views([placed])[0][1]:
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
def test_external_ids_that_are_nearly_alike_stay_apart(
    api: Api, account: Account, orders: Orders
) -> None:
    """Ids that differ in case, an accent or a space alone are refused, or each is kept."""
    pairs = list(NEARLY_ALIKE.values())
    for some in (pairs[::2], pairs[1::2]):
        # Together they are few enough for a server that keeps ten; where not, each pair alone.
        for group in (some, *([pair] for pair in some)):
            marker = account.marker()
            ends = [marker + end for end in chain.from_iterable(group)]
            order = account.plain_order(externalOrderIds=[marker, *ends])
            placed = place_if_accepted(api, orders, order)
            if placed is not None:
                assert_kept([(placed, orders.read_back(placed))], "the external ids", as_a_bag)
                if group is some:
                    break


@requirement("EXT-04")
@pytest.mark.deep
def test_texts_written_in_ascii_alone_are_kept_or_refused(
    api: Api, account: Account, orders: Orders
) -> None:
    """A letter that JSON writes as an escape is the same letter: accepted means kept."""
    marker = account.marker()
    some = [marker, *(f"{marker} {ODD_TEXTS[name]}" for name in ESCAPED)]
    order = account.plain_order(externalOrderIds=some)
    exchange = api.create_raw(json.dumps(order).encode("ascii"), markers=some)
    assert_no_server_error(exchange, whatever="external ids with escaped letters")
    if exchange.status in SUCCESS:
        placed = orders.from_exchange(order, exchange, blocked_by="EXT-02")
        assert_kept([(placed, orders.read_back(placed))], "the external ids", as_a_bag)


@pytest.mark.generates
@requirement("EXT-02")
def test_however_many_external_ids_are_kept(
    api: Api, account: Account, orders: Orders, explore: PropertyTester
) -> None:
    """An accepted order keeps every external id, however many there are and for whom it is."""

    def judge(drawn: tuple[int, bool]) -> None:
        number, for_site = drawn
        some = [account.marker() for _ in range(number)]
        make = account.site_order if for_site else account.plain_order
        placed = place_if_accepted(api, orders, make(externalOrderIds=some))
        if placed is not None:
            assert_kept([(placed, orders.read_back(placed))], "the external ids", as_a_bag)

    whom = [False, True] if account.knows("sites") else [False]
    explore(st.tuples(st.integers(1, 40), st.sampled_from(whom)), judge)


@pytest.mark.generates
@requirement("EXT-04")
def test_generated_texts_are_kept_or_refused(
    api: Api, account: Account, orders: Orders, explore: PropertyTester
) -> None:
    """Any text may be refused, but what is accepted is kept character by character."""

    def judge(text: str) -> None:
        # An id that was used before may make the server answer with the order that has it.
        if any(text in external_ids(placed.sent) for placed in orders.placed):
            return
        make = unlike_orders(account, len(api.creates))
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
    """Create an order that may be refused, but on which the server may not fail."""
    exchange = api.create(order)
    assert_no_server_error(exchange, whatever="the external ids of an order")
    return (
        orders.from_exchange(order, exchange, blocked_by="EXT-02")
        if exchange.status in SUCCESS
        else None
    )


@requirement("EXT-05")
@pytest.mark.parametrize("kind", NO_EXTERNAL_IDS)
def test_external_ids_that_are_no_list_of_texts_are_rejected(
    api: Api, account: Account, kind: str
) -> None:
    """External ids are a list of texts; anything else is refused."""
    order = account.plain_order(externalOrderIds=NO_EXTERNAL_IDS[kind])
    assert_refused(api.create(order), because=f"`externalOrderIds` is {kind}")


@pytest.mark.generates
@requirement("EXT-05")
def test_generated_malformed_external_ids_are_refused(
    ids: Ids, assert_all_refused: AllRefused
) -> None:
    """External ids are a list of texts; whatever else stands there is refused."""
    assert_all_refused(
        with_external_ids_that_are_no_texts(ids), because="its external ids are no list of texts"
    )
