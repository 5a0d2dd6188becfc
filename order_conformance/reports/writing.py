"""Writes every report of a run; if one cannot be written, the others still are."""

from __future__ import annotations

import shutil
from contextlib import suppress
from typing import TYPE_CHECKING

from order_conformance.core.filesystem import write_whole
from order_conformance.core.text import printable, shortened
from order_conformance.reports.allure import fill_allure
from order_conformance.reports.ctrf import write_ctrf
from order_conformance.reports.github import SUMMARY_NAME
from order_conformance.reports.har import write_har
from order_conformance.reports.html import write_html
from order_conformance.reports.junit import write_junit
from order_conformance.reports.markdown import write_markdown
from order_conformance.results.record import read_run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from order_conformance.core.redaction import Redactor
    from order_conformance.results.record import RunRecord

LONGEST_PROBLEM = 200
# Each function returns the text of one file.
TEXTS: dict[str, Callable[[RunRecord], str]] = {
    "report.html": write_html,
    "junit.xml": write_junit,
    "ctrf.json": write_ctrf,
    "evidence.har": write_har,
    SUMMARY_NAME: write_markdown,
}
# Each function fills one folder.
FOLDERS: dict[str, Callable[[RunRecord, Path], None]] = {"allure-results": fill_allure}


def write_reports(folder: Path, redactor: Redactor | None = None) -> list[str]:
    """Write all reports into the folder of a finished run.

    Returns:
        A line for each report that could not be written.

    Raises:
        UsageProblem: the folder holds no finished run.
    """
    run = read_run(folder, redactor)
    clear_reports(folder)
    problems = []
    for name, make in TEXTS.items():
        try:
            write_whole(folder / name, make(run))
        except Exception as problem:  # noqa: BLE001 - no report may change what the run says
            problems.append(_problem(name, problem))
    for name, fill in FOLDERS.items():
        try:
            fill(run, folder / name)
        except Exception as problem:  # noqa: BLE001 - no report may change what the run says
            problems.append(_problem(name, problem))
    return problems


def reports_of_a_run(folder: Path, redactor: Redactor) -> list[str]:
    """Write all reports at the end of a run; a problem is returned as a line, never raised."""
    try:
        return write_reports(folder, redactor)
    except Exception as problem:  # noqa: BLE001 - no report may change what the run says
        return [_problem("the reports", problem)]


def clear_reports(folder: Path) -> None:
    """Remove the reports of an earlier run, so that they are not taken for new ones."""
    for name in TEXTS:
        # A file that cannot be removed cannot be replaced either: its writer will say so.
        with suppress(OSError):
            (folder / name).unlink()
    for name in FOLDERS:
        shutil.rmtree(folder / name, ignore_errors=True)


def _problem(name: str, problem: Exception) -> str:
    words = shortened(printable(f"{type(problem).__name__}: {problem}"), LONGEST_PROBLEM)
    return f"{name} could not be written ({words})"
