"""One request and what came back: the unit of evidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from order_conformance.core.clock import now
from order_conformance.core.json_values import NotJson, read_json

JSON_TYPE = "application/json"
LONGEST_KEPT = 64 * 1024
"""Bytes of a body up to which what was read out of it is kept beside it."""


@dataclass(frozen=True)
class Request:
    """What is sent: ``path`` is the raw, percent-encoded path with its query."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    with_key: bool = True


@dataclass(frozen=True)
class Response:
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
    response: Response
    retries: int = 0
    others_accepted: bool = True

    @property
    def status(self) -> int:
        """The status code of the answer."""
        return self.response.status

    @property
    def json(self) -> Any:
        """The answer's body as a JSON value, or None when it is no JSON."""
        return self.response.json_or_none


@lru_cache(maxsize=1)
def _read_large(body: bytes) -> Any:
    """Read what would take too much memory to keep; whoever looks at it does so at once."""
    return read_json(body)


@dataclass(frozen=True)
class TransportFailure:
    """Why an attempt brought no answer, in words.

    Attributes:
        words: the reason, to end a sentence.
        slow: time or patience ran out; more attempts would cost as much again.
        sent: whether the target may have seen the request.
        seconds: how long it took to turn out.
    """

    words: str
    slow: bool = False
    sent: bool = True
    seconds: float = 0.0


@dataclass(frozen=True)
class Attempt:
    """One attempt at a request, its outcome, and the reading of the clock at its end."""

    request: Request
    outcome: Response | TransportFailure
    clock: float
