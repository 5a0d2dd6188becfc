"""The cost of each test in requests and orders, counted in runs against the reference server.

``make costs`` writes ``spec/costs.json``, and ``selftest/session`` compares it with a run.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from order_conformance.core.paths import SPEC

FILE = SPEC / "costs.json"


@dataclass(frozen=True)
class Cost:
    """The cost of one test function, with all of its cases."""

    requirement: str
    cases: int
    requests: int
    orders: int


def costs_of(profile: str, *, read_only: bool) -> dict[str, Cost]:
    """Return the cost of each test function that a profile runs, by its node id."""
    run = run_name(profile, read_only=read_only)
    tests = _recorded()["tests"]
    return {test: Cost(row["requirement"], *row[run]) for test, row in tests.items() if run in row}


def lost_without(kind: str) -> frozenset[str]:
    """Return the requirements that cannot be checked if no patient, say, is known."""
    return frozenset(_recorded()["lost_without"].get(kind, ()))


def run_name(profile: str, *, read_only: bool) -> str:
    """Return the key of a profile in the file."""
    return f"{profile}, read-only" if read_only else profile


def function_of(test: str) -> str:
    """Return the node id of a test without its parameters."""
    return test.partition("[")[0]


@cache
def _recorded() -> dict[str, Any]:
    recorded: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return recorded
