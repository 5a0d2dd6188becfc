"""The end of the terminal output: areas, warnings, what could not be judged, failures, verdict."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from order_conformance.message import printable, shortened
from order_conformance.outcomes import Blame, Level, Outcome, Verdict
from order_conformance.verdict import plural

if TYPE_CHECKING:
    import pytest

    from order_conformance.run import Run
    from order_conformance.verdict import Judgement, RequirementOutcome

COLUMNS = ("passed", "failed", "warned", "cantTell", "inapplicable", "untested")
LONGEST_LIST = 12


def write_summary(terminal: pytest.TerminalReporter, run: Run) -> None:
    """Print the summary of a finished run."""
    judgement = run.judgement
    if judgement is None:
        return
    _write_areas(terminal, run, judgement)
    _write_reasons(terminal, judgement, Outcome.INAPPLICABLE, "inapplicable")
    _write_messages(terminal, judgement, Level.SHOULD, "warnings")
    _write_reasons(terminal, judgement, Outcome.CANT_TELL, "could not be judged (cantTell)")
    _write_messages(terminal, judgement, Level.MUST, "failures")
    _write_suite_errors(terminal, judgement)
    _write_verdict(terminal, run, judgement)


def _write_areas(terminal: pytest.TerminalReporter, run: Run, judgement: Judgement) -> None:
    terminal.write_sep("=", "requirements")
    terminal.write_line(f"{'':<36}" + "".join(f"{name:>13}" for name in COLUMNS))
    for prefix, title in run.catalogue.areas.items():
        counts = Counter(
            _column(judged) for judged in judgement.outcomes if judged.requirement.area == prefix
        )
        numbers = "".join(f"{counts[name] or '.':>13}" for name in COLUMNS)
        terminal.write_line(
            f"{prefix:<9}{title:<27}{numbers}",
            red=bool(counts["failed"]),
            yellow=bool(counts["warned"] or counts["cantTell"]) and not counts["failed"],
        )


def _column(judged: RequirementOutcome) -> str:
    if judged.outcome is Outcome.FAILED and judged.requirement.level is Level.SHOULD:
        return "warned"
    return judged.outcome.value


def _write_reasons(
    terminal: pytest.TerminalReporter, judgement: Judgement, outcome: Outcome, title: str
) -> None:
    """Print the requirements of one outcome, gathered by their reason."""
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


def _write_messages(
    terminal: pytest.TerminalReporter, judgement: Judgement, level: Level, title: str
) -> None:
    messages = [
        test.message
        for judged in judgement.outcomes
        if judged.outcome is Outcome.FAILED and judged.requirement.level is level
        for test in judged.tests
        if test.outcome is Outcome.FAILED
    ]
    if not messages:
        return
    terminal.write_sep("=", title)
    for message in messages:
        head, _, rest = message.partition("\n")
        terminal.write_line(head, bold=True, red=level is Level.MUST, yellow=level is Level.SHOULD)
        terminal.write_line(rest)
        terminal.write_line("")


def _write_suite_errors(terminal: pytest.TerminalReporter, judgement: Judgement) -> None:
    errors = [
        test
        for judged in judgement.outcomes
        for test in judged.tests
        if test.blame is Blame.SUITE and test.message
    ]
    if not errors:
        return
    terminal.write_sep("=", "errors in the suite itself (not the server's fault; please report)")
    for test in errors:
        terminal.write_line(f"{test.requirement} {test.test}", bold=True)
        terminal.write_line(test.message)


def _write_verdict(terminal: pytest.TerminalReporter, run: Run, judgement: Judgement) -> None:
    results = run.results()
    colour = {
        Verdict.CONFORMANT: "green",
        Verdict.NON_CONFORMANT: "red",
        Verdict.INCONCLUSIVE: "yellow",
    }[judgement.verdict]
    terminal.write_sep("=", "verdict")
    terminal.write_line(
        f"{judgement.verdict.value.upper()}: {judgement.reason}", bold=True, **{colour: True}
    )
    if judgement.warnings:
        count = plural(judgement.warnings, "SHOULD requirement")
        terminal.write_line(f"warnings: {count} failed; they fail the run only under --strict")
    failed = [
        judged.requirement.id
        for judged in judgement.outcomes
        if judged.outcome is Outcome.FAILED and judged.requirement.level is Level.MUST
    ]
    if failed:
        terminal.write_line(f"failed:   {', '.join(failed)}")
    dialect = json.dumps(results["dialect"]).strip("{}").replace('"', "")
    if dialect:
        terminal.write_line(printable(f"dialect:  {shortened(dialect, 600)}"))
    target = "embedded reference server" if run.embedded else results["target"]["base_url"]
    terminal.write_line(
        f"target:   {target}, profile {results['profile']}, seed {results['seed']}, "
        f"{results['requests']} requests, {results['seconds']:.1f} s"
    )
    orders = plural(results["orders_created"], "order")
    where = "gone with the embedded server" if run.embedded else "they remain on the target"
    terminal.write_line(f"orders:   {orders} created, listed in ledger.jsonl ({where})")
    terminal.write_line(f"results:  {run.options.reports / 'results.json'}")
