"""``ledger.jsonl``: every order that a run may have created."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from order_conformance.core.clock import now
from order_conformance.recording.json_lines import JsonLines

if TYPE_CHECKING:
    from pathlib import Path

    from order_conformance.core.redaction import Redactor


LEDGER = "ledger.jsonl"


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
