"""Reports never change a run: not its results, not its verdict, not its exit code."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from order_conformance.core.exit_codes import UsageProblem
from order_conformance.core.redaction import Redactor
from order_conformance.reports import clear_reports, reports_of_a_run, write_reports, writing
from selftest.support.sample_runs import EVERY_STATUS, HOSTILE, Made
from selftest.support.suite_runs import judge, reference_server

if TYPE_CHECKING:
    from order_conformance.results.record import RunRecord

ROOT = Path(__file__).resolve().parents[2]
NAMES = {"report.html", "junit.xml", "ctrf.json", "evidence.har", "summary.md", "allure-results"}
SOURCES = {"results.json", "evidence.jsonl"}
OF_A_RUN = {"ledger.jsonl", "inputs.json"}


def broken(_: RunRecord) -> str:
    """Fail as a report writer could."""
    raise ValueError("a\nlong\x1b story")


def test_a_report_that_fails_is_named_and_the_others_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line tells which and why; an old report does not stay in its place."""
    EVERY_STATUS.write(tmp_path)
    (tmp_path / "junit.xml").write_text("of an earlier run", "utf-8")
    monkeypatch.setitem(writing.TEXTS, "junit.xml", broken)
    assert write_reports(tmp_path) == [
        r"junit.xml could not be written (ValueError: a long\x1b story)"
    ]
    assert {path.name for path in tmp_path.iterdir()} == (NAMES | SOURCES) - {"junit.xml"}


def test_the_end_of_a_run_survives_whatever_happens(tmp_path: Path) -> None:
    """Without results there is nothing to report, and still no exception."""
    (line,) = reports_of_a_run(tmp_path, Redactor([]))
    assert line.startswith("the reports could not be written")


def test_reports_are_derived_and_nothing_else_is_touched(tmp_path: Path) -> None:
    """Made twice, the reports are the same, and the run's own files are as they were."""
    EVERY_STATUS.write(tmp_path)
    sources = {name: (tmp_path / name).read_bytes() for name in SOURCES}
    texts = []
    for _ in range(2):
        assert write_reports(tmp_path) == []
        texts.append({name: (tmp_path / name).read_bytes() for name in writing.TEXTS})
    assert texts[0] == texts[1]
    assert sources == {name: (tmp_path / name).read_bytes() for name in SOURCES}
    clear_reports(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == SOURCES


def test_evidence_that_was_cut_off_in_a_line_is_read_up_to_it(tmp_path: Path) -> None:
    """A machine that went down leaves half a line; all before it counts."""
    Made().write(tmp_path)
    path = tmp_path / "evidence.jsonl"
    path.write_bytes(path.read_bytes()[:-40])
    assert write_reports(tmp_path) == []
    path.unlink()
    assert write_reports(tmp_path) == []


@pytest.mark.parametrize(
    "content",
    [None, "{", "[]", '{"schema_version": "1"}', '{"schema_version": "3"}'],
    ids=["none", "half", "list", "older", "newer"],
)
def test_a_folder_without_a_run_is_a_usage_problem(tmp_path: Path, content: str | None) -> None:
    """The message names the file."""
    if content is not None:
        (tmp_path / "results.json").write_text(content, "utf-8")
    with pytest.raises(UsageProblem, match=r"results\.json"):
        write_reports(tmp_path)


def test_a_run_leaves_every_report_behind(tmp_path: Path) -> None:
    """A real run of the suite writes them all, and a folder in the way is only a line."""
    (tmp_path / "evidence.har").mkdir()
    with reference_server("--api-key-env", "SERVER_KEY") as url:
        run = judge(url, tmp_path, "--profile", "smoke")
    assert run.exit_code == 0
    assert {path.name for path in tmp_path.iterdir()} == NAMES | SOURCES | OF_A_RUN
    lines = run.output.splitlines()
    assert [line for line in lines if "could not be written" in line] == [
        next(line for line in lines if line.startswith("report:   evidence.har could not be"))
    ]


def test_nothing_in_a_job_of_github_is_taken_for_a_command_but_our_own(tmp_path: Path) -> None:
    """The summary is fenced off; annotations are one line each; the job's summary grows."""
    summary = tmp_path / "job-summary.md"
    summary.write_text("before\n", "utf-8")
    fault = "association-both-kept"
    with reference_server("--api-key-env", "SERVER_KEY", f"--fault={fault}") as url:
        os.environ.update(GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary))
        try:
            run = judge(url, tmp_path / "run", "--profile", "smoke")
        finally:
            del os.environ["GITHUB_ACTIONS"], os.environ["GITHUB_STEP_SUMMARY"]
    assert run.exit_code == 1
    lines = run.output.splitlines()
    fence = next(line for line in lines if line.startswith("::stop-commands::")).rpartition(":")[2]
    inside = lines[lines.index(f"::stop-commands::{fence}") + 1 : lines.index(f"::{fence}::")]
    assert any(line.startswith("ASSOC-03 MUST failed") for line in inside)
    commands = [line for line in lines if line.startswith("::") and fence not in line]
    # A generated request may meet the fault as well: then what it stands for is undecided.
    assert all(line.startswith(("::error title=", "::warning title=")) for line in commands)
    failed = [line for line in commands if " failed::" in line]
    assert len(failed) == 1
    assert failed[0].startswith("::error title=ASSOC-03 MUST failed::ASSOC-03 MUST failed: the ")
    assert "%0A  sent " in failed[0]
    assert summary.read_text("utf-8").startswith("before\n## Order API: non-conformant\n")


def test_a_hostile_server_writes_no_annotation_of_its_own(tmp_path: Path) -> None:
    """New lines, percent signs, colons and commas are escaped."""
    Made(failed={"ASSOC-03": HOSTILE + "%0A::error::owned"}).write(tmp_path)
    code = (
        "import sys, pathlib\n"
        "from order_conformance.reports.github import workflow_commands\n"
        "from order_conformance.results.record import read_run\n"
        "print('\\n'.join(workflow_commands(read_run(pathlib.Path(sys.argv[1])))))\n"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    (line,) = printed.splitlines()
    assert line.startswith("::error title=ASSOC-03 MUST failed::")
    assert "%250A::error::owned" in line
    assert "\x1b" not in line
