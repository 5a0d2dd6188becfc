"""Strategies draw what they promise: lawful orders are lawful, broken ones break one rule."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest
import yaml
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample
from openapi_schema_validator import OAS30Validator

from selftest.support.order_rules import EXISTING, RULES, broken_rules
from strategies.bodies import NOT_JSON, WRAPPED, non_objects, spoilt_orders
from strategies.broken import BREAKING
from strategies.identifiers import NEARLY_AN_ID, NO_ORDER_IDS, nearly, no_order_ids
from strategies.ids import KINDS, Ids
from strategies.lawful import MANY_LINES, lawful_orders, long_orders
from strategies.paging import INVALID_PAGING, invalid_queries
from strategies.texts import ODD_TEXTS, texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

IDS = Ids(
    known=frozenset(KINDS),
    existing=lambda kind: EXISTING[kind],
    unknown=dict.fromkeys(KINDS, 1_900_000_000),
)
SPEC = Path(__file__).resolve().parents[2] / "spec"
CONTRACT: dict[str, Any] = yaml.safe_load((SPEC / "openapi.yaml").read_text("utf-8"))
NEW_ORDER = OAS30Validator(
    {"$ref": "#/components/schemas/NewOrder", "components": CONTRACT["components"]}
)
EXISTENCE = {"ASSOC-06", "ASSOC-07", "CONTENT-08", "CONTENT-09"}
"""Rules that a schema cannot check: only the server knows what exists."""


def each(strategy: SearchStrategy[Any], judge: Callable[[Any], None], number: int = 50) -> None:
    """Judge what a strategy draws, under the health checks of Hypothesis."""

    @seed(1)
    @settings(max_examples=number, database=None, deadline=None)
    @given(strategy)
    def judged(value: Any) -> None:
        judge(value)

    judged()


def drawn_from(strategy: SearchStrategy[Any], number: int = 120) -> list[Any]:
    """Return what a strategy draws."""
    found: list[Any] = []
    each(strategy, found.append, number)
    return found


def smallest(strategy: SearchStrategy[Any], wanted: Callable[[Any], bool]) -> Any:
    """Return the smallest value that Hypothesis finds."""
    from hypothesis import find  # noqa: PLC0415 - deprecated name in newer releases

    try:
        quick = settings(
            max_examples=500, database=None, suppress_health_check=list(HealthCheck), deadline=None
        )
        return find(strategy, wanted, settings=quick)
    except NoSuchExample:
        return None


@pytest.mark.parametrize("make", [lawful_orders, long_orders], ids=lambda make: make.__name__)
def test_a_lawful_order_breaks_no_rule(make: Callable[[Ids], SearchStrategy[Any]]) -> None:
    """A lawful order violates neither the contract nor the guide."""

    def judge(order: dict[str, Any]) -> None:
        assert NEW_ORDER.is_valid(order), order
        assert broken_rules(order) == set(), order

    each(make(IDS), judge)


@pytest.mark.parametrize("requirement", BREAKING)
def test_a_broken_order_breaks_its_rule_and_no_other(requirement: str) -> None:
    """The guide's rules name one requirement; the contract is violated where it can know."""

    def judge(order: dict[str, Any]) -> None:
        assert broken_rules(order) == {requirement}, order
        assert NEW_ORDER.is_valid(order) == (requirement in EXISTENCE), order

    each(BREAKING[requirement](IDS), judge)


def test_every_rule_has_a_strategy() -> None:
    """The independent rules and the strategies cover the same requirements."""
    assert set(RULES) == set(BREAKING)


@pytest.mark.parametrize("requirement", BREAKING)
def test_a_broken_order_is_drawn_for_every_kind(requirement: str) -> None:
    """Patients and sites, items and kits are each drawn: a fault may concern only one."""
    orders = drawn_from(BREAKING[requirement](IDS))
    if requirement not in {"ASSOC-04", "ASSOC-06", "ASSOC-07"}:
        assert any("patient" in order for order in orders)
        assert any("site" in order for order in orders)
    names = {"CONTENT-05": "Items", "CONTENT-08": "Items", "CONTENT-06": "Kits"}
    for part in ("Items", "Kits"):
        if names.get(requirement, part) == part and requirement != "CONTENT-09":
            assert any(order.get(f"order{part}") is not None for order in orders), part


@pytest.mark.parametrize("requirement", ["CONTENT-05", "CONTENT-06", "CONTENT-08", "CONTENT-09"])
def test_the_broken_line_may_be_anywhere(requirement: str) -> None:
    """It is first, in the middle or last: servers often validate only the first line."""
    name = "orderItems" if requirement in {"CONTENT-05", "CONTENT-08"} else "orderKits"
    kind = "item" if name == "orderItems" else "kit"
    places = set()
    for order in drawn_from(BREAKING[requirement](IDS)):
        lines = order[name]
        good = [(line.get(kind) or {}).get("id") in EXISTING[kind] for line in lines]
        places.add((good.index(False) == 0, good.index(False) == len(lines) - 1))
    assert {(True, False), (False, True), (False, False)} <= places


def test_long_orders_reach_fifty_lines_and_odd_counts() -> None:
    """A server may lose something only in long orders."""
    orders = drawn_from(long_orders(IDS), 150)
    lines = [line for order in orders for line in order.get("orderItems", ())]
    assert max(len(order.get("orderItems", ())) for order in orders) > MANY_LINES // 2
    assert any(line["count"] > 255 for line in lines)


def test_a_broken_order_shrinks_to_a_readable_one() -> None:
    """The smallest order for both a patient and a site has one line and nothing else."""
    order = smallest(BREAKING["ASSOC-03"](IDS), lambda order: "orderKits" in order)
    assert set(order) == {"patient", "site", "orderKits"}
    assert len(order["orderKits"]) == 1


def test_strategies_draw_only_known_kinds() -> None:
    """If no sites and kits are known, no order is drawn that needs them."""
    few = Ids(frozenset({"patient", "item"}), lambda kind: EXISTING[kind], IDS.unknown)
    for requirement in set(BREAKING) - {"ASSOC-03", "ASSOC-07", "CONTENT-06", "CONTENT-09"}:
        for order in drawn_from(BREAKING[requirement](few), 30):
            site = order.get("site")
            assert site is None or requirement == "ASSOC-08", (requirement, order)
            assert not order.get("orderKits"), (requirement, order)


def test_odd_texts_cover_their_classes() -> None:
    """Each class of the requirement EXT-04 is among the explicit texts."""
    lengths = {len(text) for text in ODD_TEXTS.values()}
    assert {0, 64, 65, 255, 256, 1000, 5000} <= lengths
    joined = "".join(ODD_TEXTS.values())
    for needed in ("'", '"', "%", "\u0301", "\u0000", "\u05e9", "📦", "\n", "\\"):
        assert needed in joined, needed
    assert len(set(ODD_TEXTS.values())) == len(ODD_TEXTS)


def test_random_texts_are_lawful_and_odd() -> None:
    """Every drawn text can be encoded in UTF-8, and many are unusual."""
    found = drawn_from(texts(), 150)
    assert all(text.encode("utf-8") is not None for text in found)
    assert any(text != text.strip() for text in found)
    assert any(text.upper() != text for text in found)
    assert any(not text.isascii() for text in found)


def test_no_malformed_id_is_read_as_the_existing_one() -> None:
    """A malformed id is not the existing id after decoding, even for a lenient reader."""
    segments = [*NO_ORDER_IDS.values(), *(nearly(kind, 17) for kind in NEARLY_AN_ID)]
    segments += drawn_from(no_order_ids(17), 150)
    for segment in segments:
        assert unquote(segment).strip().lstrip("+").lstrip("0") not in {"17", "17.0"}, segment
        assert segment.isascii()
        assert "/" not in segment
        assert segment.strip("."), segment


def test_invalid_queries_are_invalid() -> None:
    """No drawn query asks for a page and size that a list could have."""
    for query in [q.format(page="page", size="size") for q in INVALID_PAGING.values()] + (
        drawn_from(invalid_queries("page", "size"), 150)
    ):
        values = [part.partition("=")[2] for part in query.split("&")]
        sensible = [v.isascii() and v.isdigit() and 0 < int(v) < 2**31 for v in values]
        assert not all(sensible) or len(values) > 1, query


@pytest.mark.parametrize("how", NOT_JSON)
def test_a_spoilt_text_is_not_json(how: str) -> None:
    """No JSON parser accepts it."""
    text = json.dumps({"patient": {"id": 1}, "orderItems": [{"item": {"id": 2}, "count": 1}]})
    with pytest.raises(json.JSONDecodeError):
        json.loads(NOT_JSON[how](text.replace(" ", "")))


def test_a_non_object_is_a_list_or_a_scalar() -> None:
    """Bodies that are not objects are lists or scalars."""
    assert not any(isinstance(wrap({"patient": {"id": 1}}), dict) for wrap in WRAPPED.values())
    assert not any(isinstance(value, dict) for value in drawn_from(non_objects()))


def test_a_spoilt_order_differs_in_one_place() -> None:
    """One value is replaced; the rest of the order is unchanged."""
    orders = drawn_from(spoilt_orders(IDS), 100)
    assert all(isinstance(order, dict) for order in orders)
    assert any(broken_rules(order) for order in orders if all(map(str.isprintable, order)))


def test_every_strategy_survives_the_health_checks() -> None:
    """No strategy filters so much, or draws so slowly, that Hypothesis complains."""
    for strategy in (texts(), no_order_ids(17), invalid_queries("page", "size"), non_objects()):
        each(strategy, lambda value: st.just(value).validate(), 100)
