"""Runs of the suite, side by side: each test waits only for the run that it judges."""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, cast

import pytest

from selftest.judging.runs import Judged, judge_deviation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Deviations = tuple[tuple[str, ...], tuple[str, ...]]


@pytest.fixture(scope="session")
def judged(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[Deviations], Judged]]:
    """Return the run against a server with the given twins and faults.

    Every run that a selected test asks for is started at once, as many at a time as the
    machine has cores.
    """
    wanted: list[Deviations] = []
    for item in request.session.items:
        if isinstance(item, pytest.Function) and hasattr(item, "callspec"):
            found = [v for k, v in item.callspec.params.items() if k == "deviations"]
            wanted += cast("list[Deviations]", found)
    folder = tmp_path_factory.mktemp("judged")
    with ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        runs: dict[Deviations, Future[Judged]] = {
            each: pool.submit(
                judge_deviation,
                folder / f"run-{number}",
                "--seed",
                str(number),
                twins=each[0],
                faults=each[1],
            )
            for number, each in enumerate(dict.fromkeys(wanted))
        }
        yield lambda deviations: runs[deviations].result()
        for run in runs.values():
            run.cancel()
