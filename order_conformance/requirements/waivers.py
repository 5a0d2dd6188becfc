"""Waivers: known failures that are ignored until a date, each with a reason and an owner.

A waiver keeps a failure out of the exit code, not out of the verdict: the server still does not
conform. A waiver that has expired, or whose requirement passes again, itself fails the run.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from order_conformance.core.exit_codes import UsageProblem
from order_conformance.core.vocabulary import Outcome
from order_conformance.target.settings import read_toml

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from order_conformance.requirements.catalogue import Catalogue

TEXTS = ("requirement", "reason", "owner")
KEYS = frozenset({*TEXTS, "expires", "link"})


@dataclass(frozen=True)
class Waiver:
    """A known failure: who accepts it, why, and until when (including that day)."""

    requirement: str
    reason: str
    owner: str
    expires: date
    link: str = ""

    def __str__(self) -> str:
        """Return the waiver in one line."""
        link = f" ({self.link})" if self.link else ""
        return f"until {self.expires} by {self.owner}: {self.reason}{link}"

    def as_json(self) -> dict[str, str]:
        """Return the waiver as ``results.json`` has it."""
        return {
            "reason": self.reason,
            "owner": self.owner,
            "expires": self.expires.isoformat(),
            "link": self.link,
        }


@dataclass(frozen=True)
class Waivers:
    """The waivers of a run, and the day on which they are checked."""

    all: dict[str, Waiver]
    today: date

    def of(self, requirement: str, outcome: Outcome) -> Waiver | None:
        """Return the waiver of an outcome; None if it is not waived."""
        waiver = self.all.get(requirement)
        is_valid = waiver is not None and waiver.expires >= self.today
        return waiver if is_valid and outcome is Outcome.FAILED else None

    def problems(self, outcomes: Iterable[tuple[str, Outcome]]) -> list[str]:
        """Return one line for each waiver that has expired or is no longer needed."""
        found = []
        for requirement, outcome in outcomes:
            waiver = self.all.get(requirement)
            if waiver is not None and waiver.expires < self.today:
                found.append(f"the waiver of {requirement} expired on {waiver.expires}")
            elif waiver is not None and outcome is Outcome.PASSED:
                found.append(f"the waiver of {requirement} is not needed: it passes; remove it")
        return found


NO_WAIVERS = Waivers({}, date.max)


def read_waivers(path: Path, catalogue: Catalogue) -> Waivers:
    """Return the waivers of a file.

    Raises:
        UsageProblem: it cannot be read, or one of its waivers is incomplete or wrong.
    """
    content = read_toml(path, "--waivers")
    entries = content.get("waiver")
    if set(content) != {"waiver"} or not isinstance(entries, list):
        raise UsageProblem(f"--waivers {path}: must hold [[waiver]] tables and nothing else")
    waivers: dict[str, Waiver] = {}
    for number, entry in enumerate(entries, 1):
        wrong = _wrong_shape(entry) or _wrong_requirement(entry, catalogue, waivers)
        if wrong:
            raise UsageProblem(f"--waivers {path}: waiver {number}: {wrong}")
        waivers[entry["requirement"]] = Waiver(**entry)
    return Waivers(waivers, datetime.now(UTC).date())


def _wrong_shape(entry: Any) -> str:
    """Return what is wrong with the keys of an entry; empty if nothing is."""
    if not isinstance(entry, dict) or not set(entry) <= KEYS:
        return f"has keys other than {', '.join(sorted(KEYS))}"
    for name in TEXTS:
        if not isinstance(entry.get(name), str) or not entry[name].strip():
            return f"has no {name}; give it in quotes"
    if not isinstance(entry.get("link", ""), str):
        return "has a link that is not a text"
    # To Python a date-time is a date as well, but its time zone would be unclear.
    if type(entry.get("expires")) is not date:
        return "has no expires; give a date such as 2027-01-31, without quotes"
    return ""


def _wrong_requirement(
    entry: dict[str, Any], catalogue: Catalogue, others: dict[str, Waiver]
) -> str:
    if entry["requirement"] not in catalogue:
        return f"{entry['requirement']!r} is not a requirement; `order-conformance list` shows them"
    if entry["requirement"] in others:
        return f"{entry['requirement']} is waived twice"
    return ""
