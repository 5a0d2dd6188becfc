"""What each way of testing detects over a sample of the faults, and what that costs."""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from reference.deviations import all_faults
from selftest.bench.runs import SEED
from selftest.contract.benchmark import schemathesis
from selftest.judging.runs import judge, reference_server

SAMPLE = 20
"""Faults that are served to each way."""

COMMAND_LINE = "`st run`"
SERIAL, SIDE_BY_SIDE = "gate", "gate, `-n 4`"
WAYS = {"smoke": ("--profile", "smoke"), SERIAL: (), SIDE_BY_SIDE: ("-n", "4")}


@dataclass
class Tally:
    """The sums of one way: what it said of each server, its requests and seconds."""

    said: dict[str, dict[str, str]] = field(default_factory=dict)
    requests: int = 0
    seconds: float = 0.0

    def detected(self) -> list[str]:
        """Return the faults of which it said something that it does not say of the server alone.

        Plain Schemathesis blames a server without faults as well.
        """
        usual = set(self.said[""].items())
        return [
            fault
            for fault, said in self.said.items()
            if any(what == "failed" for _, what in set(said.items()) - usual)
        ]


def tallies() -> dict[str, Tally]:
    """Serve each fault, and none, to one way after the other."""
    known = [name for name, fault in all_faults().items() if not fault.needs]
    faults = ["", *known[:: len(known) // SAMPLE][:SAMPLE]]
    ways = {name: Tally() for name in (*WAYS, COMMAND_LINE)}
    for fault in faults:
        for name, tally in ways.items():
            _serve(fault, name, tally)
        print(f"{fault or 'no fault'}: judged", file=sys.stderr, flush=True)
    return ways


def same_outcomes(ways: dict[str, Tally]) -> int:
    """Return of how many servers one run and four workers say the same, row by row."""
    serial, side_by_side = ways[SERIAL].said, ways[SIDE_BY_SIDE].said
    return sum(serial[name] == side_by_side[name] for name in serial)


def _serve(fault: str, way: str, tally: Tally) -> None:
    """Serve a fault anew: none sees what another way left behind."""
    options = [f"--fault={fault}"] if fault else []
    with (
        reference_server("--api-key-env", "SERVER_KEY", *options) as base_url,
        tempfile.TemporaryDirectory() as folder,
    ):
        began = time.monotonic()
        if way == COMMAND_LINE:
            found, requests = schemathesis(base_url, Path(folder))
            said = dict.fromkeys(found, "failed")
        else:
            results = judge(base_url, Path(folder), "--seed", SEED, *WAYS[way]).results
            said = {row["id"]: row["outcome"] for row in results["requirements"]}
            requests = results["requests"]
        tally.seconds += time.monotonic() - began
        tally.requests += requests
        tally.said[fault] = said
