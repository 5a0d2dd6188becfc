"""Robustness: no input makes the server fail (RFC 9110 section 15.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from order_conformance.core.kinds import Kind
from order_conformance.core.statuses import ERROR, OK
from order_conformance.judging.assertions import assert_no_server_error
from order_conformance.orders.client import ACCEPT, JSON_BODY
from order_conformance.orders.factory import item_line, line_of
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
"""Unusual values of headers that a server, or something in front of it, may read."""

LAWFUL_HEADERS = (("Accept", "application/xml"), ("If-None-Match", "*"), ("Range", "bytes=0-0"))
"""Headers that a server may honour or ignore."""

UNUSED_HEADER = ("Authorization", "nonsense")
BAD_ORIGIN = ("Origin", "nonsense")
OF_A_CREATE = (
    (("Content-Type", "application/json; charset=nonsense"),),
    (JSON_BODY, ("Content-Encoding", "gzip")),
    (JSON_BODY, ("Idempotency-Key", "n" * 300)),
)
"""Headers of a create, each likely to be refused; the second does not fit the body."""

QUERIES = ("%", "%zz=1", "page=%F0%9F%93%A6", "size=%C3%28", "a=" + "b" * 4000)


@requirement("PROTO-09")
@pytest.mark.parametrize("body", BODIES)
def test_listed_bodies_do_not_make_the_server_fail(api: Api, body: str) -> None:
    """Each listed body of a create is answered below 500."""
    assert_no_server_error(api.create_raw(BODIES[body]), whatever=body)


@requirement("PROTO-09")
@pytest.mark.parametrize(
    ("kind", "value"),
    [(Kind.PATIENT, 2**31), *((kind, 2**63) for kind in Kind)],
)
def test_large_ids_in_a_body_do_not_make_the_server_fail(
    api: Api, account: Account, kind: Kind, value: int
) -> None:
    """Ids of any size in a body are answered below 500."""
    order: dict[str, Any] = account.plain_order()
    if kind.is_party:
        order.pop("patient")
        order[kind.value] = {"id": value}
    else:
        order[kind.list_name] = [line_of(kind, value)]
    assert_no_server_error(api.create(order), whatever=f"a {kind} with the id {value}")


@requirement("PROTO-09")
@pytest.mark.parametrize("count", [2**31, 2**63, 1e300], ids=str)
def test_large_counts_do_not_make_the_server_fail(api: Api, account: Account, count: float) -> None:
    """Counts of any size are answered below 500."""
    order = account.plain_order(orderItems=[item_line(account.item, count)])
    assert_no_server_error(api.create(order), whatever=f"a count of {count}")


@requirement("PROTO-09")
@pytest.mark.parametrize("name", ["patient", "site", "orderItems", "orderKits", "shippingOption"])
@pytest.mark.parametrize("value", [0, [[]]], ids=repr)
def test_listed_property_values_do_not_make_the_server_fail(
    api: Api, account: Account, name: str, value: Any
) -> None:
    """A property of any type is answered below 500."""
    order = account.plain_order(**{name: value})
    assert_no_server_error(api.create(order), whatever=f"`{name}` with the value {value!r}")


@requirement("PROTO-09")
@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query[:20])
def test_malformed_queries_do_not_make_the_server_fail(api: Api, query: str) -> None:
    """A malformed query is answered below 500."""
    assert_no_server_error(api.get("", query), whatever="an odd query")


@requirement("PROTO-09")
@pytest.mark.deep
def test_listed_headers_do_not_make_the_server_fail(api: Api) -> None:
    """The listed headers are answered below 500, all together or each alone."""
    asked = [api.get(headers=headers) for headers in (tuple(HEADERS), (ACCEPT, UNUSED_HEADER))]
    asked.append(api.get(headers=LAWFUL_HEADERS[:1]))
    asked.append(api.get(headers=(ACCEPT, BAD_ORIGIN, *LAWFUL_HEADERS[1:])))
    if asked[-1].status in ERROR:
        # A server that refuses a foreign origin does not read the other headers.
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
def test_generated_bodies_do_not_make_the_server_fail(api: Api, explore: PropertyTester) -> None:
    """Any JSON body of a create is answered below 500."""
    explore(
        json_values(),
        lambda value: assert_no_server_error(api.create(value), whatever="a JSON body"),
    )


@pytest.mark.generates
@requirement("PROTO-09")
def test_generated_property_values_do_not_make_the_server_fail(
    api: Api, account: Account, ids: Ids, explore: PropertyTester
) -> None:
    """Any value in any place of an order is answered below 500."""
    explore(
        spoilt_orders(ids),
        lambda order: assert_no_server_error(
            api.create(account.marked(order)), whatever="an order with one odd value"
        ),
    )


@pytest.mark.generates
@requirement("PROTO-09")
def test_generated_headers_do_not_make_the_server_fail(api: Api, explore: PropertyTester) -> None:
    """Any value of a header is answered below 500."""
    explore(
        headers(),
        lambda header: assert_no_server_error(
            api.get(headers=(header,) if header[0] == "Accept" else (ACCEPT, header)),
            whatever=f"the header {header[0]}",
        ),
    )
