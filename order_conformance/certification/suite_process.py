"""Run the suite as a separate process: against the target, then again from the evidence."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

from order_conformance.core.exit_codes import ExitCode, UsageProblem
from order_conformance.core.option_table import PREFIX
from order_conformance.results.record import read_run
from order_conformance.session.subprocesses import PYTEST, command, environment, pytest_arguments

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

LEFT_OUT = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", f"{PREFIX}RESULTS_ONLY")
"""Variables that could remove tests or reports, or add other tests."""


def run_suite(options: Sequence[str]) -> int:
    """Run the suite with its output on this terminal, and return its exit code."""
    ended = subprocess.run(  # noqa: S603 - our own module
        command(PYTEST, *pytest_arguments(options)), env=_environment(), check=False
    )
    return ended.returncode


def judge_again(folder: Path, requirement_set: str, reports: Path) -> dict[str, Any]:
    """Replay a recorded run from its directory alone, and return its results.

    Raises:
        UsageProblem: the recording cannot be read; the text says why.
    """
    options = ["--replay", str(folder), "--set", requirement_set, "--reports", str(reports)]
    ended = subprocess.run(  # noqa: S603 - our own module
        command(PYTEST, *pytest_arguments([*options, "--results-only", "-q"])),
        env=_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode == ExitCode.USAGE_ERROR:
        said = [line for line in ended.stderr.splitlines() if line.startswith("ERROR: ")]
        raise UsageProblem(said[0].removeprefix("ERROR: ") if said else ended.stderr.strip())
    return read_run(reports).results


def _environment() -> dict[str, str]:
    return {name: value for name, value in environment().items() if name not in LEFT_OUT}
