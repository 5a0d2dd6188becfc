"""Runs of the real suite against a reference server that deviates, each in its own process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parents[2]
KEY = "canary-Key-7f3a91c2"
LONGEST_RUN = 120.0


@dataclass(frozen=True)
class Judged:
    """What a run said: its exit code, its results and its terminal output."""

    exit_code: int
    results: dict[str, Any]
    output: str

    def failed(self, level: str | None = None) -> set[str]:
        """Return the ids of the failed requirements, of one level or of both."""
        return {
            row["id"]
            for row in self.results["requirements"]
            if row["outcome"] == "failed" and level in {None, row["level"]}
        }

    def with_outcome(self, outcome: str) -> dict[str, str]:
        """Return the reasons of the requirements with an outcome, by id."""
        return {
            row["id"]: row["reason"]
            for row in self.results["requirements"]
            if row["outcome"] == outcome
        }


@contextmanager
def reference_server(*arguments: str) -> Iterator[str]:
    """Serve the reference server with these arguments; yields its base URL."""
    process = subprocess.Popen(
        [sys.executable, "-m", "reference", "--port", "0", "--exit-with-parent", *arguments],
        cwd=ROOT,
        env={**os.environ, "SERVER_KEY": KEY},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert "listening on" in line, line
        yield line.rpartition(" ")[2].strip()
    finally:
        process.terminate()
        process.communicate()


def judge(base_url: str, reports: Path, *arguments: str, key: str | None = KEY) -> Judged:
    """Run the whole suite against a server, as a user would."""
    environment = {**os.environ, "NO_COLOR": "1"}
    environment.pop("ORDER_API_KEY", None)
    if key is not None:
        environment["ORDER_API_KEY"] = key
    command = [sys.executable, "-m", "pytest", "tests", "--base-url", base_url]
    finished = subprocess.run(
        [*command, "--reports", str(reports), "-q", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=LONGEST_RUN,
        check=False,
    )
    results = json.loads((reports / "results.json").read_text(encoding="utf-8"))
    return Judged(finished.returncode, results, finished.stdout + finished.stderr)


def judge_deviation(
    reports: Path, *arguments: str, twins: Sequence[str] = (), faults: Sequence[str] = ()
) -> Judged:
    """Judge a reference server that deviates in the named ways."""
    options = [f"--twin={name}" for name in twins] + [f"--fault={name}" for name in faults]
    with reference_server("--api-key-env", "SERVER_KEY", *options) as base_url:
        return judge(base_url, reports, *arguments)
