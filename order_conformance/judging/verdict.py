"""From the outcomes of tests to the outcome of each requirement, and to the verdict."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from order_conformance.core.exit_codes import ExitCode
from order_conformance.core.text import plural
from order_conformance.core.vocabulary import Blame, Level, Outcome, Verdict
from order_conformance.requirements.waivers import NO_WAIVERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from order_conformance.judging.findings import TestOutcome
    from order_conformance.requirements.catalogue import Catalogue, Requirement
    from order_conformance.requirements.waivers import Waiver, Waivers


@dataclass(frozen=True)
class RequirementOutcome:
    """The outcome of one requirement, and the outcomes of its tests.

    ``blocked_by`` names the requirements whose failures are the only reason why it was not
    judged.
    """

    requirement: Requirement
    outcome: Outcome
    reason: str = ""
    blame: Blame | None = None
    tests: tuple[TestOutcome, ...] = ()
    waiver: Waiver | None = None
    blocked_by: tuple[str, ...] = ()

    @property
    def is_waived_failure(self) -> bool:
        """Whether this failure is waived."""
        return self.waiver is not None and self.outcome is Outcome.FAILED


@dataclass
class Judgement:
    """The result of a run: the outcome of each requirement, and the verdict."""

    outcomes: list[RequirementOutcome]
    verdict: Verdict
    reason: str
    warnings: int
    exit_code: ExitCode
    interrupted: bool
    counts: dict[Level, Counter[Outcome]] = field(default_factory=dict)
    waiver_problems: list[str] = field(default_factory=list)


EXIT_CODES = {
    Verdict.CONFORMANT: ExitCode.CONFORMANT,
    Verdict.NON_CONFORMANT: ExitCode.NON_CONFORMANT,
    Verdict.INCONCLUSIVE: ExitCode.INCONCLUSIVE,
}

# The worst outcome of its tests decides about a requirement.
_WORST_FIRST = (Outcome.FAILED, Outcome.CANT_TELL, Outcome.PASSED, Outcome.INAPPLICABLE)


def judge_requirement(
    requirement: Requirement, tests: Iterable[TestOutcome], *, stopped: str = ""
) -> RequirementOutcome:
    """Return the outcome of a requirement from those of its tests; without any it is untested.

    ``stopped`` says why some of its tests did not run: then it cannot pass.
    """
    tests = tuple(tests)
    for outcome in _WORST_FIRST:
        if stopped and outcome is not Outcome.FAILED:
            return RequirementOutcome(
                requirement, Outcome.CANT_TELL, stopped, Blame.ENVIRONMENT, tests
            )
        deciding = [test for test in tests if test.outcome is outcome]
        if deciding:
            first = deciding[0]
            blocks = dict.fromkeys(block for test in deciding for block in test.blocked_by)
            return RequirementOutcome(
                requirement,
                outcome,
                first.reason,
                first.blame,
                tests,
                blocked_by=tuple(blocks) if all(test.blocked_by for test in deciding) else (),
            )
    return RequirementOutcome(requirement, Outcome.UNTESTED, "no test of it was selected")


def judge(  # noqa: PLR0913 - each is one fact about the run
    catalogue: Catalogue,
    tests: Iterable[TestOutcome],
    *,
    strict: bool,
    interrupted: str = "",
    pending: frozenset[str] = frozenset(),
    left_out: str = "",
    whole: bool = False,
    waivers: Waivers = NO_WAIVERS,
) -> Judgement:
    """Return the verdict, and the outcome of each requirement.

    Args:
        catalogue: every requirement; one that no executed test covers can never pass.
        tests: the outcomes of the tests that ran.
        strict: whether warnings fail the run.
        interrupted: what interrupted the run; empty if nothing did.
        pending: requirements with a selected test that did not run.
        left_out: which tests were not selected, if any: such a run is never conformant.
        whole: whether a requirement without a test, of any level, makes the run inconclusive.
        waivers: which failures do not count for the exit code.
    """
    by_requirement: dict[str, list[TestOutcome]] = {}
    for test in tests:
        by_requirement.setdefault(test.requirement, []).append(test)
    stopped = interrupted or "the run ended before all of its tests had run"
    outcomes = [
        judge_requirement(
            requirement,
            by_requirement.get(requirement.id, ()),
            stopped=stopped if requirement.id in pending else "",
        )
        for requirement in catalogue.requirements.values()
    ]
    outcomes = _with_waivers(outcomes, waivers)
    counts = _count(outcomes)
    unwaived = _count(o for o in outcomes if o.waiver is None)
    verdict, reason = _verdict(unwaived[Level.MUST], interrupted, left_out)
    untested = counts[Level.SHOULD][Outcome.UNTESTED]
    if verdict is Verdict.CONFORMANT and whole and untested:
        verdict = Verdict.INCONCLUSIVE
        reason = f"{plural(untested, 'SHOULD requirement')} had no test in this run"
    warnings = unwaived[Level.SHOULD][Outcome.FAILED]
    exit_code = EXIT_CODES[verdict]
    if verdict is Verdict.CONFORMANT and strict and warnings:
        exit_code = ExitCode.NON_CONFORMANT
        reason += f"; --strict: {plural(warnings, 'warning')} fail the run"
    waived = counts[Level.MUST][Outcome.FAILED] - unwaived[Level.MUST][Outcome.FAILED]
    if verdict is Verdict.CONFORMANT and waived:
        verdict = Verdict.NON_CONFORMANT
        are = "is" if waived == 1 else "are"
        reason = f"{plural(waived, 'MUST requirement')} failed, and {are} waived"
    problems = waivers.problems((o.requirement.id, o.outcome) for o in outcomes)
    if problems:
        exit_code = exit_code or ExitCode.NON_CONFORMANT
        reason = "; ".join([reason, *problems])
    return Judgement(
        outcomes, verdict, reason, warnings, exit_code, bool(interrupted), counts, problems
    )


def _with_waivers(
    outcomes: Sequence[RequirementOutcome], waivers: Waivers
) -> list[RequirementOutcome]:
    """Return the outcomes with their waivers.

    A requirement that only waived failures kept from being judged is waived with them.
    """
    waived = {
        each.requirement.id: waiver
        for each in outcomes
        if (waiver := waivers.of(each.requirement.id, each.outcome))
    }

    def waiver_of(each: RequirementOutcome) -> Waiver | None:
        if each.blocked_by and waived.keys() >= {*each.blocked_by}:
            return waived[each.blocked_by[0]]
        return waived.get(each.requirement.id)

    return [replace(each, waiver=waiver_of(each)) for each in outcomes]


def _count(outcomes: Iterable[RequirementOutcome]) -> dict[Level, Counter[Outcome]]:
    counts: dict[Level, Counter[Outcome]] = {level: Counter() for level in Level}
    for each in outcomes:
        counts[each.requirement.level][each.outcome] += 1
    return counts


def _verdict(must: Counter[Outcome], interrupted: str, left_out: str) -> tuple[Verdict, str]:
    """Return the verdict and its reason: the first that applies, in order of precedence."""

    def counted(outcome: Outcome, what: str) -> str:
        return f"{plural(must[outcome], 'MUST requirement')} {what}" if must[outcome] else ""

    inconclusive = Verdict.INCONCLUSIVE
    nothing = "" if must[Outcome.PASSED] else "no MUST requirement was exercised"
    reasons = (
        (inconclusive, interrupted),
        (Verdict.NON_CONFORMANT, counted(Outcome.FAILED, "failed")),
        (inconclusive, counted(Outcome.CANT_TELL, "could not be judged")),
        (inconclusive, left_out),
        (inconclusive, counted(Outcome.UNTESTED, "had no test in this run")),
        (inconclusive, nothing),
        (Verdict.CONFORMANT, "every applicable MUST requirement passed"),
    )
    return next((verdict, reason) for verdict, reason in reasons if reason)
