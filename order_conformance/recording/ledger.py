"""``ledger.jsonl``: every order that a run may have created, as the API cannot delete orders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from order_conformance.core.clock import now
from order_conformance.recording.json_lines import JsonLines

if TYPE_CHECKING:
    from pathlib import Path

    from order_conformance.core.redaction import Redactor


LEDGER = "ledger.jsonl"


class Ledger:
    """Writes each create before it is sent, and its outcome after that."""

    def __init__(self, path: Path, redactor: Redactor) -> None:
        """Open the ledger in the reports folder."""
        self._lines = JsonLines(path, redactor)
        self._numbers = 0
        self.created: list[Any] = []
        self.unknown = 0

    def sending(self, markers: list[Any], test: str) -> int:
        """Record a create that is about to be sent; return the number of its entry."""
        self._numbers += 1
        self._write(self._numbers, "sending", {"test": test}, external_ids=markers)
        return self._numbers

    def answered(self, entry: int, status: int, order_id: Any) -> None:
        """Record the response to a create; ``order_id`` is None if the response has no id."""
        if order_id is not None:
            self.created.append(order_id)
        self._write(entry, "answered", {"status": status}, order_id=order_id)

    def unanswered(self, entry: int, order_id: Any = None) -> None:
        """Record that there was no response; ``order_id`` is set if the list shows the order."""
        if order_id is not None:
            self.created.append(order_id)
        else:
            self.unknown += 1
        self._write(entry, "unanswered", {}, order_id=order_id)

    def not_stored(self, entry: int) -> None:
        """Record that the server did not receive or did not accept a create: no order exists."""
        self._write(entry, "not stored", {})

    def close(self) -> None:
        """Close the ledger."""
        self._lines.close()

    def _write(self, entry: int, event: str, ours: dict[str, Any], **untrusted: Any) -> None:
        self._lines.write({"entry": entry, "at": now(), "event": event, **ours}, **untrusted)
