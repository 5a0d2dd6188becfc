"""Waivers: known failures do not fail a gate, as long as their waivers are valid."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from order_conformance.core.exit_codes import UsageProblem
from order_conformance.core.vocabulary import Blame, Level, Outcome, Verdict
from order_conformance.judging.findings import TestOutcome
from order_conformance.judging.verdict import Judgement, judge
from order_conformance.reports import write_reports
from order_conformance.requirements.catalogue import load_catalogue
from order_conformance.requirements.waivers import Waiver, Waivers, read_waivers
from order_conformance.results.record import read_run
from selftest.support.engine_parts import ROOT, pytest_in
from selftest.support.suite_runs import SuiteRun, reference_server
from selftest.support.suite_runs import judge as judge_server

if TYPE_CHECKING:
    from pathlib import Path

CATALOGUE = load_catalogue()
TODAY = date(2026, 11, 25)
WAIVER = Waiver("ASSOC-03", "the rewrite fixes it", "orders team", date(2026, 11, 25), "X-1")
SHOULD = next(name for name, each in CATALOGUE.requirements.items() if each.level is Level.SHOULD)


def judged(*failed: str, cant_tell: str = "", waivers: Waivers, **how: Any) -> Judgement:
    """Return the verdict of a run in which all other requirements passed."""
    outcomes = dict.fromkeys(failed, Outcome.FAILED) | {cant_tell: Outcome.CANT_TELL}
    tests = [TestOutcome("t", name, outcomes.get(name, Outcome.PASSED)) for name in ALL]
    return judge(CATALOGUE, tests, **{"strict": False, **how}, waivers=waivers)


ALL = list(CATALOGUE.requirements)


def waivers(*of: Waiver) -> Waivers:
    """Return these waivers, on the day of the tests."""
    return Waivers({each.requirement: each for each in of}, TODAY)


def test_a_waived_failure_does_not_fail_the_run() -> None:
    """The server still does not conform, and the verdict says so."""
    said = judged("ASSOC-03", waivers=waivers(WAIVER))
    assert (said.verdict, said.exit_code) == (Verdict.NON_CONFORMANT, 0)
    assert said.reason == "1 MUST requirement failed, and is waived"
    assert said.counts[Level.MUST][Outcome.FAILED] == 1


def test_what_is_not_waived_still_counts() -> None:
    """Another failure, or a requirement that could not be tested."""
    other = judged("ASSOC-03", "FETCH-01", waivers=waivers(WAIVER))
    assert (other.verdict, other.exit_code) == (Verdict.NON_CONFORMANT, 1)
    assert other.reason == "1 MUST requirement failed"
    gone = judged("ASSOC-03", cant_tell="FETCH-01", waivers=waivers(WAIVER))
    assert (gone.verdict, gone.exit_code) == (Verdict.INCONCLUSIVE, 2)


@pytest.mark.parametrize(
    ("blocks", "exit_code"),
    [
        ((("ASSOC-03",),), 0),
        ((("ASSOC-03",), ("FETCH-01",)), 2),
        ((("ASSOC-03",), ()), 2),
    ],
    ids=["by the waived", "by another too", "by an outage too"],
)
def test_what_a_waived_failure_alone_blocks_is_waived_with_it(
    blocks: tuple[tuple[str, ...], ...], exit_code: int
) -> None:
    """Only that: requirements that are blocked by something else are not waived."""
    tests = [TestOutcome("t", "ASSOC-03", Outcome.FAILED)]
    tests += [
        TestOutcome("t", "ID-01", Outcome.CANT_TELL, "blocked", Blame.SERVER, blocked_by=block)
        for block in blocks
    ]
    rest = [
        TestOutcome("t", name, Outcome.PASSED) for name in ALL if name not in {"ASSOC-03", "ID-01"}
    ]
    said = judge(CATALOGUE, [*tests, *rest], strict=False, waivers=waivers(WAIVER))
    assert said.exit_code == exit_code
    assert said.verdict is (Verdict.INCONCLUSIVE if exit_code else Verdict.NON_CONFORMANT)


def test_a_waived_warning_is_none() -> None:
    """Not even under --strict."""
    waiver = replace(WAIVER, requirement=SHOULD)
    said = judged(SHOULD, waivers=waivers(waiver), strict=True)
    assert (said.verdict, said.exit_code, said.warnings) == (Verdict.CONFORMANT, 0, 0)


@pytest.mark.parametrize("failed", [True, False])
def test_an_expired_waiver_fails_the_run(*, failed: bool) -> None:
    """Whatever the outcome of its requirement is."""
    expired = replace(WAIVER, expires=date(2026, 11, 24))
    said = judged(*(["ASSOC-03"] if failed else []), waivers=waivers(expired))
    assert said.exit_code == 1
    assert said.reason.endswith("the waiver of ASSOC-03 expired on 2026-11-24")


def test_a_waiver_that_is_not_needed_fails_the_run() -> None:
    """Its requirement passes again, and the next failure would go unnoticed."""
    said = judged(waivers=waivers(WAIVER))
    assert (said.verdict, said.exit_code) == (Verdict.CONFORMANT, 1)
    assert said.reason.endswith("the waiver of ASSOC-03 is not needed: it passes; remove it")


def test_an_inconclusive_run_stays_inconclusive() -> None:
    """An outage is not a failure, but the problems of the waivers are still reported."""
    said = judged(cant_tell="FETCH-01", waivers=waivers(WAIVER))
    assert said.exit_code == 2
    assert said.waiver_problems


ENTRY = """
[[waiver]]
requirement = "ASSOC-03"
reason = "the rewrite fixes it"
owner = "orders team"
expires = 2999-12-31
link = "https://issues.example.com/1"
"""


def test_a_file_of_waivers_is_read(tmp_path: Path) -> None:
    """Every key."""
    file = tmp_path / "waivers.toml"
    file.write_text(ENTRY, encoding="utf-8")
    found = read_waivers(file, CATALOGUE)
    assert str(found.all["ASSOC-03"]) == (
        "until 2999-12-31 by orders team: the rewrite fixes it (https://issues.example.com/1)"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ENTRY.replace("ASSOC-03", "ASSOC-99"), "'ASSOC-99' is not a requirement"),
        (ENTRY + ENTRY, "waiver 2: ASSOC-03 is waived twice"),
        (ENTRY.replace('reason = "the rewrite fixes it"', ""), "has no reason"),
        (ENTRY.replace('owner = "orders team"', 'owner = " "'), "has no owner"),
        (ENTRY.replace("2999-12-31", '"2999-12-31"'), "has no expires; give a date"),
        (ENTRY.replace("2999-12-31", "2999-12-31T00:00:00Z"), "has no expires; give a date"),
        (ENTRY.replace("link =", "ticket ="), "has keys other than"),
        (ENTRY.replace('"https://issues.example.com/1"', "1"), "has a link that is not a text"),
        ('waiver = "all"', "tables and nothing else"),
        ("[other]", "tables and nothing else"),
        ("[[waiver", "is not TOML"),
        (None, "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_used_is_a_line(tmp_path: Path, text: str | None, said: str) -> None:
    """With the file, the waiver and the fix."""
    file = tmp_path / "waivers.toml"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageProblem, match=said) as problem:
        read_waivers(file, CATALOGUE)
    assert str(problem.value).startswith(f"--waivers {file}: ")


@pytest.mark.parametrize(
    "options", [("--profile", "certify"), ("--set", "2026-11"), ("--replay", "x")]
)
def test_nothing_is_waived_in_a_certificate(tmp_path: Path, options: tuple[str, ...]) -> None:
    """Exit code 4, before anything is sent."""
    file = tmp_path / "waivers.toml"
    file.write_text(ENTRY, encoding="utf-8")
    given = ("--waivers", str(file), "--reports", str(tmp_path / "reports"))
    ended = pytest_in(ROOT, "tests", *given, *options)
    assert ended.returncode == 4
    assert "--waivers" in ended.stderr


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> SuiteRun:
    """A run with a waived failure and a waiver that is not needed."""
    folder = tmp_path_factory.mktemp("waived")
    unneeded = ENTRY.replace("ASSOC-03", "FETCH-01")
    (folder / "waivers.toml").write_text(ENTRY + unneeded, encoding="utf-8")
    options = ("--profile", "smoke", "--waivers", str(folder / "waivers.toml"))
    with reference_server("--fault=association-both-kept", "--api-key-env=SERVER_KEY") as url:
        return judge_server(url, folder / "reports", *options)


def test_the_terminal_shows_what_is_waived(run: SuiteRun) -> None:
    """Together with the waivers to remove; the verdict does not change."""
    assert "ASSOC-03 waived: " in run.output
    assert "until 2999-12-31 by orders team: the rewrite fixes it" in run.output
    assert "the waiver of FETCH-01 is not needed: it passes; remove it" in run.output
    assert "NON-CONFORMANT: 1 MUST requirement failed, and is waived" in run.output
    assert run.exit_code == 1


def test_the_results_tell_what_is_waived(run: SuiteRun) -> None:
    """As the schema says, with both the outcome and the waiver."""
    schema = json.loads((ROOT / "spec" / "results.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(run.results)
    row = next(each for each in run.results["requirements"] if each["id"] == "ASSOC-03")
    assert row["outcome"] == "failed"
    assert row["waiver"]["owner"] == "orders team"
    assert run.results["waived"] == 1
    assert len(run.results["waiver_problems"]) == 1


def test_the_reports_show_what_is_waived(run: SuiteRun) -> None:
    """The failure is not red, but the waiver that must be removed is."""
    assert write_reports(run.reports) == []
    page = (run.reports / "report.html").read_text(encoding="utf-8")
    assert "Waived until 2999-12-31 by orders team" in page
    record = read_run(run.reports)
    assert [each.id for each in record.with_status("waived")] == ["ASSOC-03"]
    assert record.with_status("failed") == []
    junit = ET.parse(run.reports / "junit.xml")
    case = next(c for c in junit.iter("testcase") if str(c.get("name")).startswith("ASSOC-03"))
    skipped = case.find("skipped")
    assert skipped is not None
    assert str(skipped.get("message")).startswith("waived until 2999-12-31 by orders team")
    red = [c.get("name") for c in junit.iter("testcase") if list(c.iter("error"))]
    assert red == ["verdict"]
