"""Protocol: media types, bodies and headers (RFC 8259, RFC 9110)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from order_conformance.core.json_values import NotJson, write_json
from order_conformance.core.statuses import REFUSAL, SUCCESS
from order_conformance.judging.assertions import (
    assert_accepted,
    assert_no_server_error,
    assert_refused,
    assert_status,
    fail,
)
from order_conformance.orders.factory import item_line
from strategies.bodies import NOT_JSON, WRAPPED, no_orders

if TYPE_CHECKING:
    from order_conformance.http.exchange import Exchange
    from order_conformance.judging.property_testing import PropertyTester
    from order_conformance.orders.creates import Api
    from order_conformance.orders.factory import Account
    from order_conformance.orders.placed import Orders, PlacedOrder

requirement = pytest.mark.requirement
without_a_wish = pytest.mark.parametrize("accept", ["*/*", ""], ids=["any", "absent"])

BROKEN_BODIES = {
    "an empty body": b"",
    "half an object": b'{"patient": {"id": 1',
    "a text without quotes": b"order",
    "a comma too many": b'{"patient": {"id": 1},}',
    "a form": b"patient=1234&item=1000",
    "a list": b"[]",
    "a text": b'"order"',
    "a number": b"17",
    "true": b"true",
    "null": b"null",
    "two objects": b"{} {}",
    "invalid UTF-8": b'{"externalOrderIds": ["\xff\xfe"]}',
}

OTHER_MEDIA_TYPES = (
    *("text/plain", "", "application/x-www-form-urlencoded"),
    "multipart/form-data",  # without its boundary
    "json; charset",  # neither a subtype, nor a value of the parameter
)
UNKNOWN = {"unknownProperty": {"a": [1, None]}}
JSON = "application/json"


@pytest.fixture(scope="module")
def successes(api: Api, account: Account) -> list[Exchange]:
    """An answer of success for each operation that can be had."""
    made = [api.list_orders()]
    if not api.target.read_only:
        created = api.create(account.plain_order())
        made.append(created)
        shown = created.json
        if isinstance(shown, dict) and "id" in shown:
            made.append(api.fetch(shown["id"]))
    return [exchange for exchange in made if exchange.status in SUCCESS]


@requirement("PROTO-01")
def test_answers_of_success_are_json(successes: list[Exchange]) -> None:
    """An answer of success has a JSON media type and is exactly one JSON text in UTF-8."""
    for exchange in successes:
        if not exchange.response.says_json:
            raise fail(
                "the server does not call its JSON by its name",
                exchange,
                expected="Content-Type: application/json, or a type that ends in +json",
                notice=f"Content-Type is {exchange.response.header('content-type')!r}",
            )
        try:
            _ = exchange.response.json
        except NotJson as problem:
            raise fail(
                "the server's answer is no JSON",
                exchange,
                expected="exactly one JSON text in UTF-8",
                notice=str(problem),
            ) from None


@requirement("PROTO-02")
def test_a_create_answers_201_or_200(plain_orders: list[PlacedOrder]) -> None:
    """An accepted create is answered 201 or 200."""
    for placed in plain_orders:
        assert_status(placed.exchange, [201, 200], because="the order was created")


@requirement("PROTO-03")
@pytest.mark.parametrize("body", BROKEN_BODIES)
def test_a_body_that_is_no_json_object_is_rejected(api: Api, body: str) -> None:
    """A create whose body is malformed, empty, a list or a scalar is refused."""
    exchange = api.create_raw(BROKEN_BODIES[body])
    assert_refused(exchange, because=f"its body is {body}, not one JSON object")


@pytest.mark.generates
@requirement("PROTO-03")
def test_json_that_is_no_object_is_rejected(api: Api, explore: PropertyTester) -> None:
    """A create whose body is a list or a scalar is refused, whatever it holds."""
    explore(
        no_orders(),
        lambda value: assert_refused(
            api.create_raw(write_json(value)), because="its body is no JSON object"
        ),
    )


@requirement("PROTO-03")
@pytest.mark.parametrize("how", NOT_JSON)
def test_an_order_in_malformed_json_is_rejected(api: Api, account: Account, how: str) -> None:
    """A create whose body is no JSON is refused, however near to a lawful order it comes."""
    order = account.plain_order()
    body = NOT_JSON[how](write_json(order).decode()).encode()
    exchange = api.create_raw(body, markers=order["externalOrderIds"])
    assert_refused(exchange, because=f"its body is a lawful order {how}: no JSON")


@requirement("PROTO-03")
@pytest.mark.deep
@pytest.mark.parametrize("how", WRAPPED)
def test_a_lawful_order_inside_of_no_object_is_rejected(
    api: Api, account: Account, how: str
) -> None:
    """A create whose body is a list or a text is refused, though it holds a lawful order."""
    order = account.plain_order()
    body = write_json(WRAPPED[how](order))
    exchange = api.create_raw(body, markers=order["externalOrderIds"])
    assert_refused(exchange, because=f"its body is an order {how}, not one JSON object")


@requirement("PROTO-04")
@pytest.mark.parametrize("media_type", OTHER_MEDIA_TYPES)
def test_another_media_type_does_not_make_the_server_fail(
    api: Api, account: Account, media_type: str
) -> None:
    """A body of another media type is refused, or read as the JSON that it is."""
    exchange = send_as(api, account, media_type)
    assert_no_server_error(exchange, whatever=f"the media type {media_type or '(none)'}")


@requirement("PROTO-05")
def test_another_media_type_is_rejected(api: Api, account: Account) -> None:
    """A body that says to be something else than JSON is refused, at best with 415."""
    exchange = send_as(api, account, "application/xml")
    assert_status(exchange, REFUSAL, because="its body says that it is no JSON")


@requirement("PROTO-12")
def test_unknown_properties_do_not_make_the_server_fail(api: Api, account: Account) -> None:
    """Properties that the guide does not name are tolerated or refused."""
    for order in (
        account.plain_order(**UNKNOWN),
        account.plain_order(orderItems=[{**item_line(account.item), "unknownProperty": 1}]),
        account.plain_order(id=1, currentStatus="delivered"),
    ):
        assert_no_server_error(api.create(order), whatever="an unknown property")


@requirement("PROTO-12")
@pytest.mark.deep
@pytest.mark.parametrize(("party", "thing"), [("patient", "item"), ("site", "kit")])
def test_unknown_properties_inside_do_not_make_the_server_fail(
    api: Api, account: Account, party: str, thing: str
) -> None:
    """Properties that the guide does not name are tolerated or refused at any depth."""

    def some(kind: str) -> dict[str, Any]:
        known = account.knows(f"{kind}s")
        return {"id": account.existing(kind)[0] if known else account.unknown(kind), **UNKNOWN}

    line = {thing: some(thing), "count": 10, **UNKNOWN}
    order = account.marked({party: some(party), f"order{thing.title()}s": [line]})
    whatever = f"an unknown property in `{party}`, in a line and in its `{thing}`"
    assert_no_server_error(api.create(order), whatever=whatever)


@requirement("PROTO-13")
@pytest.mark.parametrize(
    "media_type", ["application/json; charset=utf-8", "application/json;charset=UTF-8"]
)
def test_json_with_a_charset_is_read_as_json(api: Api, account: Account, media_type: str) -> None:
    """The charset parameter changes nothing: JSON is UTF-8 anyway."""
    exchange = send_as(api, account, media_type)
    plain = partial(send_as, api, account, JSON)
    assert_accepted(exchange, because="JSON with a charset is JSON", control=plain)


@requirement("PROTO-14")
@without_a_wish
def test_without_a_wish_json_is_served(api: Api, accept: str) -> None:
    """A list request that accepts anything, or says nothing, is served JSON."""
    exchange = api.get(headers=fields(accept=accept))
    assert_status(exchange, [200], because="the client accepts anything")
    assert_is_json(exchange)


@requirement("PROTO-14")
@without_a_wish
def test_without_a_wish_an_order_is_shown_in_json(
    api: Api, orders: Orders, plain_orders: list[PlacedOrder], accept: str
) -> None:
    """A fetch that accepts anything, or says nothing, is served JSON."""
    order_id = orders.fetched(plain_orders[0]).order["id"]
    exchange = api.get(f"/{order_id}", headers=fields(accept=accept))
    assert_status(exchange, [200], because="the client accepts anything")
    assert_is_json(exchange)


@requirement("PROTO-14")
@pytest.mark.usefixtures("plain_orders")
@without_a_wish
def test_create_without_accept_returns_json(api: Api, account: Account, accept: str) -> None:
    """A create that accepts anything, or says nothing, is served JSON."""
    exchange = send_as(api, account, JSON, accept=accept)
    if exchange.status in SUCCESS:
        assert_is_json(exchange)
    plain = partial(send_as, api, account, JSON)
    assert_accepted(exchange, because="the client accepts anything", control=plain)


def assert_is_json(exchange: Exchange) -> None:
    """Judge that a client that accepts anything is served JSON."""
    if exchange.json is None:
        raise fail(
            "the server serves something else than JSON to a client that accepts anything",
            exchange,
            expected="JSON, as the API has nothing else",
        )


def send_as(api: Api, account: Account, media_type: str, *, accept: str = JSON) -> Exchange:
    """Send a lawful order under another media type, or with another wish for the answer."""
    order = account.plain_order()
    headers = fields(accept=accept, content_type=media_type)
    markers = order["externalOrderIds"]
    return api.create_raw(write_json(order), headers=headers, markers=markers)


def fields(*, accept: str, content_type: str = "") -> tuple[tuple[str, str], ...]:
    """Return the header fields that are not empty."""
    both = (("Accept", accept), ("Content-Type", content_type))
    return tuple((name, value) for name, value in both if value)
