"""What was sent is judged only where a requirement asks to refuse it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from order_conformance.generation.oracle import (
    RULES,
    broken_by_fetch,
    broken_by_order,
    must_be_accepted,
)
from order_conformance.orders.fields import difference_from_sent
from tools.generation.observing import CATALOGUE

ITEMS = [{"item": {"id": 1000}, "count": 10}]
KITS = [{"kit": {"id": 1000}, "count": 10}]
LAWFUL = {"patient": {"id": 1234}, "orderItems": ITEMS}

FREE: dict[str, Any] = {
    "as it is": {},
    "unknown properties": {"colour": "red", "patient": {"id": 1234, "colour": "red"}},
    "the other party null": {"site": None},
    "the other list null": {"orderKits": None},
    "the other list empty": {"orderKits": []},
    "a null among the lines": {"orderItems": [*ITEMS, None]},
    "a count of null": {"orderItems": [{"item": {"id": 1000}, "count": None}]},
    "10.0 for 10": {"orderItems": [{"item": {"id": 1000.0}, "count": 10.0}]},
    "an unknown id": {"patient": {"id": 999_999}},
    "an odd sex": {"patient": {"id": 1234, "sex": 5}},
    "odd notes": {"orderNotes": 5},
    "an odd way of shipping": {"shippingOption": {}},
    "external ids null": {"externalOrderIds": None},
    "a valid party and a text for the other": {"site": "text"},
    "a valid party and one without an id": {"site": {}},
    "a huge count": {"orderItems": [{"item": {"id": 1000}, "count": 10**30}]},
}
BROKEN: dict[str, tuple[Any, str]] = {
    "both parties": ({"site": {"id": 10}}, "ASSOC-03"),
    "no party": ({"patient": None}, "ASSOC-04"),
    "a party without id": ({"patient": {}}, "ASSOC-08"),
    "a party with a null id": ({"patient": {"id": None}}, "ASSOC-08"),
    "a party of text": ({"patient": "1234"}, "ASSOC-12"),
    "an id of text": ({"patient": {"id": "1234"}}, "ASSOC-12"),
    "no content": ({"orderItems": None}, "CONTENT-04"),
    "empty content": ({"orderItems": [], "orderKits": []}, "CONTENT-04"),
    "a line without item": ({"orderItems": [*ITEMS, {"count": 1}]}, "CONTENT-05"),
    "an item without id": ({"orderItems": [{"item": {}}]}, "CONTENT-05"),
    "a kit without id": ({"orderKits": [{"kit": {"id": None}}]}, "CONTENT-06"),
    "one object for a list": ({"orderItems": ITEMS[0]}, "CONTENT-07"),
    "bare ids": ({"orderKits": [1000]}, "CONTENT-07"),
    "a count of zero": ({"orderItems": [{"item": {"id": 1000}, "count": 0}]}, "CONTENT-11"),
    "a count of text": ({"orderItems": [{"item": {"id": 1000}, "count": "1"}]}, "CONTENT-11"),
    "external ids of text": ({"externalOrderIds": "text"}, "EXT-05"),
    "a number as external id": ({"externalOrderIds": [5]}, "EXT-05"),
}


def body(changes: dict[str, Any]) -> bytes:
    """Return the bytes of a lawful order with changes."""
    return json.dumps(LAWFUL | changes).encode()


@pytest.mark.parametrize("name", FREE)
def test_an_order_that_servers_may_accept_is_not_judged(name: str) -> None:
    """Accepting it is not a failure."""
    assert broken_by_order(body(FREE[name])) == []


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_order_names_its_requirement(name: str) -> None:
    """Only the requirement to refuse it is named."""
    changes, requirement = BROKEN[name]
    assert broken_by_order(body(changes)) == [requirement]


@pytest.mark.parametrize("raw", [b"", b"\x00", b"[]", b"5", b"null", b'{"patient":'])
def test_a_body_that_is_not_an_object_has_to_be_refused(raw: bytes) -> None:
    """A body that is not a JSON object is not an order."""
    assert "PROTO-03" in broken_by_order(raw)


def test_every_rule_belongs_to_a_requirement_of_the_catalogue() -> None:
    """Each refusal that a rule asks for is in the catalogue."""
    assert set(RULES.values()) <= set(CATALOGUE.requirements)


@pytest.mark.parametrize("segment", ["17", "017", "%2B17", "17.0", "%31%37", "1e3", " 17", "."])
def test_a_segment_that_may_be_read_as_a_number_is_not_judged(segment: str) -> None:
    """It may name an order."""
    assert broken_by_fetch(segment) == []


@pytest.mark.parametrize("segment", ["abc", "null", "%F0%9F%93%A6", "-", "true", "x17"])
def test_a_segment_that_is_not_a_number_has_to_be_refused(segment: str) -> None:
    """It does not name an order."""
    assert broken_by_fetch(segment) == ["FETCH-04"]


@pytest.mark.parametrize(
    ("changes", "is_certain"),
    [
        ({}, True),
        ({"orderKits": KITS, "shippingOption": "standard"}, True),
        ({"orderItems": [*ITEMS, *ITEMS]}, False),
        ({"site": None}, False),
        ({"orderKits": []}, False),
        ({"site": {"id": 10}}, False),
    ],
    ids=repr,
)
def test_only_clearly_lawful_orders_have_to_be_accepted(
    changes: dict[str, Any], *, is_certain: bool
) -> None:
    """Repetitions, nulls and empty lists leave a server a reason to refuse."""
    assert must_be_accepted(body(changes)) is is_certain


@pytest.mark.parametrize(
    ("shown", "is_kept"),
    [
        ({}, True),
        ({"id": 5, "currentStatus": "new", "site": None}, True),
        ({"patient": {"id": 1235}}, False),
        ({"patient": None}, False),
        ({"orderItems": [{"item": {"id": 1000}, "count": 4}] * 2}, False),
        ({"orderItems": [{"item": {"id": 1000}, "count": 5}] * 2}, True),
        ({"orderItems": []}, False),
        ({"orderKits": KITS}, False),
        ({"externalOrderIds": ["b", "a"]}, True),
        ({"externalOrderIds": ["a"]}, False),
        ({"externalOrderIds": ["a", "b", "c"]}, False),
        ({"shippingOption": "overnight"}, False),
    ],
    ids=repr,
)
def test_an_order_differs_only_in_fields_that_have_to_be_kept(
    shown: dict[str, Any], *, is_kept: bool
) -> None:
    """Merged lines, sorted external ids and additions of the server do not count."""
    sent = {**LAWFUL, "externalOrderIds": ["a", "b"], "shippingOption": "standard"}
    assert bool(difference_from_sent(sent, sent | shown)) is not is_kept


@pytest.mark.parametrize("count", [{"count": 10}, {"count": None}, {}], ids=repr)
def test_the_server_may_fill_in_what_was_left_out(count: dict[str, Any]) -> None:
    """A count and a shipping option that were not sent may have any value, or none."""
    sent = {"site": {"id": 10}, "orderItems": [{"item": {"id": 1000}}]}
    lines = [{"item": {"id": 1000}, **count}]
    shown = {"site": {"id": 10}, "orderItems": lines, "shippingOption": "overnight"}
    assert not difference_from_sent(sent, shown)
