"""Ctrl-C and SIGTERM: they end a run early, and what is known by then is still written."""

from __future__ import annotations

import signal
import sys
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

OWN_PROGRAMS = frozenset({"pytest", "py.test", "__main__.py"})
HANDLED = (signal.SIGINT, signal.SIGTERM)


class State(Enum):
    """Where a run is, which decides what a signal does."""

    PREPARING = auto()
    """Tests are being collected. A signal waits until the tests begin."""

    TESTING = auto()
    """Tests are running. A signal raises KeyboardInterrupt, once."""

    INTERRUPTED = auto()
    """That has happened. Further signals are ignored: they must not cut the clean-up short."""

    FINISHING = auto()
    """Results and reports are being written. Signals are ignored, up to the end of the process."""


class SignalHandler:
    """Turns SIGINT and SIGTERM into at most one KeyboardInterrupt, at a time that is safe."""

    def __init__(self) -> None:
        """Nothing is handled until ``install``."""
        self.received: str | None = None
        self._state = State.PREPARING
        self._before: dict[signal.Signals, object] = {}

    def install(self) -> None:
        """Handle both signals from now on."""
        for number in HANDLED:
            self._before[number] = signal.signal(number, self._handle)

    def begin_tests(self) -> None:
        """Let signals interrupt from now on; one that is waiting does so at once."""
        self._state = State.TESTING
        self.check()

    def check(self) -> None:
        """Raise KeyboardInterrupt if a signal has arrived, even if some code swallowed the first.

        A library may catch every exception, and Python itself drops those of finalisers.
        """
        if self.received:
            self._interrupt()

    def end_tests(self) -> None:
        """Let nothing interrupt from now on, because results are being written."""
        self._state = State.FINISHING

    def uninstall(self) -> None:
        """Restore the handlers from before.

        In a process of pytest alone that has written its results, both signals are ignored
        instead: the exit code must stay the one that the results give.
        """
        if self._state is State.FINISHING and Path(sys.argv[0]).name in OWN_PROGRAMS:
            for number in HANDLED:
                signal.signal(number, signal.SIG_IGN)
            return
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
        self._before.clear()

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        self.received = signal.Signals(number).name
        if self._state is State.TESTING:
            self._interrupt()

    def _interrupt(self) -> None:
        self._state = State.INTERRUPTED
        raise KeyboardInterrupt(self.received)
