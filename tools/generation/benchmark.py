"""Compares generation, the whole suite and plain Schemathesis, fault by fault.

``python -m tools.generation.benchmark [--every 7] [--stateful]`` takes some minutes. A failure that
the Schemathesis command line also reports for that operation of the reference server without faults
is a false alarm, and not counted.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from order_conformance.core.outcomes import CantTell, Inapplicable
from order_conformance.generation.cases import BUDGETS
from reference.deviations import all_faults
from selftest.support.cases import KEY
from selftest.support.suite_runs import ROOT, judge, reference_server
from tools.generation.observing import client_of, generate, sequences

Way = Callable[[str, Path], tuple[set[str], int]]
SEED = "1"
PHASES = "examples,coverage,fuzzing"


@dataclass(frozen=True)
class Result:
    """What one tool reported for one server, and its cost."""

    detected: frozenset[str]
    requests: int
    seconds: float


def main() -> None:
    """Print the table and its sums."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=7, help="use every n-th fault")
    parser.add_argument("--jobs", type=int, default=1, help="faults at a time (default: 1)")
    parser.add_argument("--stateful", action="store_true", help="compare the two stateful modes")
    parser.add_argument("faults", nargs="*", help="names of faults (default: a sample)")
    options = parser.parse_args()
    sample = [n for n, f in all_faults().items() if not f.needs][:: options.every]
    names = options.faults or sample
    ways = STATEFUL if options.stateful else WAYS
    with ThreadPoolExecutor(options.jobs) as pool:
        conforming = all_ways("", ways)
        rows = list(pool.map(lambda name: all_ways(name, ways), names))
    print(f"| fault | {' | '.join(ways)} |\n|---|{'---|' * len(ways)}")
    for name, row in zip(names, rows, strict=True):
        cells = [
            ", ".join(sorted(row[way].detected - conforming[way].detected)) or "-" for way in ways
        ]
        print(f"| {name} | {' | '.join(cells)} |")
    sums = []
    for way in ways:
        hits = sum(bool(row[way].detected - conforming[way].detected) for row in rows)
        requests = sum(row[way].requests for row in rows) / len(rows)
        seconds = sum(row[way].seconds for row in rows) / len(rows)
        sums.append(f"{hits}; {requests:.0f} requests, {seconds:.1f} s")
    print(f"| detected of {len(rows)} | {' | '.join(sums)} |")
    false = [", ".join(sorted(conforming[way].detected)) or "-" for way in ways]
    print(f"| false alarms without a fault | {' | '.join(false)} |")


def all_ways(fault: str, ways: dict[str, Way]) -> dict[str, Result]:
    """Run every tool against a server with a fault, or without any."""
    results = {name: _once(fault, way) for name, way in ways.items()}
    for name, each in results.items():  # in case the rest takes too long
        words = f"{sorted(each.detected)}, {each.requests} requests, {each.seconds:.1f} s"
        print(f"{fault or 'no fault'}, {name}: {words}", file=sys.stderr, flush=True)
    return results


def _once(fault: str, way: Way) -> Result:
    """Restart the server for each tool: none sees what another one left behind."""
    faults = [f"--fault={fault}"] if fault else []
    with (
        reference_server("--api-key-env", "SERVER_KEY", *faults) as base_url,
        tempfile.TemporaryDirectory() as folder,
    ):
        began = time.monotonic()
        detected, requests = way(base_url, Path(folder))
        return Result(frozenset(detected), requests, time.monotonic() - began)


def _generation(base_url: str, folder: Path) -> tuple[set[str], int]:
    seen = generate(base_url, folder, int(SEED), BUDGETS["gate"])
    detected, requests = _sequences(base_url, folder)
    return seen.requirements | detected, seen.requests + requests


def _sequences(base_url: str, folder: Path) -> tuple[set[str], int]:
    with client_of(base_url, folder, int(SEED)) as (api, account):
        try:
            failure = sequences(api, account, int(SEED), "gate")
        except (CantTell, Inapplicable):
            failure = None
        return {"CONTRACT-04"} if failure else set(), api.client.requests


def _whole_suite(base_url: str, folder: Path) -> tuple[set[str], int]:
    judged = judge(base_url, folder, "--seed", SEED)
    return judged.failed(), judged.results["requests"]


def schemathesis(base_url: str, folder: Path) -> tuple[set[str], int]:
    """Run its command line on our contract, as its manual shows it."""
    return _command_line(base_url, folder, PHASES, "--max-examples", "20")


def _schemathesis_stateful(base_url: str, folder: Path) -> tuple[set[str], int]:
    return _command_line(base_url, folder, "stateful", "--max-examples", "30")


def _command_line(base_url: str, folder: Path, phases: str, *more: str) -> tuple[set[str], int]:
    command = [str(ROOT / ".venv/bin/st"), "run", str(ROOT / "spec/openapi.yaml")]
    options = ["--url", base_url, "-H", f"Impilo-API-Key: {KEY}", "--seed", SEED]
    finished = subprocess.run(
        [*command, *options, "--phases", phases, "--continue-on-failure", "--no-color", *more],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    found, operation = set(), ""
    for line in finished.stdout.splitlines():
        title = re.fullmatch(r"_{3,} (.+?) _{3,}", line)
        operation = title.group(1) if title else operation
        failure = re.match(r"- (ST\d+) ", line)
        if failure:
            found.add(f"{failure.group(1)} {operation}")
    cases = re.search(r"([\d,]+) generated", finished.stdout)
    return found, int(cases.group(1).replace(",", "")) if cases else 0


WAYS: dict[str, Way] = {
    "generation alone": _generation,
    "whole suite": _whole_suite,
    "Schemathesis command line": schemathesis,
}
STATEFUL: dict[str, Way] = {
    "our state machine": _sequences,
    "Schemathesis stateful": _schemathesis_stateful,
}

if __name__ == "__main__":
    main()
