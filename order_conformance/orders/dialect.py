"""The server's choices where the guide leaves freedom: recorded, shown, never judged.

Most of them are read off exchanges that the tests make anyway.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from order_conformance.core.statuses import REFUSAL, SUCCESS

if TYPE_CHECKING:
    from order_conformance.http.exchange import Exchange


CAUSES: Final[dict[str, str]] = {
    "ASSOC-03": "validation",
    "ASSOC-04": "validation",
    "ASSOC-06": "unknown_reference",
    "ASSOC-07": "unknown_reference",
    "CONTENT-04": "validation",
    "CONTENT-08": "unknown_reference",
    "FETCH-02": "not_found",
    "FETCH-04": "no_id",
    "LIST-10": "page_beyond_the_end",
    "LIST-12": "senseless_paging",
    "PROTO-03": "malformed_body",
    "PROTO-05": "media_type",
    "PROTO-06": "method",
    "AUTH-01": "no_key",
    "AUTH-04": "wrong_key",
}
"""Why the requests of a requirement are refused."""

MOST_DIFFERENT = 8
LONGEST = 120
"""At most this many values of one choice, and characters of a value, are kept."""

LISTS = ("orderItems", "orderKits", "externalOrderIds", "orderNotes", "trackingNumbers", "devices")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class Dialect:
    """Choices seen in the exchanges of a run."""

    def __init__(self) -> None:
        """Start without any choice."""
        self._values: dict[str, Any] = {}
        self._seen: dict[str, Counter[Any]] = {}
        self._refusals: dict[str, Counter[int]] = {}

    def note(self, name: str, value: Any) -> None:
        """Set a choice that has one value, such as the number of the first page."""
        self._values[name] = value

    def note_max(self, name: str, value: float) -> None:
        """Keep the largest value seen, rounded to tenths."""
        self._values[name] = max(round(value, 1), self._values.get(name, 0.0))

    def count(self, name: str, value: Any) -> None:
        """Count one value of a choice that may vary, such as the status of a refusal."""
        seen = self._seen.setdefault(name, Counter())
        if value in seen or len(seen) < MOST_DIFFERENT:
            seen[value] += 1

    def get(self, name: str) -> Any:
        """Return a noted choice, or None."""
        return self._values.get(name)

    def see(self, exchange: Exchange, requirement_id: str) -> None:
        """Record the choices that one exchange shows, made for a test of that requirement."""
        if exchange.status in REFUSAL:
            cause = CAUSES.get(requirement_id)
            if cause is not None:
                self._refusals.setdefault(cause, Counter())[exchange.status] += 1
            self._see_error(exchange)
        elif exchange.status in SUCCESS and exchange.request.method in {"GET", "POST"}:
            shown = exchange.json
            if exchange.request.method == "POST":
                self.count("create_status", exchange.status)
            if isinstance(shown, dict) and "content" not in shown:
                self._see_order(shown)

    def shown(self) -> dict[str, Any]:
        """Return the dialect for ``results.json``; of counted choices, the most frequent first."""
        counted = {name: _ranked(seen) for name, seen in self._seen.items()}
        shown = {name: v[0] if len(v) == 1 else v for name, v in counted.items()}
        refusals = {cause: _ranked(seen) for cause, seen in sorted(self._refusals.items())}
        if refusals:
            shown["refusal_statuses"] = {
                cause: statuses[0] if len(statuses) == 1 else statuses
                for cause, statuses in refusals.items()
            }
        return dict(sorted({**self._values, **shown}.items()))

    def _see_error(self, exchange: Exchange) -> None:
        body = exchange.json
        if isinstance(body, dict):
            names = ", ".join(sorted(body)[:MOST_DIFFERENT])
            self.count("error_format", f"{exchange.response.media_type}: {names}"[:LONGEST])
        elif exchange.response.body:
            self.count("error_format", exchange.response.media_type[:LONGEST] or "no media type")

    def _see_order(self, order: dict[str, Any]) -> None:
        for name in LISTS:
            if not order.get(name):
                self.count("empty_list_is", _how_empty(order, name))
        for name in ("patient", "site"):
            if order.get(name) is None:
                self.count("other_association_is", _how_empty(order, name))
        patient = order.get("patient")
        born = patient.get("dateOfBirth") if isinstance(patient, dict) else None
        if isinstance(born, str):
            self.count("date_form", "date" if DATE.fullmatch(born) else "date-time")


def _how_empty(order: dict[str, Any], name: str) -> str:
    if name not in order:
        return "absent"
    return "null" if order[name] is None else "[]"


def _ranked(seen: Counter[Any]) -> list[Any]:
    return [value for value, _ in sorted(seen.items(), key=lambda i: (-i[1], str(i[0])))]
