"""Where a long run is: a live line on a terminal, a line now and then in a log."""

from __future__ import annotations

import time
from contextlib import nullcontext
from typing import TYPE_CHECKING, Protocol

import pytest

from order_conformance.core.text import plural, shown_time
from order_conformance.session.costs import costs_of, function_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager

    from order_conformance.session.run import Run

OFTEN, NOW_AND_THEN = 0.2, 30.0
"""Seconds between two states of the live line, and between two lines of a log."""

SILENT = -2
"""Pytest's verbosity (-q -q) from which on nothing is shown."""

UNKNOWN_COST = 1.0
"""Requests that a test is taken to send of which nobody counted them."""

BESIDE_REQUESTS = 0.1
"""What a test takes beside its requests, in requests."""

# Down and up again makes sure that there is a line below; the cursor then returns to its place.
DRAW, ERASE = "\x1bD\x1bM\x1b7\x1b[B\r\x1b[K{}\x1b8", "\x1b[J"


class Display(Protocol):
    """Where the state of a run is shown."""

    every: float

    def show(self, text: str) -> None:
        """Show it."""

    def hide(self) -> None:
        """Make room for what pytest is about to write."""

    def restore(self) -> None:
        """Show again what had to make room."""


class LiveLine:
    """One line below what pytest writes, drawn again and again."""

    every = OFTEN

    def __init__(self, terminal: pytest.TerminalReporter) -> None:
        """Nothing is drawn yet."""
        self._terminal = terminal
        self._text = ""

    def show(self, text: str) -> None:
        """Draw it; what pytest wrote so far stays as it is, the place of its cursor included."""
        width = self._terminal._tw.fullwidth - 1  # noqa: SLF001 - pytest gives no other way
        # Raw: pytest counts the letters of its own line.
        self._terminal.write_raw(DRAW.format(text[:width]), flush=True)
        self._text = text

    def hide(self) -> None:
        """Wipe it out."""
        if self._text:
            self._terminal.write_raw(ERASE)

    def restore(self) -> None:
        """Draw it again."""
        if self._text:
            self.show(self._text)


class LogLines:
    """A plain line now and then, between those of pytest."""

    every = NOW_AND_THEN

    def __init__(self, terminal: pytest.TerminalReporter) -> None:
        """Nothing is written yet."""
        self._terminal = terminal
        self.running: tuple[str, tuple[str, int | None, str]] | None = None

    def show(self, text: str) -> None:
        """Write it on a line of its own, and let pytest begin the line of its test again."""
        self._terminal.ensure_newline()
        self._terminal.write(f"... {text}")
        if self.running:
            self._terminal.pytest_runtest_logstart(*self.running)
        else:
            self._terminal.write("\n")
        self._terminal.flush()

    def hide(self) -> None:
        """Leave it: a log keeps what was written."""

    def restore(self) -> None:
        """Leave it."""


class Progress:
    """Counts what is done, and shows it from time to time."""

    def __init__(
        self,
        run: Run,
        tests: Iterable[str],
        display: Display,
        outside: Callable[[], AbstractContextManager[None]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin a run of these tests; ``outside`` suspends pytest's capture of what is written."""
        self._run = run
        self._display = display
        self._outside = outside
        self._clock = clock
        self._began = self._shown_at = clock()
        read_only = bool(run.target and run.target.read_only)
        costs = costs_of(run.options.profile.name, read_only=read_only)
        self._costs = {
            test: BESIDE_REQUESTS + (cost.requests / cost.cases if cost else UNKNOWN_COST)
            for test in tests
            for cost in [costs.get(function_of(test))]
        }
        self._all = sum(self._costs.values())
        self._done = 0.0

    def tick(self, *_: object) -> None:
        """Show the state if the last one is old enough."""
        now = self._clock()
        if now - self._shown_at >= self._display.every:
            self._shown_at = now
            with self._outside():
                self._display.show(self.text())

    def text(self) -> str:
        """Say where the run is."""
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

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_logstart(
        self, nodeid: str, location: tuple[str, int | None, str]
    ) -> Iterator[None]:
        """Make room for the name of a test."""
        self._display.hide()
        if isinstance(self._display, LogLines):
            self._display.running = (nodeid, location)
        yield
        self._display.restore()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_logreport(self) -> Iterator[None]:
        """Make room for the letter of a test."""
        self._display.hide()
        yield
        self._display.restore()
        self.tick()

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """Count a test."""
        self._done += self._costs.get(nodeid, 0.0)
        if isinstance(self._display, LogLines):
            self._display.running = None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self) -> Iterator[None]:
        """Leave nothing behind, however the run ends."""
        try:
            return (yield)
        finally:
            self._display.hide()


def show_progress(config: pytest.Config, run: Run, tests: Iterable[str]) -> None:
    """Show where the run is from now on, unless nobody wants to see it."""
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    capture = config.pluginmanager.get_plugin("capturemanager")
    if terminal is None or run.running is None or terminal.verbosity <= SILENT:
        return
    # Who wants no colour wants no other control sequences either.
    is_live = terminal.isatty and terminal.hasmarkup
    display = LiveLine(terminal) if is_live else LogLines(terminal)
    outside = nullcontext if capture is None else capture.global_and_fixture_disabled
    progress = Progress(run, tests, display, outside)
    run.running.client.observers.append(progress.tick)
    config.pluginmanager.register(progress, "order-conformance-progress")
