"""Runs of the real suite against misbehaving servers, with the memory that they take."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema

from selftest.support.memory import FOLDER_VARIABLE, kilobytes

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[2]
KEY = "canary-Key-7f3a91c2"
LONGEST_RUN = 140.0
MOST_MEMORY = 300 * 1024
"""Kilobytes that a run may take at its peak."""

TARGET = """
timeout = 1.5
consistency_window = 1
[existing]
patients = [1234, 1235]
sites = [10, 11]
items = [1000, 1001, 1002, 1003]
kits = [1000, 1001, 1002, 1003]
"""


@dataclass(frozen=True)
class EndedRun:
    """How a run ended, and what it wrote."""

    exit_code: int
    output: str
    reports: Path
    kilobytes: int

    @property
    def results(self) -> dict[str, Any]:
        """The results, read strictly."""
        return dict(strict_json((self.reports / "results.json").read_text(encoding="utf-8")))

    def with_outcome(self, outcome: str) -> dict[str, str]:
        """Return the reasons of the requirements with an outcome, by id."""
        rows = self.results["requirements"]
        return {row["id"]: row["reason"] for row in rows if row["outcome"] == outcome}


def run_suite(base_url: str, folder: Path, *arguments: str, target: str = TARGET) -> EndedRun:
    """Run the whole suite in a process of its own, and measure its memory."""
    folder.mkdir(parents=True)
    (folder / "target.toml").write_text(target, encoding="utf-8")
    reports = folder / "reports"
    environment = {**os.environ, "NO_COLOR": "1", "ORDER_API_KEY": KEY}
    command: Sequence[str] = [
        *(
            sys.executable,
            "-m",
            "pytest",
            "tests",
            "-q",
            "-p",
            "selftest.support.memory",
            "--profile",
            "smoke",
            "--seed",
            "1",
            "--base-url",
            base_url,
        ),
        *("--target", str(folder / "target.toml"), "--reports", str(reports), *arguments),
    ]
    with (folder / "output").open("wb") as output:
        memory = folder / "memory"
        environment[FOLDER_VARIABLE] = str(memory)
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
        watchdog = threading.Timer(LONGEST_RUN, process.kill)
        watchdog.start()
        process.wait()
        watchdog.cancel()
    text = (folder / "output").read_bytes().decode("utf-8", "surrogateescape")
    return EndedRun(process.returncode, text, reports, kilobytes(memory))


def assert_it_ended_well(run: EndedRun) -> None:
    """Check what holds for every run: valid files, safe output, bounded memory, no suite error."""
    results = run.results
    schema = json.loads((ROOT / "spec" / "results.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(results)
    assert run.exit_code == results["exit_code"], run.output
    assert "error in the suite itself" not in run.output, run.output
    assert run.kilobytes < MOST_MEMORY
    unsafe = {c for c in run.output if not c.isprintable() and c != "\n"}
    assert not unsafe, f"{unsafe!r} on the terminal"
    assert "##[" not in run.output
    assert not any(line.lstrip().startswith("::") for line in run.output.splitlines())
    for name in ("evidence.jsonl", "ledger.jsonl"):
        for line in (run.reports / name).read_text(encoding="utf-8").splitlines():
            strict_json(line)
    for file in filter(Path.is_file, run.reports.rglob("*")):
        assert KEY not in file.read_text(encoding="utf-8"), file.name
    assert KEY not in run.output


def strict_json(text: str) -> Any:
    """Read JSON as RFC 8259 defines it."""

    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is not JSON")

    return json.loads(text, parse_constant=refuse)
