"""Authentication: without the right key nothing is shown or stored (vendor reference)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from order_conformance.core.json_values import NotJson, write_json
from order_conformance.core.outcomes import Inapplicable
from order_conformance.core.statuses import REFUSAL, SUCCESS
from order_conformance.http.client import NoResponse
from order_conformance.http.exchange import Request
from order_conformance.judging.assertions import assert_status, fail
from order_conformance.orders.client import ACCEPT, JSON_BODY
from order_conformance.orders.markers import markers_of, sent_markers
from tests.checks.list_growth import assert_list_does_not_grow

if TYPE_CHECKING:
    from order_conformance.http.exchange import Exchange
    from order_conformance.orders.creates import Api
    from order_conformance.orders.factory import Account
    from order_conformance.orders.order_list import OrderList
    from order_conformance.orders.placed import PlacedOrder
    from order_conformance.session.run import Run

requirement = pytest.mark.requirement

ANYTHING = ("Accept", "*/*")
"""Sent to a path that may not exist: a page for people is a lawful response there."""

NOBODY = [401, 403]
SHORTEST_TELLING_KEY = 8
WITH_CHARSET = ("Content-Type", "application/json; charset=utf-8")
WRONG_KEYS = (
    *("random", "empty", "all but the last letter", "one letter more", "in other case"),
    *("another last letter", "a wild card", "a condition"),
)


def create_without_key(
    api: Api, account: Account, *headers: tuple[str, str], media_type: tuple[str, str] = JSON_BODY
) -> Exchange:
    """Send a lawful order without the key, with these headers added."""
    order = account.plain_order()
    return api.create_raw(
        write_json(order),
        headers=(ACCEPT, media_type, *headers),
        with_key=False,
        markers=order["externalOrderIds"],
    )


def read_with(api: Api, key: str, below: str = "") -> Exchange:
    """Read a path below the order path with another key."""
    headers = (ACCEPT, (api.target.key_header, key))
    return api.client.send(Request("GET", api.target.order_path + below, headers, with_key=False))


@pytest.fixture(scope="module")
def keyless_creates() -> list[Exchange]:
    """Every create so far that was sent without a key."""
    return []


@pytest.fixture(scope="module")
def keyless_create(api: Api, account: Account, keyless_creates: list[Exchange]) -> Exchange:
    """A lawful create without a key."""
    exchange = create_without_key(api, account)
    keyless_creates.append(exchange)
    return exchange


@pytest.fixture(scope="module")
def wrong_keys(run: Run, api: Api) -> dict[str, str]:
    """Wrong keys, most of them close to the right one; those are masked like it."""
    key = api.target.api_key or ""
    keys = {
        "random": hashlib.sha256(run.run_id.encode()).hexdigest(),
        "empty": "",
        "all but the last letter": key[:-1],
        "one letter more": key + "x",
        "in other case": key.swapcase(),
        "another last letter": key[:-1] + ("x" if key[-1:] != "x" else "y"),
        "a wild card": "%",
        "a condition": "' OR '1'='1",
    }
    for name in ("all but the last letter", "in other case", "another last letter"):
        if len(key) >= SHORTEST_TELLING_KEY:
            run.redactor.add(keys[name])
    return keys


@pytest.fixture(scope="module")
def other_refusals() -> list[Exchange]:
    """Every other exchange so far without the right key."""
    return []


@requirement("AUTH-01")
def test_a_create_without_a_key_is_refused(keyless_create: Exchange) -> None:
    """A create without a key is answered 401 or 403."""
    assert_status(keyless_create, NOBODY, because="it was sent without a key")


@requirement("AUTH-01")
@pytest.mark.deep
def test_a_create_with_a_charset_and_without_a_key_is_refused(
    api: Api, account: Account, keyless_creates: list[Exchange]
) -> None:
    """A create without a key is refused, also if its media type has a charset."""
    exchange = create_without_key(api, account, media_type=WITH_CHARSET)
    keyless_creates.append(exchange)
    assert_status(exchange, REFUSAL, because="it was sent without a key")


@requirement("AUTH-02")
def test_a_list_without_a_key_is_refused(api: Api, other_refusals: list[Exchange]) -> None:
    """A list without a key is answered 401 or 403."""
    sized = f"{api.target.page_parameter}=1&{api.target.size_parameter}=1"
    for query in ("", sized):
        exchange = api.get("", query, with_key=False)
        other_refusals.append(exchange)
        assert_status(exchange, NOBODY, because="it was sent without a key")


@requirement("AUTH-02")
@pytest.mark.deep
def test_a_list_without_a_key_is_not_shown_with_a_trailing_slash(api: Api) -> None:
    """The list is not shown without a key if its path ends in a slash."""
    assert_does_not_show(api.get("/", headers=(ANYTHING,), with_key=False), "content")


@requirement("AUTH-03")
def test_a_fetch_without_a_key_is_refused(
    api: Api, known_order_id: int, other_refusals: list[Exchange]
) -> None:
    """A fetch without a key is answered 401 or 403."""
    exchange = api.get(f"/{known_order_id}", with_key=False)
    other_refusals.append(exchange)
    assert_status(exchange, NOBODY, because="it was sent without a key")


@requirement("AUTH-03")
@pytest.mark.deep
def test_an_order_without_a_key_is_not_shown_with_a_trailing_slash(
    api: Api, known_order_id: int
) -> None:
    """An order is not shown without a key if its path ends in a slash."""
    exchange = api.get(f"/{known_order_id}/", headers=(ANYTHING,), with_key=False)
    assert_does_not_show(exchange, "id")


def assert_does_not_show(exchange: Exchange, name: str) -> None:
    """Judge that a response shows no data; anything else is the server's freedom."""
    if exchange.status in SUCCESS and isinstance(exchange.json, dict) and name in exchange.json:
        raise fail(
            "the server shows data without a key where the path ends in a slash",
            exchange,
            expected="401 or 403, or the response to an unknown path",
        )


@requirement("AUTH-04")
@pytest.mark.parametrize("which", WRONG_KEYS)
def test_listed_wrong_keys_are_refused(  # noqa: PLR0913 - what is asked for, and by whom
    api: Api,
    account: Account,
    wrong_keys: dict[str, str],
    known_order_id: int,
    *,
    other_refusals: list[Exchange],
    which: str,
) -> None:
    """A wrong key is refused on every operation, however close to the right one it is."""
    key = wrong_keys[which]
    if key == api.target.api_key:
        raise Inapplicable("the key has no letters, so it cannot be sent in another case")
    exchanges = [read_with(api, key)]
    if which == "random":
        exchanges.append(read_with(api, key, f"/{known_order_id}"))
    if not api.target.read_only and which in {"random", "one letter more"}:
        exchanges.append(create_without_key(api, account, (api.target.key_header, key)))
    other_refusals += exchanges
    for exchange in exchanges:
        assert_status(exchange, REFUSAL, because=f"the key is wrong ({which})")


@requirement("AUTH-04")
@pytest.mark.deep
@pytest.mark.parametrize("which", ["empty", "all but the last letter"])
def test_a_fetch_with_a_nearly_right_key_is_refused(
    api: Api,
    wrong_keys: dict[str, str],
    known_order_id: int,
    other_refusals: list[Exchange],
    which: str,
) -> None:
    """A fetch with a key that is nearly right is refused."""
    exchange = read_with(api, wrong_keys[which], f"/{known_order_id}")
    other_refusals.append(exchange)
    assert_status(exchange, REFUSAL, because=f"the key is wrong ({which})")


@requirement("AUTH-04")
@pytest.mark.deep
def test_a_create_with_an_empty_key_is_refused(
    api: Api, account: Account, other_refusals: list[Exchange]
) -> None:
    """A create with an empty key is refused."""
    exchange = create_without_key(api, account, (api.target.key_header, ""))
    other_refusals.append(exchange)
    assert_status(exchange, REFUSAL, because="the key is empty")


@requirement("AUTH-04")
@pytest.mark.deep
def test_a_key_with_a_non_ascii_letter_is_refused(api: Api, other_refusals: list[Exchange]) -> None:
    """The right key with another letter appended is refused, also if that is not ASCII."""
    try:
        exchange = read_with(api, f"{api.target.api_key}é")
    except NoResponse as lost:
        if not lost.may_have_acted:
            raise
        raise Inapplicable("the target closes the connection on a non-ASCII header") from None
    other_refusals.append(exchange)
    assert_status(exchange, REFUSAL, because="the key is wrong (one letter more, not ASCII)")


@requirement("AUTH-06")
def test_the_refusal_of_a_missing_or_wrong_key_is_json(
    keyless_create: Exchange, keyless_creates: list[Exchange], other_refusals: list[Exchange]
) -> None:
    """The refusal of a missing or wrong key is JSON."""
    assert_status(keyless_create, NOBODY, because="it was sent without a key")
    for exchange in [*keyless_creates, *other_refusals]:
        if exchange.status not in NOBODY:
            continue
        try:
            _ = exchange.response.json
        except NotJson as problem:
            raise fail(
                "the refusal of a missing or wrong key is not JSON",
                exchange,
                expected="JSON, like every other response",
                notice=str(problem),
            ) from None


@requirement("AUTH-07")
@pytest.mark.usefixtures("keyless_create")
def test_a_create_without_the_right_key_stores_nothing(
    keyless_creates: list[Exchange], other_refusals: list[Exchange], listing: OrderList
) -> None:
    """A create without a key, or with a wrong one, stores no order."""
    creates = [each for each in other_refusals if each.request.method == "POST"]
    pages = listing.both_ends()
    for exchange in [*keyless_creates, *(each for each in creates if each.status in REFUSAL)]:
        [marker] = sent_markers(exchange)
        for page in pages:
            if any(marker in markers_of(entry) for entry in page.content):
                raise fail(
                    "the server stored an order that was sent without the right key",
                    exchange,
                    page.exchange,
                    expected="nothing stored",
                    notice=f"an order with the external id {marker} is in the list",
                )


@requirement("AUTH-07")
@pytest.mark.deep
def test_a_create_without_the_right_key_does_not_raise_the_total(
    api: Api, account: Account, listing: OrderList, wrong_keys: dict[str, str]
) -> None:
    """Creates without the right key do not raise the total of the list."""

    def create_with_no_key_and_a_wrong_one() -> Exchange:
        create_without_key(api, account)
        return create_without_key(api, account, (api.target.key_header, wrong_keys["random"]))

    assert_list_does_not_grow(
        api,
        listing,
        create_with_no_key_and_a_wrong_one,
        did="the list grew by orders that were sent without the right key",
    )


@pytest.fixture(scope="module")
def known_order_id(api: Api, request: pytest.FixtureRequest, listing: OrderList) -> int:
    """The id of an order that exists."""
    if not api.target.read_only:
        placed: PlacedOrder = request.getfixturevalue("plain_orders")[0]
        return placed.id
    ids = [order_id for order_id in listing.page(0).ids if isinstance(order_id, int)]
    if not ids:
        raise Inapplicable("the run is read-only, and the list shows no order")
    return ids[0]
