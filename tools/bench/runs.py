"""Whole runs of the suite, and what they cost: requests, seconds, memory."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from order_conformance.recording.evidence import EVIDENCE
from order_conformance.recording.json_lines import read_lines
from selftest.support.cases import KEY
from selftest.support.memory import FOLDER_VARIABLE, kilobytes
from selftest.support.suite_runs import ROOT, read_results

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SEED = "1"


@dataclass(frozen=True)
class Cost:
    """The cost of a run; ``waited`` is the time spent waiting for any response, in seconds."""

    requests: int
    seconds: float
    waited: float
    kilobytes: int

    @property
    def own(self) -> float:
        """The seconds not spent waiting: start-up, our own code, the reports."""
        return self.seconds - self.waited


def cost_of(base_url: str, profile: str, workers: int) -> Cost:
    """Run the suite as a user does, with all reports, against a server that conforms.

    Raises:
        RuntimeError: the run was not conformant, so its figures would mean nothing.
    """
    with tempfile.TemporaryDirectory() as folder:
        reports, memory = Path(folder) / "reports", Path(folder) / "memory"
        command = [sys.executable, "-m", "pytest", "tests", "-q", "-p", "selftest.support.memory"]
        command += ["--base-url", base_url, "--profile", profile, "--seed", SEED]
        command += ["-n", str(workers)] if workers > 1 else []
        began = time.monotonic()
        ended = subprocess.run(
            [*command, "--reports", str(reports)],
            cwd=ROOT,
            env={**os.environ, "ORDER_API_KEY": KEY, FOLDER_VARIABLE: str(memory)},
            capture_output=True,
            text=True,
            check=False,
        )
        seconds = time.monotonic() - began
        if ended.returncode:
            raise RuntimeError(f"{profile} at {base_url}: {ended.stdout}{ended.stderr}")
        results = read_results(reports, ended.stdout)
        waited = _union(_waits(read_lines(reports / EVIDENCE)))
        return Cost(results["requests"], seconds, waited, kilobytes(memory))


def _waits(lines: Iterable[dict[str, Any]]) -> Iterator[tuple[float, float]]:
    """Yield start and end of each wait for a response, by the clock of the run."""
    for line in lines:
        for attempt in (line, *line.get("attempts", ())):
            response = attempt.get("response", attempt)
            yield attempt["clock"] - response["seconds"], attempt["clock"]


def _union(spans: Iterable[tuple[float, float]]) -> float:
    """Return the seconds that the spans cover; overlapping spans count once."""
    covered = end = 0.0
    for begins, ends in sorted(spans):
        covered += max(0.0, ends - max(begins, end))
        end = max(end, ends)
    return covered
