"""Progress of a long run: a line every half a minute, between those of pytest."""

from __future__ import annotations

import time
from contextlib import nullcontext
from typing import TYPE_CHECKING

import pytest

from order_conformance.core.text import plural, shown_time
from order_conformance.session.costs import costs_of, function_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from contextlib import AbstractContextManager

    from order_conformance.session.run import Run

INTERVAL = 30.0
"""Seconds between two lines, so a run that is shorter prints none."""

SILENT = -2
"""The verbosity of pytest (-q -q) at which nothing is shown."""

ASSUMED_REQUESTS = 1.0
"""Requests that a test without a recorded cost is assumed to send."""

OVERHEAD = 0.1
"""The cost of a test besides its requests, in requests."""


class Progress:
    """Counts what is done and prints it from time to time."""

    def __init__(
        self,
        run: Run,
        tests: Iterable[str],
        terminal: pytest.TerminalReporter,
        uncaptured: Callable[[], AbstractContextManager[None]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin with nothing done.

        Args:
            run: the run that is under way.
            tests: the node ids of its tests.
            terminal: pytest's reporter, which owns the current line.
            uncaptured: suspends pytest's capture of what is written.
            clock: returns seconds.
        """
        self._run = run
        self._terminal = terminal
        self._uncaptured = uncaptured
        self._clock = clock
        self._began = self._shown_at = clock()
        self._running: tuple[str, tuple[str, int | None, str]] | None = None
        read_only = bool(run.target and run.target.read_only)
        costs = costs_of(run.options.profile.name, read_only=read_only)
        self._costs = {
            test: OVERHEAD + (cost.requests / cost.cases if cost else ASSUMED_REQUESTS)
            for test in tests
            for cost in [costs.get(function_of(test))]
        }
        self._all = sum(self._costs.values())
        self._done = 0.0

    def tick(self, *_: object) -> None:
        """Print a line if the last one is old enough."""
        now = self._clock()
        if now - self._shown_at >= INTERVAL:
            self._shown_at = now
            with self._uncaptured():
                self._show()

    def text(self) -> str:
        """Return what is done, how fast, and about how much time is left."""
        pending = self._run.pending.values()
        done = sum(not tests for tests in pending)
        elapsed = max(self._clock() - self._began, 0.001)
        requests = self._run.requests
        left = shown_time(elapsed * (self._all / self._done - 1)) if self._done else "?"
        return (
            f"{done} of {plural(len(pending), 'requirement')}, {plural(requests, 'request')} "
            f"({requests / elapsed:.1f}/s), {plural(self._run.orders_created, 'order')}, "
            f"about {left} left"
        )

    def _show(self) -> None:
        """Print the line, and let pytest start the line of the current test again."""
        self._terminal.ensure_newline()
        self._terminal.write(f"... {self.text()}")
        if self._running:
            self._terminal.pytest_runtest_logstart(*self._running)
        else:
            self._terminal.write("\n")
        self._terminal.flush()

    def pytest_runtest_logstart(self, nodeid: str, location: tuple[str, int | None, str]) -> None:
        """Note which test is running."""
        self._running = (nodeid, location)

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self) -> None:
        """Print a line if it is time, after pytest's letter for the test."""
        self.tick()

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """Count a test."""
        self._done += self._costs.get(nodeid, 0.0)
        self._running = None


def show_progress(config: pytest.Config, run: Run, tests: Iterable[str]) -> None:
    """Show the progress of a run from now on, unless the user asked for silence."""
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    capture = config.pluginmanager.get_plugin("capturemanager")
    if terminal is None or run.running is None or terminal.verbosity <= SILENT:
        return
    uncaptured = nullcontext if capture is None else capture.global_and_fixture_disabled
    progress = Progress(run, tests, terminal, uncaptured)
    run.running.client.observers.append(progress.tick)
    config.pluginmanager.register(progress, "order-conformance-progress")
