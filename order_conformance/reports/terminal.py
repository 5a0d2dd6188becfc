"""The summary at the end of the terminal output. The verdict is last, as most people look there.

Above it are the areas, and above these what has to be fixed, the most severe last.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any, Protocol

from _pytest._io import TerminalWriter  # what pytest's own reporter writes with

from order_conformance.core.text import plural, printable, shortened
from order_conformance.core.vocabulary import Blame, Level, Outcome, Verdict
from order_conformance.judging.failure_message import details, headline
from order_conformance.reports.github import no_commands, publish
from order_conformance.results.failures import distinct

if TYPE_CHECKING:
    from order_conformance.judging.verdict import Judgement, RequirementOutcome
    from order_conformance.results.document import CompletedRun

COLUMNS = ("passed", "failed", "warned", "waived", "cantTell", "inapplicable", "untested")
LONGEST_LIST = 12
MOST_OTHERS = 5
WIDTH = 100


class Terminal(Protocol):
    """The part of pytest's terminal reporter that is used here."""

    def write_line(self, line: str, **markup: bool) -> None:
        """Write one line, in colour where there is colour."""

    def write_sep(self, sep: str, title: str | None = None, **markup: bool) -> None:
        """Write a heading between two rows of a character."""


class Console:
    """A terminal without pytest."""

    def __init__(self) -> None:
        """Write to standard output, in colour where pytest would."""
        self._writer = TerminalWriter()

    def write_line(self, line: str, **markup: bool) -> None:
        """Write one line, in colour where there is colour."""
        self._writer.line(line, **markup)

    def write_sep(self, sep: str, title: str | None = None, **markup: bool) -> None:
        """Write a heading between two rows of a character."""
        self._writer.sep(sep, title, **markup)


def write_summary(
    terminal: Terminal, finished: CompletedRun, unwritten: list[str] | None = None
) -> None:
    """Print the summary of a finished run.

    Args:
        terminal: pytest's terminal or one like it; it takes care of colours and NO_COLOR.
        finished: the run.
        unwritten: a line for each report that could not be written.
    """
    judgement = finished.judgement
    with no_commands(terminal.write_line):
        _write_reasons(terminal, judgement, Outcome.INAPPLICABLE, "inapplicable")
        _write_messages(terminal, finished, Level.SHOULD, "warnings")
        _write_reasons(terminal, judgement, Outcome.CANT_TELL, "could not be judged (cantTell)")
        _write_waived(terminal, judgement)
        _write_messages(terminal, finished, Level.MUST, "failures")
        _write_suite_errors(terminal, judgement)
        _write_areas(terminal, finished)
        _write_facts(terminal, finished)
        for line in unwritten or ():
            terminal.write_line(f"report:   {line}", yellow=True)
        _write_verdict(terminal, judgement)
    try:
        commands = publish(finished.reports)
    except Exception as problem:  # noqa: BLE001 - no report may change what the run says
        commands = [f"GitHub's summary could not be written ({type(problem).__name__})"]
    for command in commands:
        terminal.write_line(command)


def _write_areas(terminal: Terminal, finished: CompletedRun) -> None:
    terminal.write_sep("=", "requirements")
    areas = {
        prefix: Counter(
            _column(judged)
            for judged in finished.judgement.outcomes
            if judged.requirement.area == prefix
        )
        for prefix in finished.catalogue.areas
    }
    used = [name for name in COLUMNS if any(counts[name] for counts in areas.values())]
    title = max(map(len, finished.catalogue.areas.values()))
    terminal.write_line(f"{'':<{title + 9}}" + "".join(f"{name:>{len(name) + 2}}" for name in used))
    for prefix, counts in areas.items():
        numbers = "".join(f"{counts[name] or '.':>{len(name) + 2}}" for name in used)
        terminal.write_line(
            f"{prefix:<9}{finished.catalogue.areas[prefix]:<{title}}{numbers}",
            red=bool(counts["failed"]),
            yellow=bool(counts["warned"] or counts["cantTell"]) and not counts["failed"],
        )


def _column(judged: RequirementOutcome) -> str:
    if judged.is_waived_failure:
        return "waived"
    if judged.outcome is Outcome.FAILED and judged.requirement.level is Level.SHOULD:
        return "warned"
    return judged.outcome.value


def _write_reasons(terminal: Terminal, judgement: Judgement, outcome: Outcome, title: str) -> None:
    """Print the requirements with one outcome, grouped by reason."""
    by_reason: dict[str, list[str]] = {}
    for judged in judgement.outcomes:
        if judged.outcome is outcome:
            by_reason.setdefault(judged.reason, []).append(judged.requirement.id)
    if not by_reason:
        return
    terminal.write_line("")
    terminal.write_line(f"{title}:")
    for reason, ids in by_reason.items():
        more = f" and {len(ids) - LONGEST_LIST} more" if len(ids) > LONGEST_LIST else ""
        terminal.write_line(f"  {', '.join(ids[:LONGEST_LIST])}{more}")
        terminal.write_line(f"      {reason}")


def _write_messages(terminal: Terminal, finished: CompletedRun, level: Level, title: str) -> None:
    guesses = guess_lines(finished.results["guesses"])
    failed = [
        judged
        for judged in finished.judgement.outcomes
        if _column(judged) == ("failed" if level is Level.MUST else "warned")
    ]
    if not failed:
        return
    terminal.write_sep("=", title)
    for judged in failed:
        _write_findings(terminal, judged)
        for line in guesses.get(judged.requirement.id, ()):
            terminal.write_line(line)
        terminal.write_line("")


def _write_findings(terminal: Terminal, judged: RequirementOutcome) -> None:
    """Print the first failure of a requirement in full, and the title of each other kind."""
    failures = [test.failure for test in judged.tests if test.failure]
    (first, alike), *others = distinct(failures)
    must = judged.requirement.level is Level.MUST
    terminal.write_line(headline(first), bold=True, red=must, yellow=not must)
    for line in details(first):
        terminal.write_line(line)
    if alike:
        terminal.write_line(f"  and {alike} more like it")
    for other, more in others[:MOST_OTHERS]:
        times = f" ({more + 1} times)" if more else ""
        terminal.write_line(f"  also       {printable(shortened(other.title))}{times}")
    if len(others) > MOST_OTHERS:
        terminal.write_line(f"  and {len(others) - MOST_OTHERS} others, see report.html")


def guess_lines(guesses: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Return the lines of each guess, by the first of the requirements that it explains."""
    laid_out = {}
    for each in guesses:
        first, *others = each["requirements"]
        also = f" (perhaps {', '.join(others)} too)" if others else ""
        lines = [f"  guess      it fails as a server does that has this fault{also}:"]
        lines += [f"             - {guess['does']}" for guess in each["guesses"]]
        laid_out[first] = lines
    return laid_out


def _write_waived(terminal: Terminal, judgement: Judgement) -> None:
    """Print waived failures, what only they block, and the waivers that have to be removed."""
    waived = [judged for judged in judgement.outcomes if judged.waiver is not None]
    if waived or judgement.waiver_problems:
        terminal.write_sep("=", "waivers")
    for judged in waived:
        summary = printable(shortened(judged.reason))
        terminal.write_line(f"{judged.requirement.id} waived: {summary}", yellow=True)
        terminal.write_line(f"  {printable(str(judged.waiver))}")
    for problem in judgement.waiver_problems:
        terminal.write_line(problem, red=True)


def _write_suite_errors(terminal: Terminal, judgement: Judgement) -> None:
    errors = [
        test
        for judged in judgement.outcomes
        for test in judged.tests
        if test.blame is Blame.SUITE and test.trace
    ]
    if not errors:
        return
    terminal.write_sep("=", "errors in the suite itself (not the server's fault; please report)")
    for test in errors:
        terminal.write_line(f"{test.requirement} {test.test}", bold=True)
        terminal.write_line(test.trace)


def _write_facts(terminal: Terminal, finished: CompletedRun) -> None:
    judgement, results = finished.judgement, finished.results
    embedded = results["target"]["embedded"]
    terminal.write_line("")
    failed = [judged.requirement.id for judged in judgement.outcomes if _column(judged) == "failed"]
    dialect = json.dumps(results["dialect"])[1:-1].replace('"', "")
    if dialect:
        terminal.write_line(printable(f"dialect:  {shortened(dialect, 3 * WIDTH)}"))
    target = "embedded reference server" if embedded else results["target"]["base_url"]
    terminal.write_line(
        f"target:   {target}, profile {results['profile']}, seed {results['seed']}, "
        f"{results['requests']} requests, {results['seconds']:.1f} s"
    )
    orders = plural(results["orders_created"], "order")
    where = "gone with the embedded server" if embedded else "they remain on the target"
    terminal.write_line(f"orders:   {orders} created, listed in ledger.jsonl ({where})")
    unknown = results["remaining"]["unknown"]
    if unknown:
        terminal.write_line(
            f"          {unknown} more may be there: creates without a response "
            '("unanswered" in ledger.jsonl)',
            yellow=True,
        )
    terminal.write_line(f"report:   {finished.reports / 'report.html'}")
    if judgement.warnings:
        count = plural(judgement.warnings, "SHOULD requirement")
        terminal.write_line(f"warnings: {count} failed; with --strict, this fails the run")
    if failed:
        terminal.write_line(f"failed:   {', '.join(failed)}")


def _write_verdict(terminal: Terminal, judgement: Judgement) -> None:
    colour = {
        Verdict.CONFORMANT: "green",
        Verdict.NON_CONFORMANT: "red" if judgement.exit_code else "yellow",
        Verdict.INCONCLUSIVE: "yellow",
    }[judgement.verdict]
    terminal.write_line(
        f"{judgement.verdict.value.upper()}: {judgement.reason}", bold=True, **{colour: True}
    )
