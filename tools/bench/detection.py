"""What each tool detects in a sample of the faults, and what that costs."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from order_conformance.core.vocabulary import Verdict
from reference.deviations import all_faults
from selftest.support.suite_runs import judge
from tools.bench.runs import SEED
from tools.generation.benchmark import all_ways, schemathesis

if TYPE_CHECKING:
    from pathlib import Path

    from tools.generation.benchmark import Result, Way

SAMPLE = 20
"""Number of faults that each tool is run against."""

COMMAND_LINE = "`st run`"
SERIAL, SIDE_BY_SIDE = "gate", "gate, `-n 4`"
FAILED = " failed"


@dataclass(frozen=True)
class Tally:
    """What one tool reported for each server, and what it cost."""

    results: dict[str, Result]

    @property
    def requests(self) -> int:
        """The requests to all servers."""
        return sum(result.requests for result in self.results.values())

    @property
    def seconds(self) -> float:
        """The seconds for all servers."""
        return sum(result.seconds for result in self.results.values())

    def detected(self) -> list[str]:
        """Return the faults for which something fails that passes without the fault.

        Plain Schemathesis blames a server without faults as well.
        """
        usual = self.results[""].detected
        return [
            fault
            for fault, result in self.results.items()
            if any(said.endswith(FAILED) for said in result.detected - usual)
        ]


def tallies() -> dict[str, Tally]:
    """Run every tool against each fault, and against the server without a fault."""
    known = [name for name, fault in all_faults().items() if not fault.needs]
    rows = {
        fault: all_ways(fault, WAYS) for fault in ["", *known[:: len(known) // SAMPLE][:SAMPLE]]
    }
    return {way: Tally({fault: row[way] for fault, row in rows.items()}) for way in WAYS}


def same_outcomes(ways: dict[str, Tally]) -> int:
    """Return for how many servers one process and four workers agree on every requirement."""
    serial, side_by_side = ways[SERIAL].results, ways[SIDE_BY_SIDE].results
    return sum(serial[name].detected == side_by_side[name].detected for name in serial)


def _suite(options: tuple[str, ...], base_url: str, folder: Path) -> tuple[set[str], int]:
    run = judge(base_url, folder, "--seed", SEED, *options)
    results = run.results
    if results["verdict"] == Verdict.INCONCLUSIVE:
        # It is counted as it is; the output shows later what happened.
        print(run.output, file=sys.stderr, flush=True)
    said = {f"{row['id']} {row['outcome']}" for row in results["requirements"]}
    return said, results["requests"]


def _command_line(base_url: str, folder: Path) -> tuple[set[str], int]:
    found, requests = schemathesis(base_url, folder)
    return {each + FAILED for each in found}, requests


WAYS: dict[str, Way] = {
    "smoke": partial(_suite, ("--profile", "smoke")),
    SERIAL: partial(_suite, ()),
    SIDE_BY_SIDE: partial(_suite, ("-n", "4")),
    COMMAND_LINE: _command_line,
}
