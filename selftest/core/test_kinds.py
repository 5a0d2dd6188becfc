"""The kinds of things: the names of each in an order, in its list and in the target file."""

from __future__ import annotations

from order_conformance.core.json_values import write_json
from order_conformance.core.kinds import Kind
from order_conformance.target.model import KINDS
from strategies.ids import KINDS as DRAWN_KINDS


def test_a_kind_has_its_names() -> None:
    """The property of an order, of its list, and the table of the target file."""
    assert [kind.list_name for kind in Kind if not kind.is_party] == ["orderItems", "orderKits"]
    assert KINDS == ("patients", "sites", "items", "kits")


def test_strategies_draw_the_same_kinds() -> None:
    """They do not import the suite, so they name the kinds themselves."""
    assert tuple(Kind) == DRAWN_KINDS


def test_a_kind_in_an_order_is_shown_and_sent_as_its_name() -> None:
    """Neither a message nor a body shows that it is an enum."""
    order = {Kind.SITE: {"id": 1}}
    assert repr(order) == "{'site': {'id': 1}}"
    assert write_json(order) == write_json({"site": {"id": 1}})
