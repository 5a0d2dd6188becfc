"""Runs of the whole suite against a reference server with deviations."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from selftest.support.cases import KEY, Case
from selftest.support.fork_server import LONGEST_RUN, Job

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class SuiteRun:
    """A finished run: its exit code, results, terminal output and reports folder."""

    exit_code: int
    results: dict[str, Any]
    output: str
    reports: Path

    @property
    def requirements(self) -> list[dict[str, Any]]:
        """The rows of the requirements."""
        return list(self.results["requirements"])

    def failed(self, level: str | None = None) -> set[str]:
        """Return the ids of the failed requirements, of one level or of both."""
        return {
            row["id"]
            for row in self.requirements
            if row["outcome"] == "failed" and level in {None, row["level"]}
        }

    def with_outcome(self, outcome: str) -> dict[str, str]:
        """Return the reasons of the requirements with an outcome, by id."""
        return {row["id"]: row["reason"] for row in self.requirements if row["outcome"] == outcome}


class Worker:
    """A process that runs one case after the other (see fork_server.py)."""

    def __init__(self) -> None:
        """Start the process, which imports in the background."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "selftest.support.fork_server"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            # Ctrl-C is for this process; the worker ends when its standard input does.
            start_new_session=True,
        )

    def judge(self, case: Case, reports: Path, *arguments: str) -> SuiteRun:
        """Run the whole suite against the server of a case."""
        reports.mkdir(parents=True, exist_ok=True)
        options = (*target_file(case, reports), *case.options, *arguments)
        job = Job(str(reports), options, case.key, case.twins, case.faults, case.orders)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(job.dump() + "\n")
        self._process.stdin.flush()
        exit_code = int(self._process.stdout.readline())
        output = (reports / "output.txt").read_text(encoding="utf-8")
        return SuiteRun(exit_code, read_results(reports, output), output, reports)

    def stop(self) -> None:
        """End the process and its current run."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


@contextmanager
def reference_server(*arguments: str) -> Iterator[str]:
    """Serve the reference server with these arguments; yield its base URL."""
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


def judge(base_url: str | None, reports: Path, *arguments: str, key: str | None = KEY) -> SuiteRun:
    """Run the whole suite as a user would, against a server or the embedded one."""
    environment = {**os.environ, "NO_COLOR": "1"}
    environment.pop("ORDER_API_KEY", None)
    if key is not None:
        environment["ORDER_API_KEY"] = key
    command = [sys.executable, "-m", "pytest", "tests"]
    command += ["--base-url", base_url] if base_url else []
    finished = subprocess.run(
        [*command, "--reports", str(reports), "-q", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=LONGEST_RUN,
        check=False,
    )
    output = finished.stdout + finished.stderr
    return SuiteRun(finished.returncode, read_results(reports, output), output, reports)


def judge_deviation(
    reports: Path, *arguments: str, twins: Sequence[str] = (), faults: Sequence[str] = ()
) -> SuiteRun:
    """Run the suite against a reference server with deviations, in two processes."""
    case = Case(tuple(twins), tuple(faults))
    options = [f"--twin={name}" for name in twins] + [f"--fault={name}" for name in faults]
    options += ["--orders", str(case.orders)]
    options += ["--api-key-env", "SERVER_KEY"] if case.key else []
    reports.mkdir(parents=True, exist_ok=True)
    target = target_file(case, reports)
    with reference_server(*options) as base_url:
        return judge(base_url, reports, *target, *case.options, *arguments, key=case.key)


def target_file(case: Case, reports: Path) -> tuple[str, ...]:
    """Write the target file that a case needs, if any; return the option that names it."""
    if not case.target:
        return ()
    # JSON writes numbers and lists as TOML does; the only table comes last.
    lines = [f"{key} = {json.dumps(case.target[key])}" for key in case.target if key != "existing"]
    if "existing" in case.target:
        lines.append("[existing]")
        lines += [f"{kind} = {json.dumps(ids)}" for kind, ids in case.target["existing"].items()]
    path = reports / "target.toml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return ("--target", str(path))


def read_results(reports: Path, output: str) -> dict[str, Any]:
    """Return the results of a run; its output says why there are none."""
    path = reports / "results.json"
    assert path.exists(), f"the run wrote no results:\n{output}"
    results: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return results
