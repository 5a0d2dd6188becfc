"""``-n``: the shards of one run in parallel, each in a worker of pytest-xdist.

Each worker runs its own shard from start to end, so its requests depend on the seed alone. The
process that started the workers merges their results into one verdict.
"""

from __future__ import annotations

import shutil
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from order_conformance.core.exit_codes import UsageProblem
from order_conformance.core.redaction import Redactor
from order_conformance.core.shard import MOST_SHARDS, Shard
from order_conformance.recording.inputs import read_inputs
from order_conformance.reports import reports_of_a_run
from order_conformance.reports.terminal import write_summary
from order_conformance.requirements.waivers import NO_WAIVERS
from order_conformance.results.document import FILE_NAME
from order_conformance.session.merge import merge

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from order_conformance.results.document import CompletedRun
    from order_conformance.session.options import Options
    from order_conformance.session.signals import SignalHandler

FOLDER = "shards"
KEY = "order_conformance"


@dataclass(frozen=True)
class Task:
    """The task of a worker: its shard, its seed and its output directory."""

    shard: str
    seed: int
    reports: str

    def options(self, options: Options) -> Options:
        """Return the options of the whole run, adapted to this worker."""
        shard = Shard.parse(self.shard)
        if options.replay is not None:
            options = options.as_recorded(read_inputs(options.replay, shard))
        return replace(
            options,
            seed=self.seed,
            shard=shard,
            reports=Path(self.reports),
            results_only=True,
            # Waivers are applied once, when the shards are merged.
            waivers=NO_WAIVERS,
        )


def shards_of(config: pytest.Config, options: Options) -> tuple[Shard, ...]:
    """Return the shards to start workers for; none in a worker, or in a run without workers.

    A recorded run is replayed in the shards in which it was recorded, whatever ``-n`` says.

    Raises:
        UsageProblem: too many workers.
    """
    if hasattr(config, "workerinput"):
        return ()
    workers = config.getoption("numprocesses", None) or 0
    if options.replay is not None:
        config.option.dist, config.option.tx = "no", []
        return options.replayed_shards
    if workers > MOST_SHARDS:
        raise UsageProblem(f"-n {workers}: give at most {MOST_SHARDS} workers")
    return tuple(Shard(number, workers) for number in range(1, workers + 1))


def as_told(options: Options, config: pytest.Config) -> Options:
    """Return the options of this process; a worker gets them as its task."""
    told = getattr(config, "workerinput", {}).get(KEY)
    return Task(**told).options(options) if told else options


class ParallelRun:
    """The hooks of the process that starts the workers."""

    def __init__(
        self,
        config: pytest.Config,
        options: Options,
        shards: Sequence[Shard],
        interruption: SignalHandler,
    ) -> None:
        """Have xdist start one worker for each shard, to run all the tests of its shard."""
        config.option.tx = ["popen"] * len(shards)
        config.option.dist = "each"
        config.option.maxworkerrestart = "0"
        self.finished: CompletedRun | None = None
        self._collected = 0
        self._options, self._shards = options, shards
        self._interruption = interruption
        self._session: pytest.Session | None = None
        self._folder = options.reports / FOLDER
        self._unwritten: list[str] = []
        self._redactor = Redactor([*options.target.secrets] if options.target else [])
        shutil.rmtree(self._folder, ignore_errors=True)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Give a worker its task."""
        shard = self._shards[int(node.workerinput["workerid"].removeprefix("gw"))]
        reports = (self._folder / str(shard.number)).resolve()
        reports.mkdir(parents=True)
        task = Task(str(shard), self._options.seed, str(reports))
        node.workerinput[KEY] = asdict(task)

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Keep the session, because it counts the tests."""
        self._session = session

    @pytest.hookimpl(trylast=True)
    def pytest_report_header(self) -> str:
        """Show the target, the seed and the number of workers."""
        return f"{self._options.header}, {len(self._shards)} workers"

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self) -> Generator[None, object, object]:
        """Let signals interrupt the workers, but nothing before or after them."""
        self._interruption.begin_tests()
        try:
            return (yield)
        finally:
            self._interruption.end_tests()

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        """Count the tests of all workers; each has different ones."""
        self._collected += len(ids)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self) -> None:
        """Count progress against the tests of all workers."""
        if self._session is not None:
            self._session.testscollected = self._collected

    def pytest_report_teststatus(self, report: pytest.TestReport) -> Any:
        """Show warnings, and tests that could not be checked or do not apply, as such."""
        status = getattr(report, "conformance_status", None)
        if status is None:
            return None
        category, letter, (word, markup) = status
        return category, letter, (word, markup)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Merge the results of the workers, and set the exit code."""
        written = sorted(path.parent for path in self._folder.glob(f"*/{FILE_NAME}"))
        reports = self._options.reports
        try:
            if not written:
                session.exitstatus = pytest.ExitCode.INTERRUPTED
                return
            self.finished = merge(written, reports, self._redactor, self._options.waivers)
            session.exitstatus = self.finished.judgement.exit_code
            if len(written) == len(self._shards):
                shutil.rmtree(self._folder)
            if not self._options.results_only:
                self._unwritten = reports_of_a_run(reports, self._redactor)
        except OSError as problem:
            session.exitstatus = pytest.ExitCode.INTERRUPTED
            print(f"\nthe results cannot be written: {problem}", file=sys.stderr)  # noqa: T201

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the verdict, the areas and every failure."""
        if self.finished is not None:
            write_summary(terminalreporter, self.finished, self._unwritten)

    def pytest_unconfigure(self) -> None:
        """Restore the signal handlers."""
        self._interruption.uninstall()
