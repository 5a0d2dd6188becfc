"""The schemas of results.json and of the target file accept what is right and nothing else."""

from __future__ import annotations

import copy
import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from selftest.support.order_samples import RESULTS, TARGET

SPEC = Path(__file__).resolve().parents[2] / "spec"
TARGET_SCHEMA: dict[str, Any] = json.loads((SPEC / "target.schema.json").read_text("utf-8"))
RESULTS_SCHEMA: dict[str, Any] = json.loads((SPEC / "results.schema.json").read_text("utf-8"))
TABLES = [key for key, value in TARGET_SCHEMA["properties"].items() if "properties" in value]


def is_target(document: dict[str, Any]) -> bool:
    """Whether the schema of the target file accepts the document."""
    return jsonschema.Draft202012Validator(TARGET_SCHEMA).is_valid(document)


def is_results(**changes: Any) -> bool:
    """Whether the schema of results.json accepts the sample with the changes."""
    return jsonschema.Draft202012Validator(RESULTS_SCHEMA).is_valid({**RESULTS, **changes})


def objects(schema: Any) -> list[dict[str, Any]]:
    """Every schema with properties, at any depth."""
    if isinstance(schema, list):
        return [found for entry in schema for found in objects(entry)]
    if not isinstance(schema, dict):
        return []
    below = [found for value in schema.values() for found in objects(value)]
    return [schema, *below] if "properties" in schema else below


@pytest.mark.parametrize("schema", [TARGET_SCHEMA, RESULTS_SCHEMA], ids=["target", "results"])
def test_the_schema_is_itself_valid(schema: dict[str, Any]) -> None:
    """Each file is a JSON Schema of draft 2020-12."""
    jsonschema.Draft202012Validator.check_schema(schema)


def test_a_target_file_with_every_key_is_accepted() -> None:
    """The full example uses each key there is, and all of them are lawful."""
    document = tomllib.loads(TARGET)
    jsonschema.Draft202012Validator(TARGET_SCHEMA).validate(document)
    assert set(document) == set(TARGET_SCHEMA["properties"])
    for table in TABLES:
        keys = set(TARGET_SCHEMA["properties"][table]["properties"])
        # A key comes from a variable or from a command, not from both.
        assert set(document[table]) == keys - {"env"}


def test_an_empty_target_file_is_accepted() -> None:
    """Every key is optional: options and discovery supply the rest."""
    assert is_target({})


@pytest.mark.parametrize("table", [None, *TABLES])
def test_an_unknown_key_in_a_target_file_is_refused_by_name(table: str | None) -> None:
    """A typing error in a key is never passed over in silence, and the message names it."""
    document = tomllib.loads(TARGET)
    (document if table is None else document[table])["colour"] = "blue"
    errors = list(jsonschema.Draft202012Validator(TARGET_SCHEMA).iter_errors(document))
    assert len(errors) == 1
    assert "colour" in errors[0].message
    assert list(errors[0].absolute_path) == ([] if table is None else [table])


@pytest.mark.parametrize(
    "document",
    [
        {"base_url": "ftp://example.com"},
        {"base_url": 8080},
        {"path_prefix": "no-slash"},
        {"existing": {"patients": [-1]}},
        {"existing": {"patients": ["1"]}},
        {"unknown": {"order": "x"}},
        {"shipping_options": []},
        {"consistency_window": 301},
        {"consistency_window": -1},
        {"rate_limit": 0},
        {"timeout": 0},
        {"allow_writes": "yes"},
        {"budget": {"requests": 0}},
        {"tls": {"client_key": "key.pem"}},
        {"api_key": {"env": "NOT A NAME"}},
        {"api_key": {"header": "Not A Header"}},
        {"api_key": {"command": "vault read"}},
        {"api_key": {"command": []}},
        {"api_key": {"env": "A", "command": ["b"]}},
        {"headers": {"Not A Header": "x"}},
        {"headers": {"X-Token": ""}},
        {"headers": {"X-Token": {}}},
        {"headers": {"X-Token": {"env": "A", "command": ["b"]}}},
        {"headers": {"X-Token": {"env": "A", "secret": "b"}}},
        {"proxy": "proxy.example.com:3128"},
        {"proxy": "socks5://proxy.example.com"},
    ],
    ids=str,
)
def test_a_wrong_value_in_a_target_file_is_refused(document: dict[str, Any]) -> None:
    """Types and bounds are checked before anything is sent."""
    assert not is_target(document)


def test_every_key_of_a_target_file_is_described() -> None:
    """Descriptions are shown to users, so no key goes without."""
    for schema in objects(TARGET_SCHEMA):
        assert schema["additionalProperties"] is False
        for name, value in schema["properties"].items():
            assert value.get("description"), name


def test_results_of_a_run_are_accepted() -> None:
    """The sample has every required key and validates."""
    jsonschema.Draft202012Validator(RESULTS_SCHEMA).validate(RESULTS)


def test_results_may_grow() -> None:
    """Readers of results.json tolerate keys that they do not know."""
    assert is_results(signature="x", target={**RESULTS["target"], "name": "staging"})


def test_a_strict_run_may_be_conformant_and_end_with_1() -> None:
    """Under --strict, warnings fail the run and leave the verdict as it is."""
    assert is_results(verdict="conformant", exit_code=1, strict=True, warnings=2)
    assert is_results(verdict="conformant", exit_code=0)


@pytest.mark.parametrize("key", RESULTS_SCHEMA["required"])
def test_results_without_a_required_key_are_refused(key: str) -> None:
    """The stable core is always complete."""
    document = {name: value for name, value in RESULTS.items() if name != key}
    assert not jsonschema.Draft202012Validator(RESULTS_SCHEMA).is_valid(document)


@pytest.mark.parametrize(
    "changes",
    [
        {"schema_version": "1"},
        {"verdict": "green"},
        {"exit_code": 4},
        {"verdict": "inconclusive", "exit_code": 0},
        {"verdict": "conformant", "exit_code": 2},
        {"verdict": "conformant", "exit_code": 1, "strict": False},
        {"verdict": "non-conformant", "exit_code": 0},
        {"verdict": "conformant", "exit_code": 0, "interrupted": True},
        {"profile": "fast"},
        {"seed": "1"},
        {"warnings": -1},
        {"started": "yesterday"},
        {"remaining": {}},
        {"summary": {"MUST": {"passed": 1}}},
    ],
    ids=str,
)
def test_wrong_results_are_refused(changes: dict[str, Any]) -> None:
    """Unknown words, wrong types and contradictions between verdict and exit code are errors."""
    assert not is_results(**changes)


@pytest.mark.parametrize(
    "changes", [{"outcome": "skipped"}, {"blame": "weather"}, {"tests": []}, {"reason": 1}], ids=str
)
def test_a_wrong_requirement_in_results_is_refused(changes: dict[str, Any]) -> None:
    """Outcomes are EARL's, and nothing fails or passes that no test has judged."""
    entry = copy.deepcopy(RESULTS["requirements"][0])
    assert not is_results(requirements=[{**entry, **changes}])


def test_every_part_of_a_failure_is_described_and_required() -> None:
    """A program that reads a failure finds each of its parts."""
    for name in ("failure", "step"):
        schema = RESULTS_SCHEMA["$defs"][name]
        assert set(schema["required"]) == set(schema["properties"])
        assert all(each["description"] for each in schema["properties"].values())


@pytest.mark.parametrize(
    "changes",
    [
        {"title": ""},
        {"steps": [{"exchange": "x"}]},
        {"pointers": ["site"]},
        {"blame": "suite"},
        {"requirement": "x"},
    ],
    ids=str,
)
def test_a_wrong_failure_in_results_is_rejected(changes: dict[str, Any]) -> None:
    """Each part has its type."""
    entry = copy.deepcopy(RESULTS["requirements"][0])
    entry["failures"][0] |= changes
    assert not is_results(requirements=[entry])
