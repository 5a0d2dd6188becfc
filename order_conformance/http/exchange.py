"""A request and its response: the unit of evidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from order_conformance.core.clock import now
from order_conformance.core.json_values import NotJson, read_json

if TYPE_CHECKING:
    from collections.abc import Sequence

JSON_TYPE = "application/json"
LONGEST_KEPT = 64 * 1024
"""Bodies of up to this many bytes keep their parsed JSON."""


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
    """What came back.

    Attributes:
        status: the status code.
        headers: names and values as they were received.
        body: the body without its content coding.
        seconds: from the first byte sent to the last byte received.
        at: when it was received, as an RFC 3339 date-time.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    seconds: float
    at: str = field(default_factory=now, compare=False)

    def header(self, name: str) -> str | None:
        """Return the first header with this name, in upper or lower case, or None."""
        return next((v for k, v in self.headers if k.lower() == name.lower()), None)

    @property
    def media_type(self) -> str:
        """The media type in lower case without parameters; empty if there is none."""
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
        """The body as a JSON value, or None if it is not JSON."""
        try:
            return self.json
        except NotJson:
            return None


@dataclass(frozen=True)
class Exchange:
    """A request with its response; the id is that of the test that sent it, and a number."""

    id: str
    request: Request
    response: Response
    retries: int = 0

    @property
    def status(self) -> int:
        """The status code of the response."""
        return self.response.status

    @property
    def json(self) -> Any:
        """The body of the response as a JSON value, or None if it is not JSON."""
        return self.response.json_or_none


@lru_cache(maxsize=1)
def _read_large(body: bytes) -> Any:
    """Parse a large body; only the last one is kept, as the same one is read several times."""
    return read_json(body)


@dataclass(frozen=True)
class TransportFailure:
    """Why an attempt brought no response.

    Attributes:
        words: the reason, to end a sentence.
        slow: whether it took too long or grew too large; each retry would cost as much again.
        sent: whether the target may have received the request.
        seconds: how long the attempt took.
    """

    words: str
    slow: bool = False
    sent: bool = True
    seconds: float = 0.0


@dataclass(frozen=True)
class Attempt:
    """One attempt at a request, its outcome, and the clock's reading when it ended."""

    request: Request
    outcome: Response | TransportFailure
    clock: float


class ExchangeLog(Protocol):
    """Where exchanges are written down."""

    def answered(self, exchange: Exchange, attempts: Sequence[Attempt] = ()) -> None:
        """Record a request with its response, and the attempts that came before it."""

    def unanswered(
        self, exchange_id: str, request: Request, failure: str, attempts: Sequence[Attempt] = ()
    ) -> None:
        """Record a request that brought no usable response, with the reason."""
