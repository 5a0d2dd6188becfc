"""One request and what came back: the unit of evidence."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, NoReturn

from order_conformance.clock import now

JSON_TYPE = "application/json"
# Python refuses to read longer integers; a float keeps such a value a number.
LONGEST_INTEGER = 400
LONGEST_KEPT = 64 * 1024
"""Bytes of a body up to which what was read out of it is kept beside it."""

DEEPEST_NESTING = 200
"""Levels that are read: some programs stop at 64, and no order comes near it."""


class NotJson(ValueError):
    """The body is not exactly one JSON text in UTF-8 (RFC 8259); the text says why."""


@dataclass(frozen=True)
class Request:
    """What is sent: ``path`` is the raw, percent-encoded path with its query."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    with_key: bool = True


@dataclass(frozen=True)
class Answer:
    """What came back, when, and after how many seconds from the first byte sent to the last."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    seconds: float
    at: str = field(default_factory=now, compare=False)

    def header(self, name: str) -> str | None:
        """Return the first header of that name, in any case, or None."""
        return next((v for k, v in self.headers if k.lower() == name.lower()), None)

    @property
    def media_type(self) -> str:
        """The media type in lower case without parameters; empty when there is none."""
        return (self.header("content-type") or "").partition(";")[0].strip().lower()

    @property
    def says_json(self) -> bool:
        """Whether the media type is application/json or has the +json suffix (RFC 6839)."""
        return self.media_type == JSON_TYPE or self.media_type.endswith("+json")

    @property
    def json(self) -> Any:
        """The body as a JSON value.

        Raises:
            NotJson: the body is not one JSON text in UTF-8.
        """
        return self._json if len(self.body) <= LONGEST_KEPT else _read_large(self.body)

    @cached_property
    def _json(self) -> Any:
        return read_json(self.body)

    @property
    def json_or_none(self) -> Any:
        """The body as a JSON value, or None when it is no JSON."""
        try:
            return self.json
        except NotJson:
            return None


@dataclass(frozen=True)
class Exchange:
    """A request with its answer, named by the test that made it and a sequence number.

    ``others_accepted`` tells of a create whether the run had any order accepted before it.
    """

    id: str
    request: Request
    answer: Answer
    retries: int = 0
    others_accepted: bool = True

    @property
    def status(self) -> int:
        """The status code of the answer."""
        return self.answer.status

    @property
    def json(self) -> Any:
        """The answer's body as a JSON value, or None when it is no JSON."""
        return self.answer.json_or_none


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


@lru_cache(maxsize=1)
def _read_large(body: bytes) -> Any:
    """Read what would take too much memory to keep; whoever looks at it does so at once."""
    return read_json(body)


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
