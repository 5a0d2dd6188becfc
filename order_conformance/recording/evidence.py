"""``evidence.jsonl``: every exchange of a run, written as it happens."""

from __future__ import annotations

import base64
import hashlib
import zlib
from typing import TYPE_CHECKING, Any

from order_conformance.core.clock import now
from order_conformance.http.exchange import Response
from order_conformance.recording.json_lines import JsonLines

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from order_conformance.core.redaction import Redactor
    from order_conformance.http.exchange import Attempt, Exchange, Request, TransportFailure

EVIDENCE = "evidence.jsonl"

LONGEST_BODY = 64 * 1024
"""Characters of a body that are written as text."""

MOST_MASKED = 1024 * 1024
"""Bytes of a body that are searched for secrets and written as text; the rest is only packed."""

LONGEST_SPELLING = 64 * 1024
"""Cut this many characters off the end of a longer body: a secret may start there."""


class EvidenceLog:
    """Writes each exchange, with the test that sent it and all that a replay needs.

    See ``replay.py``.
    """

    def __init__(self, path: Path, redactor: Redactor) -> None:
        """Open the log in the reports folder."""
        self._lines = JsonLines(path, redactor)
        self._redactor = redactor

    def answered(self, exchange: Exchange, attempts: Sequence[Attempt] = ()) -> None:
        """Record a request with its response, and the attempts that came before it."""
        self._lines.write(
            {
                "id": exchange.id,
                "at": exchange.response.at,
                "retries": exchange.retries,
                **_clock_of(attempts),
            },
            request=request_record(exchange.request, self._redactor),
            response=_response_record(exchange.response, self._redactor),
            **self._attempts(attempts[:-1]),
        )

    def unanswered(
        self, exchange_id: str, request: Request, failure: str, attempts: Sequence[Attempt] = ()
    ) -> None:
        """Record a request that brought no usable response, with the reason."""
        self._lines.write(
            {"id": exchange_id, "at": now(), **_clock_of(attempts)},
            request=request_record(request, self._redactor),
            failure=failure,
            **self._attempts(attempts),
        )

    def close(self) -> None:
        """Close the log."""
        self._lines.close()

    def _attempts(self, attempts: Sequence[Attempt]) -> dict[str, Any]:
        """Return the records of attempts that are not the final one; empty if there are none."""
        records = [
            {
                "clock": attempt.clock,
                "request": request_record(attempt.request, self._redactor),
                **_outcome_record(attempt.outcome, self._redactor),
            }
            for attempt in attempts
        ]
        return {"attempts": records} if records else {}


def request_record(request: Request, redactor: Redactor) -> dict[str, Any]:
    """Return a request as the evidence records it, without secrets."""
    record = {
        "method": request.method,
        "path": request.path,
        "headers": [list(pair) for pair in request.headers],
        "with_key": request.with_key,
        "body": None,
    }
    if request.body is not None:
        record |= _body_record(request.body, redactor)
    masked: dict[str, Any] = redactor.value(record)
    return masked


def body_digest(body: bytes) -> str:
    """Return the digest of a body that the evidence records."""
    return "sha256:" + hashlib.sha256(body).hexdigest()


def _response_record(response: Response, redactor: Redactor) -> dict[str, Any]:
    headers = [list(pair) for pair in response.headers]
    masked = redactor.value(headers)
    body = _body_record(response.body, redactor)
    record = {
        "status": response.status,
        "headers": masked,
        **body,
        "body_bytes": len(response.body),
        "body_digest": body_digest(response.body),
        "seconds": response.seconds,
    }
    # Otherwise our mask could not be distinguished from the same text sent by the server.
    return record | {"redacted": True} if masked != headers or "redacted" in body else record


def _outcome_record(outcome: Response | TransportFailure, redactor: Redactor) -> dict[str, Any]:
    if isinstance(outcome, Response):
        return {"at": outcome.at, "response": _response_record(outcome, redactor)}
    return {
        "failure": outcome.words,
        "slow": outcome.slow,
        "sent": outcome.sent,
        "seconds": outcome.seconds,
    }


def _body_record(body: bytes, redactor: Redactor) -> dict[str, Any]:
    """Return a body as text and, if the text is not exact, as packed bytes too."""
    # Mask before cutting, so that no part of a secret remains at the end.
    whole = body[:MOST_MASKED].decode("utf-8", "backslashreplace")
    text = redactor.text(whole)
    record: dict[str, Any] = {"body": text}
    if text != whole:
        record["redacted"] = True
    is_long = len(body) > MOST_MASKED
    if is_long:
        text = text[:-LONGEST_SPELLING]
    if is_long or len(text) > LONGEST_BODY:
        record["body"] = f"{text[:LONGEST_BODY]}... ({len(body)} bytes)"
    if is_long or len(text) > LONGEST_BODY or not _is_utf8(body):
        record |= _packed(body, redactor)
    return record


def _packed(body: bytes, redactor: Redactor) -> dict[str, Any]:
    """Return the masked bytes of a body, compressed; Latin-1 keeps each byte as it is."""
    whole = body.decode("latin-1")
    exact = redactor.text(whole)
    packed = base64.b64encode(zlib.compress(exact.encode("latin-1"))).decode("ascii")
    return {"body_packed": packed, **({"redacted": True} if exact != whole else {})}


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _clock_of(attempts: Sequence[Attempt]) -> dict[str, float]:
    return {"clock": attempts[-1].clock} if attempts else {}
