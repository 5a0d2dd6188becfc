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
"""Asked of a path that nobody serves: a page for any path may answer, and is no failure."""

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
    """Send a lawful order without the key, with these headers instead."""
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
    """Every create so far that came without any key."""
    return []


@pytest.fixture(scope="module")
def keyless_create(api: Api, account: Account, keyless_creates: list[Exchange]) -> Exchange:
    """A lawful create without a key."""
    exchange = create_without_key(api, account)
    keyless_creates.append(exchange)
    return exchange


@pytest.fixture(scope="module")
def wrong_keys(run: Run, api: Api) -> dict[str, str]:
    """Keys that are wrong, most of them only just; each is masked like the right one."""
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
def not_let_in() -> list[Exchange]:
    """Every answer so far to a request without the right key, beside ``keyless_creates``."""
    return []


@requirement("AUTH-01")
def test_a_create_without_a_key_is_refused(keyless_create: Exchange) -> None:
    """A create without a key is answered 401 or 403."""
    assert_status(keyless_create, NOBODY, because="it came without a key")


@requirement("AUTH-01")
@pytest.mark.deep
def test_a_create_with_a_charset_and_without_a_key_is_refused(
    api: Api, account: Account, keyless_creates: list[Exchange]
) -> None:
    """A create without a key is refused however its JSON is labelled, be it for the label."""
    exchange = create_without_key(api, account, media_type=WITH_CHARSET)
    keyless_creates.append(exchange)
    assert_status(exchange, REFUSAL, because="it came without a key")


@requirement("AUTH-02")
def test_a_list_without_a_key_is_refused(api: Api, not_let_in: list[Exchange]) -> None:
    """The list is not shown without a key: 401 or 403."""
    sized = f"{api.target.page_parameter}=1&{api.target.size_parameter}=1"
    for query in ("", sized):
        exchange = api.get("", query, with_key=False)
        not_let_in.append(exchange)
        assert_status(exchange, NOBODY, because="it came without a key")


@requirement("AUTH-02")
@pytest.mark.deep
def test_a_list_without_a_key_is_not_shown_with_a_trailing_slash(api: Api) -> None:
    """The list is not shown without a key under another spelling of its path either."""
    assert_does_not_show(api.get("/", headers=(ANYTHING,), with_key=False), "content")


@requirement("AUTH-03")
def test_a_fetch_without_a_key_is_refused(
    api: Api, known_order_id: int, not_let_in: list[Exchange]
) -> None:
    """An order is not shown without a key: 401 or 403."""
    exchange = api.get(f"/{known_order_id}", with_key=False)
    not_let_in.append(exchange)
    assert_status(exchange, NOBODY, because="it came without a key")


@requirement("AUTH-03")
@pytest.mark.deep
def test_an_order_without_a_key_is_not_shown_with_a_trailing_slash(
    api: Api, known_order_id: int
) -> None:
    """An order is not shown without a key under another spelling of its path either."""
    exchange = api.get(f"/{known_order_id}/", headers=(ANYTHING,), with_key=False)
    assert_does_not_show(exchange, "id")


def assert_does_not_show(exchange: Exchange, name: str) -> None:
    """Judge that an answer shows no data; what else it says is the server's freedom."""
    if exchange.status in SUCCESS and isinstance(exchange.json, dict) and name in exchange.json:
        raise fail(
            "the server shows data without a key where the path ends in a slash",
            exchange,
            expected="401 or 403, or whatever an unknown path is answered",
        )


@requirement("AUTH-04")
@pytest.mark.parametrize("which", WRONG_KEYS)
def test_listed_wrong_keys_are_refused(  # noqa: PLR0913 - what is asked for, and by whom
    api: Api,
    account: Account,
    wrong_keys: dict[str, str],
    known_order_id: int,
    *,
    not_let_in: list[Exchange],
    which: str,
) -> None:
    """A wrong key opens no operation, however close to the right one it is."""
    key = wrong_keys[which]
    if key == api.target.api_key:
        raise Inapplicable("the key has no letter, so it has no other case")
    exchanges = [read_with(api, key)]
    if which == "random":
        exchanges.append(read_with(api, key, f"/{known_order_id}"))
    if not api.target.read_only and which in {"random", "one letter more"}:
        exchanges.append(create_without_key(api, account, (api.target.key_header, key)))
    not_let_in += exchanges
    for exchange in exchanges:
        assert_status(exchange, REFUSAL, because=f"the key is wrong ({which})")


@requirement("AUTH-04")
@pytest.mark.deep
@pytest.mark.parametrize("which", ["empty", "all but the last letter"])
def test_a_fetch_with_a_nearly_right_key_is_refused(
    api: Api,
    wrong_keys: dict[str, str],
    known_order_id: int,
    not_let_in: list[Exchange],
    which: str,
) -> None:
    """What opens no list opens no order either."""
    exchange = read_with(api, wrong_keys[which], f"/{known_order_id}")
    not_let_in.append(exchange)
    assert_status(exchange, REFUSAL, because=f"the key is wrong ({which})")


@requirement("AUTH-04")
@pytest.mark.deep
def test_a_create_with_an_empty_key_is_refused(
    api: Api, account: Account, not_let_in: list[Exchange]
) -> None:
    """A key that is there, but empty, lets no create in."""
    exchange = create_without_key(api, account, (api.target.key_header, ""))
    not_let_in.append(exchange)
    assert_status(exchange, REFUSAL, because="the key is empty")


@requirement("AUTH-04")
@pytest.mark.deep
def test_a_key_with_a_non_ascii_letter_is_refused(api: Api, not_let_in: list[Exchange]) -> None:
    """The right key with a letter more is refused, also where no key has such a letter."""
    try:
        exchange = read_with(api, f"{api.target.api_key}é")
    except NoResponse as lost:
        if not lost.may_have_acted:
            raise
        raise Inapplicable("the target hangs up on a header beyond ASCII, as it may") from None
    not_let_in.append(exchange)
    assert_status(exchange, REFUSAL, because="the key is wrong (one letter more, beyond ASCII)")


@requirement("AUTH-06")
def test_the_refusal_of_a_missing_or_wrong_key_is_json(
    keyless_create: Exchange, keyless_creates: list[Exchange], not_let_in: list[Exchange]
) -> None:
    """Who is not let in learns so in JSON."""
    assert_status(keyless_create, NOBODY, because="it came without a key")
    for exchange in [*keyless_creates, *not_let_in]:
        if exchange.status not in NOBODY:
            continue
        try:
            _ = exchange.response.json
        except NotJson as problem:
            raise fail(
                "the refusal of a missing or wrong key is no JSON",
                exchange,
                expected="JSON, as every other answer",
                notice=str(problem),
            ) from None


@requirement("AUTH-07")
@pytest.mark.usefixtures("keyless_create")
def test_a_create_without_the_right_key_stores_nothing(
    keyless_creates: list[Exchange], not_let_in: list[Exchange], listing: OrderList
) -> None:
    """No order is stored for a create without a key, nor for one whose wrong key was refused."""
    creates = [each for each in not_let_in if each.request.method == "POST"]
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
    """The total of a quiet list does not grow by creates that came without the right key."""

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
