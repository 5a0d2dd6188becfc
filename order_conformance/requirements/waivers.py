"""Waivers: failures that a team lives with for a time, named, owned and dated.

A waiver takes a failure out of the exit code, not out of the verdict: the server still does not
conform. One that has expired, or whose requirement passes again, fails the run by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from order_conformance.core.outcomes import Outcome, UsageProblem
from order_conformance.target.settings import read_toml

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from order_conformance.requirements.catalogue import Catalogue

TEXTS = ("requirement", "reason", "owner")
KEYS = frozenset({*TEXTS, "expires", "link"})


@dataclass(frozen=True)
class Waiver:
    """Who lives with the failure of a requirement, why, and until when (that day included)."""

    requirement: str
    reason: str
    owner: str
    expires: date
    link: str = ""

    def __str__(self) -> str:
        """Say it in a line."""
        link = f" ({self.link})" if self.link else ""
        return f"until {self.expires} by {self.owner}: {self.reason}{link}"

    def as_json(self) -> dict[str, str]:
        """Return it as ``results.json`` has it."""
        return {
            "reason": self.reason,
            "owner": self.owner,
            "expires": self.expires.isoformat(),
            "link": self.link,
        }


@dataclass(frozen=True)
class Waivers:
    """The waivers of a run, and the day on which they are held against it."""

    all: dict[str, Waiver]
    today: date

    def of(self, requirement: str, outcome: Outcome) -> Waiver | None:
        """Return what waives an outcome; None where nothing does."""
        waiver = self.all.get(requirement)
        is_valid = waiver is not None and waiver.expires >= self.today
        return waiver if is_valid and outcome is Outcome.FAILED else None

    def problems(self, outcomes: Iterable[tuple[str, Outcome]]) -> list[str]:
        """Say which waivers have to go: they have expired, or nothing fails any more."""
        found = []
        for requirement, outcome in outcomes:
            waiver = self.all.get(requirement)
            if waiver is not None and waiver.expires < self.today:
                found.append(f"the waiver of {requirement} has expired on {waiver.expires}")
            elif waiver is not None and outcome is Outcome.PASSED:
                found.append(f"the waiver of {requirement} is not needed: it passes; remove it")
        return found


NO_WAIVERS = Waivers({}, date.max)


def read_waivers(path: Path, catalogue: Catalogue) -> Waivers:
    """Read a file of waivers.

    Raises:
        UsageProblem: it cannot be read, or a waiver in it lacks something or is about nothing.
    """
    content = read_toml(path, "--waivers")
    entries = content.get("waiver")
    if set(content) != {"waiver"} or not isinstance(entries, list):
        raise UsageProblem(f"--waivers {path}: holds something else than [[waiver]] tables")
    waivers: dict[str, Waiver] = {}
    for number, entry in enumerate(entries, 1):
        wrong = _wrong_shape(entry) or _wrong_requirement(entry, catalogue, waivers)
        if wrong:
            raise UsageProblem(f"--waivers {path}: waiver {number}: {wrong}")
        waivers[entry["requirement"]] = Waiver(**entry)
    return Waivers(waivers, datetime.now(UTC).date())


def _wrong_shape(entry: Any) -> str:
    """Say what an entry lacks, or has too much; empty if nothing is wrong."""
    if not isinstance(entry, dict) or not set(entry) <= KEYS:
        return f"has other keys than {', '.join(sorted(KEYS))}"
    for name in TEXTS:
        if not isinstance(entry.get(name), str) or not entry[name].strip():
            return f"has no {name}; give it in quotes"
    if not isinstance(entry.get("link", ""), str):
        return "has a link that is no text"
    # A date-time is a date to Python; whose noon it would be nobody can tell.
    if type(entry.get("expires")) is not date:
        return "has no expires; give a date such as 2027-01-31, without quotes"
    return ""


def _wrong_requirement(
    entry: dict[str, Any], catalogue: Catalogue, others: dict[str, Waiver]
) -> str:
    if entry["requirement"] not in catalogue:
        return f"{entry['requirement']!r} is no requirement; `order-conformance list` shows them"
    if entry["requirement"] in others:
        return f"{entry['requirement']} is waived twice"
    return ""
