"""Counts what each test costs, for ``order-conformance plan``: ``make costs``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from order_conformance.requirements.profiles import PROFILES
from order_conformance.session.costs import FILE, Cost, function_of, run_name
from order_conformance.target.model import KINDS
from selftest.support.cases import KEY
from selftest.support.suite_runs import ROOT, SuiteRun, read_results, reference_server

TARGET = """
shipping_options = ["standard", "overnight"]
[budget]
requests = 100000
orders = 100000
"""
"""Options that cannot be discovered, and budgets that no run exhausts."""

SEED = "1"


def main() -> None:
    """Run every profile against the reference server, and once without ids of each kind."""
    rows: dict[str, dict[str, Any]] = {}
    with TemporaryDirectory() as name:
        folder = Path(name)
        for profile in PROFILES:
            for read_only in (False, True):
                run = run_name(profile, read_only=read_only)
                for test, cost in costs(counted(folder / run, profile, read_only=read_only)):
                    row = rows.setdefault(test, {"requirement": cost.requirement})
                    row[run] = [cost.cases, cost.requests, cost.orders]
        lost = {kind: lost_without(folder / kind, kind) for kind in KINDS}
    # One line for each test keeps diffs small.
    tests, kinds = (
        ",\n".join(f"  {json.dumps(name)}: {json.dumps(table[name])}" for name in sorted(table))
        for table in (rows, lost)
    )
    text = f'{{"tests": {{\n{tests}\n }},\n "lost_without": {{\n{kinds}\n }}\n}}\n'
    FILE.write_text(text, encoding="utf-8")


def counted(folder: Path, profile: str, *, read_only: bool = False, more: str = "") -> SuiteRun:
    """Run the suite against the reference server, with ``more`` in the target file."""
    folder.mkdir()
    target = folder / "target.toml"
    target.write_text(TARGET + more, encoding="utf-8")
    options = ["--profile", profile, "--seed", SEED, "--results-only", "--target", str(target)]
    options += ["--read-only"] if read_only else []
    options += ["--reports", str(folder)]
    with reference_server("--api-key-env", "SERVER_KEY") as base_url:
        finished = subprocess.run(
            [sys.executable, "-m", "pytest", "tests", "-q", "--base-url", base_url, *options],
            cwd=ROOT,
            env={**os.environ, "ORDER_API_KEY": KEY},
            capture_output=True,
            text=True,
            check=False,
        )
    results = read_results(folder, finished.stdout + finished.stderr)
    return SuiteRun(finished.returncode, results, finished.stdout, folder)


def costs(run: SuiteRun) -> list[tuple[str, Cost]]:
    """Return the cost of each test function, by its node id."""
    requirement = {
        function_of(test): row["id"] for row in run.results["requirements"] for test in row["tests"]
    }
    cases = Counter(
        function_of(test) for row in run.results["requirements"] for test in row["tests"]
    )
    requests = Counter(
        function_of(line["id"].rpartition("#")[0]) for line in lines(run, "evidence")
    )
    ledger = lines(run, "ledger")
    sender = {line["entry"]: line["test"] for line in ledger if line["event"] == "sending"}
    orders = Counter(
        function_of(sender[line["entry"]]) for line in ledger if line.get("order_id") is not None
    )
    return [
        (test, Cost(requirement[test], cases[test], requests[test], orders[test])) for test in cases
    ]


def lines(run: SuiteRun, name: str) -> list[dict[str, Any]]:
    """Read a file of JSON lines that a run wrote."""
    text = (run.reports / f"{name}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def lost_without(folder: Path, kind: str) -> list[str]:
    """Return the requirements that cannot be checked without ids of a kind."""
    run = counted(folder, "gate", more=f"[existing]\n{kind} = []\n")
    return sorted(run.with_outcome("cantTell"))


if __name__ == "__main__":
    main()
