"""The catalogue of requirements is well-formed and complete."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

SPEC = Path(__file__).resolve().parents[2] / "spec"
CATALOGUE: dict[str, Any] = yaml.safe_load((SPEC / "requirements.yaml").read_text("utf-8"))
SCHEMA: dict[str, Any] = json.loads((SPEC / "requirements.schema.json").read_text("utf-8"))
REQUIREMENTS: list[dict[str, Any]] = CATALOGUE["requirements"]

# How many rows the design has in each area, in reading order.
EXPECTED = {
    "ASSOC": 12,
    "CONTENT": 14,
    "EXT": 5,
    "SHIP": 3,
    "ID": 2,
    "ATOM": 4,
    "CONC": 1,
    "FETCH": 5,
    "LIST": 17,
    "SCHEMA": 7,
    "PROTO": 14,
    "AUTH": 7,
    "CONTRACT": 4,
}
SHOULD = {
    "ASSOC-10",
    "ASSOC-11",
    "ASSOC-12",
    "CONTENT-08",
    "CONTENT-09",
    "CONTENT-11",
    "CONTENT-13",
    "CONTENT-14",
    "EXT-03",
    "EXT-05",
    "SHIP-03",
    "FETCH-03",
    "LIST-11",
    "LIST-14",
    "SCHEMA-04",
    "SCHEMA-06",
    "PROTO-02",
    "PROTO-05",
    "PROTO-06",
    "PROTO-07",
    "PROTO-10",
    "PROTO-11",
    "PROTO-13",
    "PROTO-14",
    "AUTH-06",
    "CONTRACT-03",
}
# Areas that can only be judged with orders that the run itself makes.
WRITING_AREAS = {"ASSOC", "CONTENT", "EXT", "SHIP", "ID", "ATOM", "CONC"}


def test_the_catalogue_matches_its_schema() -> None:
    """Every entry has all keys, of the right type and in the right words."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.Draft202012Validator(SCHEMA).validate(CATALOGUE)


def test_every_requirement_is_there_once_and_in_order() -> None:
    """Ids are complete, unique, and sorted by area and then by number."""
    expected = [f"{area}-{n:02}" for area, count in EXPECTED.items() for n in range(1, count + 1)]
    assert [entry["id"] for entry in REQUIREMENTS] == expected


def test_the_areas_are_listed_in_reading_order() -> None:
    """Each prefix in use has a title, and none is listed that is not used."""
    assert [area["prefix"] for area in CATALOGUE["areas"]] == list(EXPECTED)


def test_levels_are_those_of_the_design() -> None:
    """A level decides the verdict, so none changes by accident."""
    assert {entry["id"] for entry in REQUIREMENTS if entry["level"] == "SHOULD"} == SHOULD


def test_needs_follow_from_what_is_judged() -> None:
    """What creates orders needs write; keys, empty accounts and options are asked for by name."""
    needs = {entry["id"]: set(entry["needs"]) for entry in REQUIREMENTS}
    for identifier, found in needs.items():
        area = identifier.split("-")[0]
        assert area not in WRITING_AREAS or "write" in found, identifier
        assert ("api-key" in found) == (area == "AUTH"), identifier
        assert ("empty-account" in found) == (identifier == "LIST-17"), identifier
        assert ("shipping-options" in found) == (identifier == "SHIP-03"), identifier


def test_statements_differ_and_leave_the_level_to_its_key() -> None:
    """No two requirements say the same, and no statement hides a level of its own."""
    statements = [entry["statement"] for entry in REQUIREMENTS]
    assert len(set(statements)) == len(statements)
    for statement in statements:
        assert not {"must", "should", "may"} & set(statement.lower().split()), statement


@pytest.mark.parametrize("key", sorted(SCHEMA["$defs"]["requirement"]["required"]))
def test_the_schema_rejects_an_entry_with_a_missing_key(key: str) -> None:
    """An entry lacks nothing."""
    entry = {name: value for name, value in REQUIREMENTS[0].items() if name != key}
    document = {**CATALOGUE, "requirements": [entry]}
    assert not jsonschema.Draft202012Validator(SCHEMA).is_valid(document)


@pytest.mark.parametrize(
    "change",
    [
        {"id": "ASSOC-1"},
        {"level": "MAY"},
        {"operation": "deleteOrder"},
        {"statement": "no capital and no full stop"},
        {"source": "hearsay"},
        {"needs": ["luck"]},
        {"freedoms": "none"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_the_schema_rejects_a_wrong_value(change: dict[str, Any]) -> None:
    """Values outside the agreed words, and unknown keys, are errors."""
    document = {**CATALOGUE, "requirements": [{**REQUIREMENTS[0], **change}]}
    assert not jsonschema.Draft202012Validator(SCHEMA).is_valid(document)
