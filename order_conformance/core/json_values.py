"""JSON values: read strictly, written compactly, told apart by type."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn, TypeGuard


def finite(value: Any) -> Any:
    """Return a value with what JSON has no numbers for (beyond any double) as text."""
    match value:
        case float() if not math.isfinite(value):
            return str(value)
        case dict():
            return {key: finite(item) for key, item in value.items()}
        case list() | tuple():
            return [finite(item) for item in value]
        case _:
            return value


# Python refuses to read longer integers; a float keeps such a value a number.
LONGEST_INTEGER = 400


DEEPEST_NESTING = 200
"""Levels that are read: some programs stop at 64, and no order comes near it."""


class NotJson(ValueError):
    """The body is not exactly one JSON text in UTF-8 (RFC 8259); the text says why."""


def read_json(body: bytes) -> Any:
    """Read exactly one JSON text (RFC 8259: UTF-8, no NaN, no trailing text).

    Raises:
        NotJson: with a reason for a person.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise NotJson(f"not valid UTF-8 at byte {problem.start}") from None
    if not text.strip():
        raise NotJson("the body is empty")
    if text.startswith("\ufeff"):
        raise NotJson("it starts with a byte order mark, which JSON must not (RFC 8259, 8.1)")
    try:
        value = json.loads(text, parse_int=_integer, parse_constant=_refuse_constant)
    except RecursionError:
        raise NotJson("nested too deeply to read") from None
    except ValueError as problem:
        raise NotJson(f"not one JSON text: {problem}") from None
    if text.count("[") + text.count("{") > DEEPEST_NESTING and _is_deeper(value, DEEPEST_NESTING):
        raise NotJson(f"nested more than {DEEPEST_NESTING} levels deep")
    return value


def write_json(value: Any) -> bytes:
    """Write a JSON value the way most clients do: compact UTF-8.

    Text that UTF-8 cannot carry (a lone surrogate) is written with escapes.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode("ascii")


def _is_deeper(value: Any, levels: int) -> bool:
    """Say whether lists and objects stand inside each other on more levels than these."""
    level = [value]
    for _ in range(levels + 1):
        lists = [each for each in level if isinstance(each, list)]
        objects = [each.values() for each in level if isinstance(each, dict)]
        level = [inner for holder in (*lists, *objects) for inner in holder]
        if not level:
            return False
    return True


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= LONGEST_INTEGER else float("inf")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value")


def is_number(value: Any) -> TypeGuard[int | float]:
    """Say whether a JSON value is a number; true is none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_integer(value: Any) -> TypeGuard[int]:
    """Say whether a JSON value is an integer; 10.0 is one, true is not (JSON Schema 2020-12)."""
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (isinstance(value, float) and value.is_integer())
