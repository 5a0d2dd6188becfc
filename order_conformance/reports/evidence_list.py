"""How the list of the evidence on the page shows an exchange: a line or two of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from order_conformance.core.text import printable, shortened

ENDS = 2_000
"""Characters of a long body's beginning and end that are looked at."""


@dataclass(frozen=True)
class EvidenceRow:
    """An exchange as the list of the evidence shows it."""

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
    """Return what the list shows of an exchange, its bodies cut to so many characters."""
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
    # Enough for a line: joining the words of whole bodies to show a line of each takes seconds.
    body = body or ""
    return body if len(body) <= 2 * ENDS else body[:ENDS] + body[-ENDS:]


def milliseconds(response: dict[str, Any]) -> str:
    """Return how long an answer took."""
    return f"{response['seconds'] * 1000:.0f} ms"
