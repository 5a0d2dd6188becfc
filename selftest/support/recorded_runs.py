"""Runs that are recorded, and judged again from what they left."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

from selftest.support.suite_runs import ROOT, judge, read_results, reference_server

if TYPE_CHECKING:
    from pathlib import Path


def record(folder: Path, *server: str, options: tuple[str, ...]) -> dict[str, Any]:
    """Judge a reference server with these deviations, and return the results."""
    with reference_server(*server, "--api-key-env", "SERVER_KEY") as base_url:
        return judge(base_url, folder, "--results-only", *options).results


def replay(folder: Path, again: Path, *options: str) -> dict[str, Any]:
    """Judge a recorded run again, and return the results."""
    command = [sys.executable, "-m", "pytest", "tests", "-q", "--results-only"]
    ended = subprocess.run(
        [*command, "--replay", str(folder), "--reports", str(again), *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return read_results(again, ended.stdout + ended.stderr)


def outcomes(results: dict[str, Any]) -> dict[str, Any]:
    """Return results without what is new each time: when it was, and how long it took."""
    return {name: results[name] for name in results if name not in {"started", "seconds"}}
