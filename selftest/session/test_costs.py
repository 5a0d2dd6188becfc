"""What the tests cost is what was counted, and not long ago."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from order_conformance.requirements.profiles import PROFILES
from order_conformance.session.costs import costs_of, function_of, lost_without
from selftest.support.engine_parts import ROOT, pytest_in
from tools.record_costs import costs, counted

if TYPE_CHECKING:
    from pathlib import Path

STALE = "spec/costs.json is stale: run `make costs`"


def close(counted_now: int, recorded: int) -> bool:
    """Whether two counts are the same but for what chance and time make of them."""
    return abs(counted_now - recorded) <= max(3, recorded / 10)


@pytest.mark.parametrize("profile", PROFILES)
def test_each_test_that_a_profile_runs_is_counted(profile: str, tmp_path: Path) -> None:
    """Each module has as many cases as were counted."""
    shown = pytest_in(
        ROOT, "tests", "--collect-only", "-qq", "--profile", profile, "--reports", str(tmp_path)
    )
    assert shown.returncode == 0, shown.stdout
    cases = dict(line.rsplit(": ", 1) for line in shown.stdout.splitlines() if ": " in line)
    recorded: dict[str, int] = {}
    for test, cost in costs_of(profile, read_only=False).items():
        file = test.partition("::")[0]
        recorded[file] = recorded.get(file, 0) + cost.cases
    assert {file: int(count) for file, count in cases.items()} == recorded, STALE


@pytest.mark.parametrize("read_only", [False, True])
def test_what_was_counted_is_what_a_run_costs(tmp_path: Path, read_only: bool) -> None:
    """In the profile that is soonest through; each test, and all of them together."""
    recorded = costs_of("smoke", read_only=read_only)
    now = dict(costs(counted(tmp_path / "run", "smoke", read_only=read_only)))
    assert now.keys() == recorded.keys(), STALE
    for what in ("requests", "orders"):
        sums = [sum(getattr(cost, what) for cost in each.values()) for each in (now, recorded)]
        assert close(*sums), STALE
    far = {test for test in now if not close(now[test].requests, recorded[test].requests)}
    assert not far, STALE


def test_what_is_lost_without_a_kind_is_what_cannot_be_judged(tmp_path: Path) -> None:
    """In the same profile, for one of the kinds."""
    run = counted(tmp_path / "run", "smoke", more="[existing]\nsites = []\n")
    covered = {cost.requirement for cost in costs_of("smoke", read_only=False).values()}
    assert set(run.with_outcome("cantTell")) == lost_without("sites") & covered, STALE


def test_a_case_belongs_to_its_function() -> None:
    """Whatever stands in the brackets."""
    assert function_of("tests/test_a.py::test_b[c[d]::e]") == "tests/test_a.py::test_b"
