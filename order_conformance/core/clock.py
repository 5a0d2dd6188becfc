"""The time of a run, kept so that a replay can tell it again without waiting."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime


class Clock:
    """Moves on when an attempt at a request ends, and at no other time.

    What a run decides by time (is the budget spent, has the list lagged for too long) it
    decides by these readings. They are part of the evidence, so a replay decides the same.
    """

    def __init__(self) -> None:
        """Start at zero."""
        self.now = 0.0
        self._began = time.monotonic()

    def tick(self) -> float:
        """Read the time anew; each reading is later than the one before, so they give an order."""
        self.now = round(max(time.monotonic() - self._began, self.now + 1e-6), 6)
        return self.now

    async def pause(self, seconds: float) -> None:
        """Let so much time pass."""
        await asyncio.sleep(max(0.0, seconds))


def now() -> str:
    """Return the present time as an RFC 3339 date-time in UTC."""
    return datetime.fromtimestamp(time.time(), UTC).isoformat(timespec="milliseconds")
