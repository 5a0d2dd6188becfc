"""JSON values: read strictly, written compactly, and distinguished by type."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn, TypeGuard


def finite(value: Any) -> Any:
    """Return a value in which infinity and NaN, which JSON cannot express, are text."""
    match value:
        case float() if not math.isfinite(value):
            return str(value)
        case dict():
            return {key: finite(item) for key, item in value.items()}
        case list() | tuple():
            return [finite(item) for item in value]
        case _:
            return value


LONGEST_INTEGER = 400
"""Digits of an integer that are read; a longer one becomes infinity, which is a number as well."""

DEEPEST_NESTING = 200
"""Levels that are read: some programs stop at 64, and orders need far fewer."""


class NotJson(ValueError):
    """The body is not exactly one JSON text in UTF-8 (RFC 8259); the message says why."""


def read_json(body: bytes) -> Any:
    """Read exactly one JSON text (RFC 8259: UTF-8, no NaN, no trailing text).

    Raises:
        NotJson: the body is something else; the message says what.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise NotJson(f"not valid UTF-8 at byte {problem.start}") from None
    if not text.strip():
        raise NotJson("the body is empty")
    if text.startswith("\ufeff"):
        raise NotJson("it starts with a byte order mark, which RFC 8259 section 8.1 forbids")
    try:
        value = json.loads(text, parse_int=_integer, parse_constant=_refuse_constant)
    except RecursionError:
        raise NotJson("nested too deeply to read") from None
    except ValueError as problem:
        raise NotJson(f"not valid JSON: {problem}") from None
    if text.count("[") + text.count("{") > DEEPEST_NESTING and _is_deeper(value, DEEPEST_NESTING):
        raise NotJson(f"nested more than {DEEPEST_NESTING} levels deep")
    return value


def write_json(value: Any) -> bytes:
    """Return a JSON value as compact UTF-8, as most clients send it.

    If it contains text that UTF-8 cannot encode (a lone surrogate), all non-ASCII is escaped.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode("ascii")


def _is_deeper(value: Any, levels: int) -> bool:
    """Return whether lists and objects are nested more than this many levels deep."""
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
    raise ValueError(f"{name} is not a JSON value")


def is_number(value: Any) -> TypeGuard[int | float]:
    """Return whether a JSON value is a number; true and false are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_integer(value: Any) -> TypeGuard[int]:
    """Return whether a JSON value is an integer: 10.0 is, true is not (JSON Schema 2020-12)."""
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (isinstance(value, float) and value.is_integer())
