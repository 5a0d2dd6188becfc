"""Which requirements a request breaks, judged by what was really sent.

A generator tries to break the contract, but its request may still be lawful, or break it only
where servers have a choice. So the body that was sent is validated against the contract again,
after removing everything that a server may accept or refuse.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from order_conformance.core.json_values import NotJson, is_integer, read_json
from order_conformance.judging.schema import component_validator

if TYPE_CHECKING:
    import jsonschema

PARTIES = ("patient", "site")
LISTS = ("orderItems", "orderKits")

# By the place and the keyword that is violated: the requirement to refuse such an order.
RULES = {
    ("", "anyOf"): "CONTENT-04",
    **{
        rule: requirement
        for kind in PARTIES
        for rule, requirement in {
            (kind, "type"): "ASSOC-12",
            (kind, "required"): "ASSOC-08",
            (f"{kind}.id", "type"): "ASSOC-12",
        }.items()
    },
    **{
        rule: requirement
        for lines, kind, without_id in (
            ("orderItems", "item", "CONTENT-05"),
            ("orderKits", "kit", "CONTENT-06"),
        )
        for rule, requirement in {
            (lines, "type"): "CONTENT-07",
            (f"{lines}[]", "type"): "CONTENT-07",
            (f"{lines}[]", "required"): without_id,
            (f"{lines}[].{kind}", "required"): without_id,
            (f"{lines}[].{kind}", "type"): "ASSOC-12",
            (f"{lines}[].{kind}.id", "type"): "ASSOC-12",
            (f"{lines}[].count", "type"): "CONTENT-11",
            (f"{lines}[].count", "minimum"): "CONTENT-11",
        }.items()
    },
    ("externalOrderIds", "type"): "EXT-05",
    ("externalOrderIds[]", "type"): "EXT-05",
}

# A lenient reader takes a text for a number if it starts like one.
NUMBER_LIKE = re.compile(r"\s*[+-]?\d")


def broken_by_order(body: bytes) -> list[str]:
    """Return the requirements to refuse a create with this body; empty if there are none."""
    try:
        order = read_json(body)
    except NotJson:
        return ["PROTO-03"]
    if not isinstance(order, dict):
        return ["PROTO-03"]
    plain = _without_freedoms(order)
    found = {
        requirement
        for problem in component_validator("NewOrder").iter_errors(plain)
        if (requirement := _requirement(plain, problem)) is not None
    }
    if _has_a_doubtful_party(plain):
        # One party is valid and the other odd: it is unclear whether that is one party or two.
        found -= {"ASSOC-03", "ASSOC-08", "ASSOC-12"}
    return sorted(found)


def broken_by_fetch(segment: str) -> list[str]:
    """Return the requirements to refuse a fetch of this raw path segment."""
    text = unquote(segment, errors="replace")
    if NUMBER_LIKE.match(text) or not text.strip("./ "):
        return []
    return ["FETCH-04"]


def _without_freedoms(value: Any) -> Any:
    """Remove what a server may accept or refuse: nulls, 10.0 for 10, an empty second list."""
    if isinstance(value, dict):
        plain = {key: _without_freedoms(each) for key, each in value.items()}
        # A server may accept, refuse or ignore notes and the shipping option.
        free = {"orderNotes", "shippingOption", "sex"}
        return {
            key: each
            for key, each in plain.items()
            if each is not None and key not in free and not (key in LISTS and each == [])
        }
    if isinstance(value, list):
        return [_without_freedoms(each) for each in value if each is not None]
    return int(value) if isinstance(value, float) and is_integer(value) else value


def _requirement(order: dict[str, Any], problem: jsonschema.ValidationError) -> str | None:
    place = "".join("[]" if isinstance(p, int) else f".{p}" for p in problem.absolute_path)
    rule = (place.lstrip("."), str(problem.validator))
    if rule == ("", "oneOf"):
        return "ASSOC-03" if any(kind in order for kind in PARTIES) else "ASSOC-04"
    return RULES.get(rule)


def _has_a_doubtful_party(order: dict[str, Any]) -> bool:
    given = [order[kind] for kind in PARTIES if kind in order]
    proper = [isinstance(each, dict) and is_integer(each.get("id")) for each in given]
    return len(given) > 1 and not all(proper)


def must_be_accepted(body: bytes) -> bool:
    """Return whether a server has no reason to refuse a body drawn from the lawful document."""
    try:
        order = read_json(body)
    except NotJson:
        return False
    if not component_validator("NewOrder").is_valid(order):
        return False
    for lines, kind in (("orderItems", "item"), ("orderKits", "kit")):
        ids = [line[kind]["id"] for line in order.get(lines, [])]
        # The guide does not say whether one id may be on two lines.
        if len(set(ids)) < len(ids):
            return False
    return True
