"""What a run leaves behind as it goes: every exchange, and every order it may have created."""

from __future__ import annotations

import hashlib
import json
import math
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from pathlib import Path

    from order_conformance.exchange import Answer, Exchange, Request
    from order_conformance.redaction import Redactor

LONGEST_BODY = 64 * 1024
"""Characters of a body that are written down."""

MOST_MASKED = 1024 * 1024
"""Bytes of a body that are looked through for secrets: what follows is not written down."""

LONGEST_SPELLING = 64 * 1024
"""Characters that a secret may take: of so many at the edge nobody knows what they begin."""


class JsonLines:
    """A file of one redacted JSON object a line, flushed line by line."""

    def __init__(self, path: Path, redactor: Redactor) -> None:
        """Start the file anew: an earlier run's lines never pass for this run's."""
        self._redactor = redactor
        self._file: TextIO = path.open("w", encoding="utf-8")

    def write(self, record: dict[str, Any], **untrusted: Any) -> None:
        """Append one record; secrets are masked in what is ``untrusted``: others' words.

        Our own words stay: a key that is called "test" must not black out the names of tests.
        """
        whole = record | self._redactor.value(untrusted)
        self._file.write(json.dumps(finite(whole), allow_nan=False) + "\n")
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class EvidenceLog:
    """``evidence.jsonl``: each exchange, written as it happens, with the test that made it."""

    def __init__(self, path: Path, redactor: Redactor) -> None:
        """Open the log in the reports folder."""
        self._lines = JsonLines(path, redactor)
        self._redactor = redactor

    def answered(self, exchange: Exchange) -> None:
        """Record a request and its answer."""
        self._lines.write(
            {"id": exchange.id, "at": now(), "retries": exchange.retries},
            request=self._request(exchange.request),
            answer=self._answer(exchange.answer),
        )

    def unanswered(self, exchange_id: str, request: Request, trouble: str) -> None:
        """Record a request that brought no usable answer, with the reason."""
        self._lines.write(
            {"id": exchange_id, "at": now()}, request=self._request(request), trouble=trouble
        )

    def close(self) -> None:
        """Close the log."""
        self._lines.close()

    def _request(self, request: Request) -> dict[str, Any]:
        return {
            "method": request.method,
            "path": request.path,
            "headers": [list(pair) for pair in request.headers],
            "with_key": request.with_key,
            "body": None if request.body is None else self._body(request.body),
        }

    def _answer(self, answer: Answer) -> dict[str, Any]:
        return {
            "status": answer.status,
            "headers": [list(pair) for pair in answer.headers],
            "body": self._body(answer.body),
            "body_bytes": len(answer.body),
            "body_digest": "sha256:" + hashlib.sha256(answer.body).hexdigest(),
            "seconds": round(answer.seconds, 6),
        }

    def _body(self, body: bytes) -> str:
        # Masked before it is cut, so that no half of a secret stays at the edge.
        text = self._redactor.text(body[:MOST_MASKED].decode("utf-8", "backslashreplace"))
        if len(body) > MOST_MASKED:
            text = text[:-LONGEST_SPELLING]
        elif len(text) <= LONGEST_BODY:
            return text
        return f"{text[:LONGEST_BODY]}... ({len(body)} bytes)"


class Ledger:
    """``ledger.jsonl``: every order that the run may have created, as the API has no delete."""

    def __init__(self, path: Path, redactor: Redactor) -> None:
        """Open the ledger in the reports folder."""
        self._lines = JsonLines(path, redactor)
        self._numbers = 0
        self.created: list[Any] = []
        self.unknown = 0

    def sending(self, markers: list[Any], test: str) -> int:
        """Note a create that is about to be sent; returns the entry's number."""
        self._numbers += 1
        self._write(self._numbers, "sending", {"test": test}, external_ids=markers)
        return self._numbers

    def answered(self, entry: int, status: int, order_id: Any) -> None:
        """Note how a create was answered; ``order_id`` is None when none was shown."""
        if order_id is not None:
            self.created.append(order_id)
        self._write(entry, "answered", {"status": status}, order_id=order_id)

    def unanswered(self, entry: int, order_id: Any = None) -> None:
        """Note that no answer came; ``order_id`` is that of the order if the list shows it."""
        if order_id is not None:
            self.created.append(order_id)
        else:
            self.unknown += 1
        self._write(entry, "unanswered", {}, order_id=order_id)

    def not_stored(self, entry: int) -> None:
        """Note that a create did not reach the server, or that it said so: no order is left."""
        self._write(entry, "not stored", {})

    def close(self) -> None:
        """Close the ledger."""
        self._lines.close()

    def _write(self, entry: int, event: str, ours: dict[str, Any], **untrusted: Any) -> None:
        self._lines.write({"entry": entry, "at": now(), "event": event, **ours}, **untrusted)


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


def now() -> str:
    """Return the present time as an RFC 3339 date-time in UTC."""
    return datetime.fromtimestamp(time.time(), UTC).isoformat(timespec="milliseconds")
