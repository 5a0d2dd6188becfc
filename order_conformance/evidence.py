"""What a run leaves behind as it goes: every exchange, and every order it may have created."""

from __future__ import annotations

import base64
import hashlib
import json
import math
import zlib
from typing import TYPE_CHECKING, Any, TextIO

from order_conformance.clock import now
from order_conformance.exchange import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from order_conformance.exchange import Exchange, Request
    from order_conformance.redaction import Redactor
    from order_conformance.retries import Attempt, Trouble

EVIDENCE = "evidence.jsonl"
LEDGER = "ledger.jsonl"

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


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the records of such a file; a last line that was cut off ends it."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            try:
                yield json.loads(line)
            except ValueError:
                return


class EvidenceLog:
    """``evidence.jsonl``: each exchange, written as it happens, with the test that made it.

    It holds what a replay needs to judge the run again (see ``replay.py``).
    """

    def __init__(self, path: Path, redactor: Redactor) -> None:
        """Open the log in the reports folder."""
        self._lines = JsonLines(path, redactor)
        self._redactor = redactor

    def answered(self, exchange: Exchange, attempts: Sequence[Attempt] = ()) -> None:
        """Record a request and its answer, and the attempts that came before it."""
        self._lines.write(
            {
                "id": exchange.id,
                "at": exchange.answer.at,
                "retries": exchange.retries,
                **_clock_of(attempts),
            },
            request=request_record(exchange.request, self._redactor),
            answer=_answer_record(exchange.answer, self._redactor),
            **self._attempts(attempts[:-1]),
        )

    def unanswered(
        self, exchange_id: str, request: Request, trouble: str, attempts: Sequence[Attempt] = ()
    ) -> None:
        """Record a request that brought no usable answer, with the reason."""
        self._lines.write(
            {"id": exchange_id, "at": now(), **_clock_of(attempts)},
            request=request_record(request, self._redactor),
            trouble=trouble,
            **self._attempts(attempts),
        )

    def close(self) -> None:
        """Close the log."""
        self._lines.close()

    def _attempts(self, attempts: Sequence[Attempt]) -> dict[str, Any]:
        """Return what became of attempts that were not the last word; nothing for none."""
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
    """Return a request as the evidence tells it, without secrets."""
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
    """Return the digest by which the evidence knows a whole body."""
    return "sha256:" + hashlib.sha256(body).hexdigest()


def _answer_record(answer: Answer, redactor: Redactor) -> dict[str, Any]:
    headers = [list(pair) for pair in answer.headers]
    masked = redactor.value(headers)
    body = _body_record(answer.body, redactor)
    record = {
        "status": answer.status,
        "headers": masked,
        **body,
        "body_bytes": len(answer.body),
        "body_digest": body_digest(answer.body),
        "seconds": answer.seconds,
    }
    # Else nobody could tell our mask from one that the server has written.
    return record | {"redacted": True} if masked != headers or "redacted" in body else record


def _outcome_record(outcome: Answer | Trouble, redactor: Redactor) -> dict[str, Any]:
    if isinstance(outcome, Answer):
        return {"at": outcome.at, "answer": _answer_record(outcome, redactor)}
    return {
        "trouble": outcome.words,
        "slow": outcome.slow,
        "sent": outcome.sent,
        "seconds": outcome.seconds,
    }


def _body_record(body: bytes, redactor: Redactor) -> dict[str, Any]:
    """Return a body as text and, where that is not the whole truth, as packed bytes too."""
    # Masked before it is cut, so that no half of a secret stays at the edge.
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
    """Return the masked bytes of a body; a character a byte, so none of them is lost."""
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
