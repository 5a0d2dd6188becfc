"""Ctrl-C and SIGTERM: end the run at once, but keep what is known."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

OWN_PROGRAMS = frozenset({"pytest", "py.test", "__main__.py"})
HANDLED = (signal.SIGINT, signal.SIGTERM)


class SignalHandler:
    """Turns both signals into one KeyboardInterrupt, held back while results are written."""

    def __init__(self) -> None:
        """Nothing is handled until ``install``."""
        self.received: str | None = None
        self._held = True
        self._keep = False
        self._before: dict[signal.Signals, object] = {}

    def install(self) -> None:
        """Take over both signals; those that come before ``release`` wait for it."""
        for number in HANDLED:
            self._before[number] = signal.signal(number, self._handle)

    def release(self) -> None:
        """Let a signal interrupt from now on; one that came before does so at once."""
        self._held = False
        self.insist()

    def insist(self) -> None:
        """Interrupt once more where a signal has come: what it interrupted may have caught it."""
        if self.received:
            raise KeyboardInterrupt(self.received)

    def hold(self) -> None:
        """Only note signals from now on: what is known is being written."""
        self._held = True
        self._keep = True

    def uninstall(self) -> None:
        """Give the signals back to whoever had them.

        Where pytest is the whole process they are ignored from here on: the results are
        written, and a late signal must not turn the exit code that they stand for into another.
        """
        if Path(sys.argv[0]).name in OWN_PROGRAMS and self._keep:
            for number in HANDLED:
                signal.signal(number, signal.SIG_IGN)
            return
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
        self._before.clear()

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        self.received = signal.Signals(number).name
        if not self._held:
            # A second signal must not cut the clean-up that the first one started.
            self._held = True
            raise KeyboardInterrupt(self.received)
