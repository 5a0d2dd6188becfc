"""Robustness: no input makes the server fail (RFC 9110 section 15.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from order_conformance.core.statuses import ERROR, OK
from order_conformance.judging.assertions import assert_no_server_error
from order_conformance.orders.client import ACCEPT, JSON_BODY
from order_conformance.orders.factory import item_line, kit_line
from strategies.bodies import headers, json_values, spoilt_orders

if TYPE_CHECKING:
    from order_conformance.judging.property_testing import PropertyTester
    from order_conformance.orders.creates import Api
    from order_conformance.orders.factory import Account
    from strategies.ids import Ids

requirement = pytest.mark.requirement

DEEP = 100_000
BODIES = {
    "U+0000 in a name": b'{"patient\\u0000": {"id": 1}}',
    "a lone surrogate": b'{"externalOrderIds": ["\\ud800"], "patient": {"id": 1}}',
    "an integer of 5000 digits": b'{"patient": {"id": ' + b"9" * 5000 + b"}}",
    "a number beyond any double": b'{"patient": {"id": 1e999}}',
    "NaN": b'{"patient": {"id": NaN}}',
    "lists nested 100000 deep": b"[" * DEEP + b"]" * DEEP,
    "objects nested 20000 deep": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "a name twice": b'{"patient": {"id": 1}, "patient": null}',
    "UTF-16": '{"patient": {"id": 1}}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"patient": {"id": 1}}',
    "__proto__": b'{"__proto__": {"id": 1}, "constructor": {"prototype": {}}}',
}
HEADERS = (
    ("Accept", "application/json;q=high, a/b;c, */*;q="),
    ("Accept-Charset", "x_@!, q=;"),
    ("Accept-Encoding", "gzip;q=high"),
    ("Accept-Language", "x_@!, q=;"),
    ("Baggage", "nonsense;="),
    ("Cache-Control", "max-age=soon"),
    ("Cookie", "nonsense"),
    ("Forwarded", "for=;by"),
    ("If-Modified-Since", "yesterday"),
    ("If-None-Match", "nonsense"),
    ("If-Unmodified-Since", "yesterday"),
    ("Range", "lines=a-b"),
    ("Prefer", "nonsense"),
    ("Traceparent", "00-nonsense"),
    ("Tracestate", "nonsense"),
    ("X-Correlation-Id", "nonsense"),
    ("X-Forwarded-For", "nonsense"),
    ("X-Real-Ip", "nonsense"),
    ("X-Request-Id", "n" * 300),
    ("Referer", "nonsense:"),
)
"""Values that nobody expects in headers that somebody may read."""

LAWFUL_HEADERS = (("Accept", "application/xml"), ("If-None-Match", "*"), ("Range", "bytes=0-0"))
"""Fields that a server may honour, but of which it may know nothing."""

NOBODYS_HEADER = ("Authorization", "nonsense")
NOWHERE = ("Origin", "nonsense")
OF_A_CREATE = (
    (("Content-Type", "application/json; charset=nonsense"),),
    (JSON_BODY, ("Content-Encoding", "gzip")),
    (JSON_BODY, ("Idempotency-Key", "n" * 300)),
)
"""Fields of a create that are each likely to be refused; its body is not as the second says."""

QUERIES = ("%", "%zz=1", "page=%F0%9F%93%A6", "size=%C3%28", "a=" + "b" * 4000)


@requirement("PROTO-09")
@pytest.mark.parametrize("body", BODIES)
def test_no_body_makes_the_server_fail(api: Api, body: str) -> None:
    """Whatever bytes a create holds, the answer is below 500."""
    assert_no_server_error(api.create_raw(BODIES[body]), whatever=body)


@requirement("PROTO-09")
@pytest.mark.parametrize(
    ("kind", "value"),
    [("patient", 2**31), *((kind, 2**63) for kind in ("patient", "site", "item", "kit"))],
)
def test_no_id_in_a_body_makes_the_server_fail(
    api: Api, account: Account, kind: str, value: int
) -> None:
    """Ids of any size in a body are answered below 500."""
    order: dict[str, Any] = account.plain_order()
    if kind in {"patient", "site"}:
        order.pop("patient")
        order[kind] = {"id": value}
    elif kind == "item":
        order["orderItems"] = [item_line(value)]
    else:
        order["orderKits"] = [kit_line(value)]
    assert_no_server_error(api.create(order), whatever=f"a {kind} with the id {value}")


@requirement("PROTO-09")
@pytest.mark.parametrize("count", [2**31, 2**63, 1e300], ids=str)
def test_no_count_makes_the_server_fail(api: Api, account: Account, count: float) -> None:
    """Counts of any size are answered below 500."""
    order = account.plain_order(orderItems=[item_line(account.item, count)])
    assert_no_server_error(api.create(order), whatever=f"a count of {count}")


@requirement("PROTO-09")
@pytest.mark.parametrize("name", ["patient", "site", "orderItems", "orderKits", "shippingOption"])
@pytest.mark.parametrize("value", [0, [[]]], ids=repr)
def test_no_value_of_a_property_makes_the_server_fail(
    api: Api, account: Account, name: str, value: Any
) -> None:
    """A property of any type is answered below 500."""
    order = account.plain_order(**{name: value})
    assert_no_server_error(api.create(order), whatever=f"`{name}` with the value {value!r}")


@requirement("PROTO-09")
@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query[:20])
def test_no_query_makes_the_server_fail(api: Api, query: str) -> None:
    """Whatever a query holds, the answer is below 500."""
    assert_no_server_error(api.get("", query), whatever="an odd query")


@requirement("PROTO-09")
@pytest.mark.deep
def test_no_header_makes_the_server_fail(api: Api) -> None:
    """Odd lawful headers are answered below 500, all together or each alone."""
    asked = [api.get(headers=headers) for headers in (tuple(HEADERS), (ACCEPT, NOBODYS_HEADER))]
    asked.append(api.get(headers=LAWFUL_HEADERS[:1]))
    asked.append(api.get(headers=(ACCEPT, NOWHERE, *LAWFUL_HEADERS[1:])))
    if asked[-1].status in ERROR:
        # Who turns a foreign origin away reads no further.
        asked.append(api.get(headers=(ACCEPT, *LAWFUL_HEADERS[1:])))
    if not api.target.read_only:
        asked += [api.create_raw(b"{}", headers=(ACCEPT, *fields)) for fields in OF_A_CREATE]
    if asked[0].status != OK:
        # One of them may be refused before another one is read.
        asked += [api.get(headers=(ACCEPT, header)) for header in HEADERS[1:]]
        asked.append(api.get(headers=HEADERS[:1]))
    for exchange in [*asked[1:], asked[0]]:
        shown = ", ".join(f"{name}: {value[:40]}" for name, value in exchange.request.headers)
        assert_no_server_error(exchange, whatever=f"the headers {shown}")


@pytest.mark.generates
@requirement("PROTO-09")
def test_no_json_body_makes_the_server_fail(api: Api, explore: PropertyTester) -> None:
    """Whatever JSON a create holds, the answer is below 500."""
    explore(
        json_values(),
        lambda value: assert_no_server_error(api.create(value), whatever="a JSON body"),
    )


@pytest.mark.generates
@requirement("PROTO-09")
def test_no_odd_value_in_an_order_makes_the_server_fail(
    api: Api, account: Account, ids: Ids, explore: PropertyTester
) -> None:
    """Whatever value stands anywhere in an order, the answer is below 500."""
    explore(
        spoilt_orders(ids),
        lambda order: assert_no_server_error(
            api.create(account.marked(order)), whatever="an order with one odd value"
        ),
    )


@pytest.mark.generates
@requirement("PROTO-09")
def test_no_value_of_a_header_makes_the_server_fail(api: Api, explore: PropertyTester) -> None:
    """Whatever a header holds, the answer is below 500."""
    explore(
        headers(),
        lambda header: assert_no_server_error(
            api.get(headers=(header,) if header[0] == "Accept" else (ACCEPT, header)),
            whatever=f"the header {header[0]}",
        ),
    )
