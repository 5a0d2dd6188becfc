"""From the exception that a test raised to its outcome, and to pytest's own report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from order_conformance.core.outcomes import CantTell, Inapplicable
from order_conformance.core.paths import ROOT
from order_conformance.core.text import printable
from order_conformance.core.vocabulary import Blame, Level, Outcome
from order_conformance.judging.failure_message import describe, failure_text
from order_conformance.judging.findings import NonConformance, TestOutcome

if TYPE_CHECKING:
    import pytest

    from order_conformance.requirements.catalogue import Requirement
    from order_conformance.session.run import Run


def outcome_of(
    test: str, requirement: Requirement, excinfo: pytest.ExceptionInfo[BaseException], run: Run
) -> TestOutcome:
    """Return the outcome of a test; an exception that is not a finding is the suite's fault."""

    def clean(text: str) -> str:
        return printable(run.redactor.text(text))

    problem = _finding(excinfo.value)
    if isinstance(problem, NonConformance) and run.target is not None:
        failure = describe(problem, test, requirement, run.target, run.redactor)
        return TestOutcome(
            test, requirement.id, Outcome.FAILED, failure.title, failure.blame, failure
        )
    if isinstance(problem, CantTell):
        return TestOutcome(
            test,
            requirement.id,
            Outcome.CANT_TELL,
            clean(problem.reason),
            problem.blame,
            blocked_by=(problem.blocked_by,) if problem.blocked_by else (),
        )
    if isinstance(problem, Inapplicable):
        return TestOutcome(test, requirement.id, Outcome.INAPPLICABLE, clean(problem.reason))
    words = clean(f"{type(problem).__name__}: {problem}".split("\n", 1)[0])
    return TestOutcome(
        test,
        requirement.id,
        Outcome.CANT_TELL,
        f"error in the suite itself: {words}",
        Blame.SUITE,
        trace=clean(_trace(excinfo)),
    )


def show(report: pytest.TestReport, outcome: TestOutcome, requirement: Requirement) -> None:
    """Set pytest's report to the outcome in pytest's terms, for its counts and its JUnit XML."""
    match outcome.outcome:
        case Outcome.FAILED if requirement.level is Level.MUST:
            report.outcome = "failed"
            report.longrepr = _text(outcome)
        case Outcome.FAILED:
            report.outcome = "skipped"
            report.wasxfail = _text(outcome)
            _status(report, "warned", "w", yellow=True)
        case Outcome.CANT_TELL if outcome.blame is Blame.SUITE:
            report.outcome = "failed"
            report.longrepr = outcome.trace
            _status(report, "error", "E", red=True)
        case Outcome.CANT_TELL:
            report.outcome = "skipped"
            report.longrepr = (outcome.test, 0, f"cantTell: {outcome.reason}")
            _status(report, "cantTell", "?", yellow=True)
        case _:
            report.outcome = "skipped"
            report.longrepr = (outcome.test, 0, f"inapplicable: {outcome.reason}")
            _status(report, "inapplicable", "-", light=True)


def _text(outcome: TestOutcome) -> str:
    return failure_text(outcome.failure) if outcome.failure else outcome.reason


def _status(report: pytest.TestReport, category: str, letter: str, **markup: bool) -> None:
    report.conformance_status = (  # type: ignore[attr-defined]
        category,
        letter,
        (category.upper(), markup),
    )


def _finding(problem: BaseException) -> BaseException:
    """Return the finding in a group of exceptions that Hypothesis raised, if there is one."""
    if isinstance(problem, BaseExceptionGroup):
        inner = [_finding(each) for each in problem.exceptions]
        return next((each for each in inner if isinstance(each, NonConformance)), problem)
    return problem


def _trace(excinfo: pytest.ExceptionInfo[BaseException]) -> str:
    """Return the lines of this repository through which an exception came, innermost last."""
    ours = [entry for entry in excinfo.traceback if ROOT in Path(entry.path).parents]
    lines = [
        f"  {Path(entry.path).relative_to(ROOT)}:{entry.lineno + 1}: {entry.statement}"
        for entry in ours
        if ".venv" not in Path(entry.path).parts
    ]
    # Each line gets a prefix: an exception may quote text from a server.
    words = [f"  | {line}" for line in excinfo.exconly().splitlines()]
    return "\n".join([*lines, *words])
