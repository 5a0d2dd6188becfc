"""Runs against misbehaving servers, several at a time: they mostly wait."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from selftest.support.misbehaving_runs import EndedRun, run_suite
from selftest.support.misbehaving_server import Gateway, serving
from selftest.support.misbehaviours import ENVIRONMENT, HOSTILE, LOSING, PASSING, Misbehaviour
from selftest.support.suite_runs import reference_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

AT_ONCE = 4
# The longest first, so that the shorter ones run next to them.
SAID: dict[str, Misbehaviour] = {name: misbehaviour for name, (misbehaviour, _) in HOSTILE.items()}
MISBEHAVIOURS = PASSING | LOSING | ENVIRONMENT | SAID


@pytest.fixture(scope="session")
def run_against(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], tuple[EndedRun, Gateway]]]:
    """Return the run against a misbehaviour; the runs of all selected tests are started at once."""
    wanted = {
        item.callspec.params["misbehaviour"]
        for item in request.session.items
        if isinstance(item, pytest.Function)
        and hasattr(item, "callspec")
        and "misbehaviour" in item.callspec.params
    }
    folder = tmp_path_factory.mktemp("misbehaving")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        runs: dict[str, Future[tuple[EndedRun, Gateway]]] = {
            name: pool.submit(_run, name, folder / name) for name in MISBEHAVIOURS if name in wanted
        }
        yield lambda name: runs[name].result()
        for run in runs.values():
            run.cancel()


def _run(name: str, folder: Path) -> tuple[EndedRun, Gateway]:
    with (
        reference_server("--api-key-env", "SERVER_KEY") as upstream,
        serving(MISBEHAVIOURS[name], upstream) as (base_url, gateway),
    ):
        return run_suite(base_url, folder), gateway
