"""The arithmetic of verdicts: each row of the table, and how tests add up to a requirement."""

from __future__ import annotations

import pytest

from order_conformance.core.vocabulary import Blame, Level, Outcome, Verdict
from order_conformance.judging.findings import TestOutcome
from order_conformance.judging.verdict import Judgement, judge
from order_conformance.requirements.catalogue import Catalogue, Requirement

PASSED, FAILED = Outcome.PASSED, Outcome.FAILED
CANT_TELL, INAPPLICABLE = Outcome.CANT_TELL, Outcome.INAPPLICABLE


def requirement(requirement_id: str, level: Level) -> Requirement:
    """Return a requirement of which only id and level matter."""
    return Requirement(requirement_id, level, "createOrder", "", "", "", ())


CATALOGUE = Catalogue(
    {
        name: requirement(name, Level.MUST if name.startswith("M") else Level.SHOULD)
        for name in ("M-01", "M-02", "S-01")
    },
    {"M": "Musts", "S": "Shoulds"},
)
GOOD = {"M-01": [PASSED], "M-02": [PASSED], "S-01": [PASSED]}


def judged(outcomes: dict[str, list[Outcome]], **how: object) -> Judgement:
    """Judge tests with these outcomes by requirement."""
    tests = [
        TestOutcome(f"tests/t.py::{name}[{n}]", name, outcome, reason=f"{name} {outcome}")
        for name, each in outcomes.items()
        for n, outcome in enumerate(each)
    ]
    return judge(CATALOGUE, tests, **{"strict": False, **how})  # type: ignore[arg-type]


TABLE = [
    ("everything passed", {}, {}, Verdict.CONFORMANT, 0),
    ("a MUST is inapplicable", {"M-02": [INAPPLICABLE]}, {}, Verdict.CONFORMANT, 0),
    ("a SHOULD failed", {"S-01": [FAILED]}, {}, Verdict.CONFORMANT, 0),
    ("a SHOULD failed, strict", {"S-01": [FAILED]}, {"strict": True}, Verdict.CONFORMANT, 1),
    ("nothing failed, strict", {}, {"strict": True}, Verdict.CONFORMANT, 0),
    ("a SHOULD is cantTell", {"S-01": [CANT_TELL]}, {}, Verdict.CONFORMANT, 0),
    ("a SHOULD is untested", {"S-01": []}, {}, Verdict.CONFORMANT, 0),
    ("a MUST failed", {"M-01": [FAILED]}, {}, Verdict.NON_CONFORMANT, 1),
    ("failed and cantTell", {"M-01": [FAILED], "M-02": [CANT_TELL]}, {}, "non-conformant", 1),
    ("a MUST is cantTell", {"M-01": [CANT_TELL]}, {}, Verdict.INCONCLUSIVE, 2),
    ("cantTell, strict", {"M-01": [CANT_TELL]}, {"strict": True}, Verdict.INCONCLUSIVE, 2),
    ("a MUST is untested", {"M-01": []}, {}, Verdict.INCONCLUSIVE, 2),
    ("interrupted", {}, {"interrupted": "SIGINT"}, Verdict.INCONCLUSIVE, 2),
    ("interrupted, failed", {"M-01": [FAILED]}, {"interrupted": "x"}, Verdict.INCONCLUSIVE, 2),
    ("a test did not run", {}, {"pending": frozenset({"M-01"})}, Verdict.INCONCLUSIVE, 2),
    ("tests left out", {}, {"left_out": "-k"}, Verdict.INCONCLUSIVE, 2),
    ("tests left out, failed", {"M-01": [FAILED]}, {"left_out": "-k"}, "non-conformant", 1),
    ("nothing applies", {name: [INAPPLICABLE] for name in GOOD}, {}, Verdict.INCONCLUSIVE, 2),
    ("nothing ran", {name: [] for name in GOOD}, {}, Verdict.INCONCLUSIVE, 2),
]


@pytest.mark.parametrize(
    ("outcomes", "how", "verdict", "exit_code"),
    [row[1:] for row in TABLE],
    ids=[r[0] for r in TABLE],
)
def test_the_verdict_follows_from_the_outcomes(
    outcomes: dict[str, list[Outcome]], how: dict[str, object], verdict: str, exit_code: int
) -> None:
    """Each row of the table of verdicts."""
    judgement = judged(GOOD | outcomes, **how)
    assert (judgement.verdict, judgement.exit_code) == (verdict, exit_code)
    assert judgement.reason


@pytest.mark.parametrize(
    ("tests", "whole"),
    [
        ([PASSED, FAILED, CANT_TELL, INAPPLICABLE], FAILED),
        ([PASSED, CANT_TELL, INAPPLICABLE], CANT_TELL),
        ([INAPPLICABLE, PASSED], PASSED),
        ([INAPPLICABLE, INAPPLICABLE], INAPPLICABLE),
        ([], Outcome.UNTESTED),
    ],
)
def test_a_requirement_is_as_good_as_its_worst_test(tests: list[Outcome], whole: Outcome) -> None:
    """In any sequence of the tests; the reason is that of the deciding test."""
    for sequence in (tests, tests[::-1]):
        outcome = judged(GOOD | {"M-01": sequence}).outcomes[0]
        assert outcome.outcome is whole
        assert str(whole) in outcome.reason or whole is Outcome.UNTESTED


def test_a_requirement_with_a_test_that_did_not_run_cannot_pass_but_can_fail() -> None:
    """What was seen to fail has failed, however the run went on."""
    pending = frozenset({"M-01"})
    assert judged(GOOD, pending=pending).outcomes[0].outcome is CANT_TELL
    failed = judged(GOOD | {"M-01": [FAILED]}, pending=pending)
    assert failed.outcomes[0].outcome is FAILED


def test_outcomes_of_unknown_requirements_change_nothing() -> None:
    """The verdict is computed from the catalogue, not from the tests."""
    assert judged(GOOD | {"X-01": [FAILED]}).verdict is Verdict.CONFORMANT


def test_warnings_are_counted() -> None:
    """A failed SHOULD is a warning, and the reason says so when it fails the run."""
    judgement = judged(GOOD | {"S-01": [FAILED]}, strict=True)
    assert judgement.warnings == 1
    assert "--strict" in judgement.reason


def test_an_error_of_the_suite_makes_the_run_inconclusive() -> None:
    """It stands under a requirement as cantTell, with the blame on the suite."""
    broken = TestOutcome("t", "M-01", CANT_TELL, "error in the suite itself", Blame.SUITE)
    good = [TestOutcome("t", name, PASSED) for name in ("M-02", "S-01")]
    judgement = judge(CATALOGUE, [broken, *good], strict=False)
    assert (judgement.verdict, judgement.exit_code) == (Verdict.INCONCLUSIVE, 2)
    assert judgement.outcomes[0].blame is Blame.SUITE
