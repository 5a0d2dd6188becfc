"""A pool of workers, one for each core, for many runs of the suite."""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from typing import TYPE_CHECKING, Self

from selftest.support.suite_runs import SuiteRun, Worker

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from selftest.support.cases import Case


class Pool:
    """Runs cases in the given sequence, each with its own reports folder."""

    def __init__(self, folder: Path) -> None:
        """Start the workers, which import in the background."""
        self._folder = folder
        self._workers = [Worker() for _ in range(os.cpu_count() or 2)]
        self._free: SimpleQueue[Worker] = SimpleQueue()
        for worker in self._workers:
            self._free.put(worker)
        self._threads = ThreadPoolExecutor(len(self._workers))
        self._given = 0

    def __enter__(self) -> Self:
        """Return the pool itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: object, trace: TracebackType | None
    ) -> None:
        """Cancel runs that have not started, wait for the others, and end the workers."""
        self._threads.shutdown(cancel_futures=True)
        for worker in self._workers:
            worker.stop()

    def judge(self, case: Case, seed: str, *options: str) -> Future[SuiteRun]:
        """Run a case with a seed as soon as a worker is free."""
        self._given += 1
        reports = self._folder / f"run-{self._given}"
        return self._threads.submit(self._run, case, reports, "--seed", seed, *options)

    def _run(self, case: Case, reports: Path, *options: str) -> SuiteRun:
        worker = self._free.get()
        try:
            return worker.judge(case, reports, *options)
        finally:
            self._free.put(worker)
