"""The time of a run, recorded so that a replay can repeat it without waiting."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime


class Clock:
    """Advances when an attempt at a request ends, and at no other time.

    Decisions that depend on time (whether the budget is spent, whether the list has lagged for
    too long) use these readings. They are part of the evidence, so a replay decides the same.
    """

    def __init__(self) -> None:
        """Start at zero."""
        self.now = 0.0
        self._began = time.monotonic()

    def tick(self) -> float:
        """Read the time; each reading is later than the one before, so readings can be sorted."""
        self.now = round(max(time.monotonic() - self._began, self.now + 1e-6), 6)
        return self.now

    async def pause(self, seconds: float) -> None:
        """Wait this many seconds."""
        await asyncio.sleep(max(0.0, seconds))


def now() -> str:
    """Return the present time as an RFC 3339 date-time in UTC."""
    return datetime.fromtimestamp(time.time(), UTC).isoformat(timespec="milliseconds")
