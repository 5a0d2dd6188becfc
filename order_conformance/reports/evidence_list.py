"""The list of exchanges on the page: a line or two for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from order_conformance.core.text import printable, shortened

ENDS = 2_000
"""Characters of the beginning and of the end of a long body that are used."""


@dataclass(frozen=True)
class EvidenceRow:
    """An exchange in the list."""

    number: int
    id: str
    step: str
    method: str
    path: str
    status: str
    milliseconds: str
    sent: str
    got: str


def listed(number: int, step: str, record: dict[str, Any], longest: int) -> EvidenceRow:
    """Return the row of an exchange; each body is cut to ``longest`` characters."""
    request, response = record["request"], record.get("response")
    return EvidenceRow(
        number=number,
        id=record["id"],
        step=step,
        method=printable(request["method"]),
        path=printable(shortened(request["path"], 160)),
        status=str(response["status"]) if response else "none",
        milliseconds=milliseconds(response) if response else "",
        sent=printable(shortened(_ends(request["body"]), longest)),
        got=printable(
            shortened(_ends(response["body"] if response else record.get("failure")), longest)
        ),
    )


def _ends(body: str | None) -> str:
    # Enough for a line; shortening whole bodies takes seconds.
    body = body or ""
    return body if len(body) <= 2 * ENDS else body[:ENDS] + body[-ENDS:]


def milliseconds(response: dict[str, Any]) -> str:
    """Return how long a response took."""
    return f"{response['seconds'] * 1000:.0f} ms"
