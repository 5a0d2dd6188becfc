"""Runs of the suite, side by side: each test waits only for the run that it judges."""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from typing import TYPE_CHECKING, cast

import pytest

from selftest.judging.forks import SEED
from selftest.judging.runs import Judged, Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from selftest.judging.cases import Case


@pytest.fixture(scope="session")
def judged(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[Case], Judged]]:
    """Return the run against the server of a case.

    Every run that a selected test asks for is started at once, as many at a time as the
    machine has cores.
    """
    wanted: list[Case] = []
    for item in request.session.items:
        if isinstance(item, pytest.Function) and hasattr(item, "callspec"):
            found = [value for name, value in item.callspec.params.items() if name == "case"]
            wanted += cast("list[Case]", found)
    folder = tmp_path_factory.mktemp("judged")
    workers = [Worker() for _ in range(os.cpu_count() or 2)]
    free: SimpleQueue[Worker] = SimpleQueue()
    for worker in workers:
        free.put(worker)

    def run(case: Case, number: int) -> Judged:
        worker = free.get()
        try:
            return worker.judge(case, folder / f"run-{number}", "--seed", SEED)
        finally:
            free.put(worker)

    with ThreadPoolExecutor(len(workers)) as pool:
        runs: dict[Case, Future[Judged]] = {
            case: pool.submit(run, case, number)
            for number, case in enumerate(dict.fromkeys(wanted))
        }
        yield lambda case: runs[case].result()
        for waiting in runs.values():
            waiting.cancel()
    for worker in workers:
        worker.stop()
