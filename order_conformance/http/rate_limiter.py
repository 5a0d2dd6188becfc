"""How fast a run sends: as its target file allows, and slower where the target asks for it."""

from __future__ import annotations

import asyncio
import math
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

SLOWEST = 0.5
"""Requests a second that a run goes on with, whatever it is told."""

SUPPOSED = 10.0
"""Requests a second that a target is taken to bear that refuses the very first one."""

AFTER_A_HICCUP = 0.8
"""What is left of the rate after a 503, which may be no word about the rate at all.

Four answers make up for it: only where more than one request in five is refused does it add up.
"""

CAUTION = 0.9
"""What is left of the rate that the target is known to bear."""

RECOVERY, SLOW_RECOVERY = 1.05, 1.003
"""By what the rate grows with each answer: up to what the target once bore, and beyond."""


class AdaptiveRateLimiter:
    """Gives each request its turn; requests that are sent side by side share one pace.

    A target that refuses for the rate (429, or 503) is asked less often from then on: nearly
    as often as it answered since it refused before, and no less than half as often.
    """

    def __init__(
        self,
        limit: float | None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Start at the limit, or without any."""
        self.rate = limit
        self._limit = limit
        self._sustained_rate = limit or math.inf
        self._clock = clock
        self.sleep = sleep
        self._next_slot = self._since = self._lowered_at = clock()
        self._answered = 0

    async def acquire(self, longest: float) -> float:
        """Wait until the next request may go out, so many seconds at the most; say when it does."""
        now = self._clock()
        slot = max(self._next_slot, now)
        if self.rate is not None:
            self._next_slot = slot + 1 / self.rate
        if slot > now:
            await self.sleep(min(slot - now, longest))
        return self._clock()

    def succeeded(self) -> None:
        """Note that the target answered: what it refused it may grant again."""
        self._answered += 1
        if self.rate is not None:
            self.rate *= RECOVERY if self.rate < self._sustained_rate else SLOW_RECOVERY
            self.rate = min(self.rate, self._limit or self.rate)

    def throttled(self, sent: float, *, for_the_rate: bool, wait: float = 0.0) -> None:
        """Send less often from now on.

        Args:
            sent: when the request that was refused went out.
            for_the_rate: the target spoke of the rate (429), not of itself (503).
            wait: seconds for which it asked to be left alone; every request heeds that.
        """
        now = self._clock()
        self._next_slot = max(self._next_slot, now + wait)
        # Of several that were under way together one speaks for all.
        if sent < self._lowered_at:
            return
        bears = self._answered / max(now - self._since, wait, 0.001)
        before = self.rate or max(bears, SUPPOSED)
        lowered = before * AFTER_A_HICCUP
        if for_the_rate:
            lowered = max(before / 2, min(before, CAUTION * bears))
            self._sustained_rate = lowered if self._answered else self._sustained_rate
            self._answered, self._since = 0, now + wait
        self.rate = max(lowered, min(SLOWEST, self._limit or SLOWEST))
        self._lowered_at = now
