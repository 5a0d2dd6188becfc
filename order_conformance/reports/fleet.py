"""The targets of a fleet compared: a table on the terminal, and ``comparison.html``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from order_conformance.core.text import plural, printable, shortened
from order_conformance.reports.github import no_commands
from order_conformance.reports.rendering import render, verdict_class
from order_conformance.results.record import STATUSES

if TYPE_CHECKING:
    from order_conformance.reports.terminal import Terminal
    from order_conformance.results.fleet import TargetResult
    from order_conformance.results.record import RequirementResult

PAGE = "comparison.html"
LETTERS = {
    "passed": ".",
    "failed": "F",
    "warned": "w",
    "waived": "~",
    "cantTell": "?",
    "inapplicable": "-",
    "untested": "_",
}
TROUBLED = frozenset({"failed", "warned", "waived", "cantTell"})
COLOURS = {"conformant": "green", "non-conformant": "red"}


@dataclass(frozen=True)
class Row:
    """One requirement, and its result at each target that has results."""

    requirement: RequirementResult
    at: tuple[RequirementResult | None, ...]

    @property
    def statuses(self) -> tuple[str, ...]:
        """The status at each target."""
        return tuple(judged.status if judged else "untested" for judged in self.at)

    @property
    def judged(self) -> frozenset[str]:
        """The different statuses at the targets that have results."""
        return frozenset(judged.status for judged in self.at if judged)

    @property
    def all_passed(self) -> bool:
        """Whether every target that has results passed."""
        return self.judged == {"passed"}

    @property
    def is_telling(self) -> bool:
        """Whether the targets differ in it, or one of them did not pass."""
        return len(self.judged) > 1 or bool(self.judged & TROUBLED)


def rows(ended: list[TargetResult]) -> list[Row]:
    """Return the requirements in the order of the catalogue, with the result of each target."""
    at_each = [
        {judged.id: judged for judged in each.record.requirements} if each.record else {}
        for each in ended
    ]
    known = {identifier: judged for found in at_each for identifier, judged in found.items()}
    return [
        Row(judged, tuple(found.get(identifier) for found in at_each))
        for identifier, judged in known.items()
    ]


def write_table(terminal: Terminal, ended: list[TargetResult]) -> None:
    """Print each requirement in which the targets differ, then the targets with their verdicts."""
    table = rows(ended)
    telling = [row for row in table if row.is_telling]
    numbers = [str(number) for number, _ in enumerate(ended, 1)]
    with no_commands(terminal.write_line):
        terminal.write_sep("=", "requirements")
        if telling:
            terminal.write_line("".join([f"{'':<20}", *(f"{n:>4}" for n in numbers)]))
        for row in telling:
            letters = "".join(f"{LETTERS[status]:>4}" for status in row.statuses)
            terminal.write_line(
                f"{row.requirement.id:<12}{row.requirement.level:<8}{letters}",
                red="failed" in row.statuses,
                yellow="failed" not in row.statuses,
            )
        passed = plural(sum(row.all_passed for row in table), "requirement")
        terminal.write_line(f"{passed} passed at every target that has results")
        legend = ", ".join(
            f"{LETTERS[status]} {status}"
            for status in STATUSES
            if any(status in row.statuses for row in telling)
        )
        if legend:
            terminal.write_line(legend)
        terminal.write_sep("=", "targets")
        for number, each in zip(numbers, ended, strict=True):
            terminal.write_line(f"{number:>3}  {line(each)}", **colour(each))


def line(ended: TargetResult) -> str:
    """Return name, verdict and reason of a target on one line."""
    verdict = f"{ended.verdict.upper()}: {ended.reason}"
    return f"{printable(ended.name):<20} {shortened(verdict)}"


def colour(ended: TargetResult) -> dict[str, bool]:
    """Return the colour of a target's verdict."""
    return {COLOURS.get(ended.verdict, "yellow"): True}


def comparison_page(ended: list[TargetResult]) -> str:
    """Return the page: the targets, then the result of each for every requirement."""
    table = rows(ended)
    records = [each.record for each in ended if each.record]
    titles = {area: title for record in records for area, title in record.areas.items()}
    grouped = [
        (area, title, [row for row in table if row.requirement.area == area])
        for area, title in titles.items()
    ]
    return render(
        "comparison.html.jinja",
        ["report.css", "comparison.css"],
        ended=ended,
        areas=grouped,
        folders=[quote(each.name, safe="") for each in ended],
        statuses=STATUSES,
        verdict_class=verdict_class,
        all_passed=sum(row.all_passed for row in table),
        total=len(table),
    )
