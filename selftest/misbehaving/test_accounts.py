"""Accounts as on a real staging server: very long, and used by others at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from selftest.support.accounts import account_of
from selftest.support.misbehaving_runs import KEY, TARGET, EndedRun, assert_it_ended_well, run_suite
from selftest.support.neighbour import neighbour
from selftest.support.suite_runs import reference_server

if TYPE_CHECKING:
    from pathlib import Path

MILLION = 1_000_000
LOOKING = TARGET.partition("[existing]")[0]
"""A target file without known ids: the run finds them in the list."""


def run_on(orders: int, folder: Path, *twins: str) -> EndedRun:
    """Judge an account with this many orders, without known ids."""
    with account_of(orders, *twins) as base_url:
        return run_suite(base_url, folder, target=LOOKING)


@pytest.mark.parametrize("twins", [(), ("oldest-first",)], ids=["newest-first", "oldest-first"])
def test_a_million_orders_cost_no_more_requests_than_seven(
    tmp_path: Path, twins: tuple[str, ...]
) -> None:
    """The number of requests differs by a tenth at most, and the verdict is the same."""
    with ThreadPoolExecutor() as pool:
        few = pool.submit(run_on, 7, tmp_path / "few", *twins)
        many = pool.submit(run_on, MILLION, tmp_path / "many", *twins)
    for run in (few.result(), many.result()):
        assert_it_ended_well(run)
        assert (run.results["verdict"], run.exit_code) == ("conformant", 0), run.output
    few_requests, many_requests = (each.result().results["requests"] for each in (few, many))
    assert abs(many_requests - few_requests) <= few_requests / 10


@pytest.mark.parametrize("twin", ["conforming", "oldest-first", "unordered-list"])
def test_another_client_that_creates_orders_does_not_change_the_verdict(
    tmp_path: Path, twin: str
) -> None:
    """It creates an order every 50 ms, which appears at either end of the list or anywhere."""
    options = () if twin == "conforming" else ("--twin", twin)
    with (
        reference_server("--api-key-env", "SERVER_KEY", *options) as base_url,
        neighbour(base_url, KEY, every=0.05) as foreign,
    ):
        run = run_suite(base_url, tmp_path / "run")
    assert_it_ended_well(run)
    assert len(foreign) > 10
    assert run.with_outcome("failed") == {}, run.output
    assert run.with_outcome("cantTell") == {}, run.output
    assert (run.results["verdict"], run.exit_code) == ("conformant", 0)
