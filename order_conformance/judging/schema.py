"""Validates responses against the schemas of ``spec/openapi.yaml``."""

from __future__ import annotations

from functools import cache
from typing import Any

import jsonschema
import yaml

from order_conformance.core.mismatch import NO_MISMATCH, Mismatch, pointer
from order_conformance.core.paths import SPEC


def schema_problem(value: Any, component: str) -> Mismatch:
    """Return where and how a value violates a component schema, if it does."""
    problem = jsonschema.exceptions.best_match(component_validator(component).iter_errors(value))
    if problem is None:
        return NO_MISMATCH
    place = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in problem.absolute_path)
    words = f"{place.lstrip('.') or 'the response'}: {problem.message[:200]}"
    return Mismatch(words, (pointer(problem.absolute_path),))


@cache
def component_validator(component: str) -> jsonschema.Draft202012Validator:
    """Return the validator of a component schema, translated from OpenAPI to JSON Schema."""
    document = yaml.safe_load((SPEC / "openapi.yaml").read_text(encoding="utf-8"))
    schemas = _from_openapi(document["components"])
    return jsonschema.Draft202012Validator(
        {"$ref": f"#/components/schemas/{component}", "components": schemas}
    )


def _from_openapi(node: Any) -> Any:
    """Translate OpenAPI 3.0's `nullable` into JSON Schema's list of types."""
    if isinstance(node, list):
        return [_from_openapi(each) for each in node]
    if not isinstance(node, dict):
        return node
    translated = {name: _from_openapi(value) for name, value in node.items()}
    if translated.pop("nullable", False) is True and isinstance(translated.get("type"), str):
        translated["type"] = [translated["type"], "null"]
    return translated
