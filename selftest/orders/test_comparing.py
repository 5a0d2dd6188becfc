"""How two views of an order differ, and what an error message reveals."""

from __future__ import annotations

from typing import Any

import pytest

from order_conformance.http.exchange import Exchange, Request, Response
from order_conformance.judging.information_leaks import find_leak
from order_conformance.judging.passive_checks import PassiveChecks
from order_conformance.orders.fields import difference
from order_conformance.target.model import Target
from selftest.support.engine_parts import ORDERS


def order(**changes: Any) -> dict[str, Any]:
    """Return an order as a server shows it."""
    lines = [{"item": {"id": 1000}, "count": 1}, {"item": {"id": 1001}, "count": 2}]
    return {"id": 7, "externalOrderIds": ["a", "b"], "orderItems": lines} | changes


OTHERS_COUNTED = [{"item": {"id": 1000}}, {"item": {"id": 1001}, "count": 5}]
UNCOUNTED = [{"item": {"id": 1000}}, {"item": {"id": 1001}, "count": 2}]


@pytest.mark.parametrize(
    ("other", "sent", "differs"),
    [
        (order(externalOrderIds=["b", "a"]), None, False),
        (order(externalOrderIds=["b", "b", "a"]), None, False),
        (order(externalOrderIds=["b"]), None, True),
        (order(externalOrderIds=["a", 2]), None, True),
        (order(orderItems=UNCOUNTED), None, True),
        (order(orderItems=UNCOUNTED), order(), True),
        (order(orderItems=UNCOUNTED), order(orderItems=UNCOUNTED), False),
        (order(orderItems=UNCOUNTED[:1]), order(orderItems=UNCOUNTED), True),
        (order(orderItems=OTHERS_COUNTED), order(orderItems=UNCOUNTED), True),
    ],
)
def test_fields_that_a_server_may_change_do_not_count(
    other: dict[str, Any], sent: dict[str, Any] | None, *, differs: bool
) -> None:
    """The sequence of external ids, and a count that was not sent."""
    assert bool(difference(order(), other, sent=sent)) == differs


@pytest.mark.parametrize(
    ("text", "is_revealing"),
    [
        ("Select exactly one recipient from patient and site.", False),
        ("Please select a patient, or a site, from the list.", False),
        ("SELECT id FROM orders WHERE id = 1", True),
        ("could not execute [select o1_0.id,o1_0.site_id from orders o1_0 where o1_0.id=?]", True),
        ("select * from orders where id = 1", True),
        ("insert into orders (id) values (?)", True),
        ("delete from orders where id = 1", True),
        ("INSERT INTO orders VALUES (1)", True),
        ("Select items, kits or both from the catalogue.", False),
        ("You cannot delete from an order.", False),
        ("Insert into the list at least one item.", False),
        ("Invalid order\n   at 2026-11-26T10:20:30Z", False),
        ("Invalid order\n   at Object.<anonymous> /srv/orders.js:10:20", True),
    ],
)
def test_plain_english_is_not_a_leak(text: str, *, is_revealing: bool) -> None:
    """Only words that a person would not write count against PROTO-11."""
    assert bool(find_leak(text.encode())) == is_revealing


@pytest.mark.parametrize(("field", "is_json"), [("Range", True), ("X-Range", False)])
def test_a_partial_response_need_not_be_json(field: str, *, is_json: bool) -> None:
    """A server may honour a Range, and the first byte of a JSON text is not JSON."""
    headers = (("Accept", "application/json"), (field, "bytes=0-0"))
    response = Response(206, (("Content-Type", "application/json"),), b"{", 0.0)
    passive_checks = PassiveChecks(Target("http://127.0.0.1:9"))
    passive_checks.see(Exchange("run#1", Request("GET", ORDERS, headers), response))
    assert ("PROTO-01" not in passive_checks.first) == is_json
