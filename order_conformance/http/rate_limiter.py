"""How fast a run sends: as its target file allows, and slower where the target asks for it.

The limiter is a variant of AIMD, additive increase and multiplicative decrease, by which TCP
shares a link (RFC 5681 section 3.1): each success raises the rate a little, each throttling
response lowers it by a factor. The increase is a small factor as well, as a rate may be anything
from one request in two seconds to some hundreds a second.

Written here because rate limiters from libraries keep to a fixed rate; they do not learn one
from 429, 503 and Retry-After.
"""

from __future__ import annotations

import asyncio
import math
import time
from typing import TYPE_CHECKING

from order_conformance.http.exchange import Response
from order_conformance.http.retries import (
    TOO_MANY_REQUESTS,
    UNAVAILABLE,
    is_failure,
    retry_after,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from order_conformance.http.exchange import TransportFailure

# Requests a second, then factors by which the rate changes.
# fmt: off
LOWEST_RATE   = 0.5    # the floor, so that a run ends even if the target throttles all the time
PRESUMED_RATE = 10.0   # what a target is assumed to sustain that throttles the very first request
INCREASE      = 1.05   # each success, up to the rate that the target sustained before
SLOW_INCREASE = 1.003  # each success beyond that rate
DECREASE_503  = 0.8    # a 503 may have another cause: it adds up only if one in five fails
DECREASE_429  = 0.9    # a 429: of the rate that the target sustained since the last 429 ...
MOST_DECREASE = 0.5    # ... but at the most to half of the present rate
# fmt: on


class AdaptiveRateLimiter:
    """Gives each request a time to be sent; requests that are sent together share one rate."""

    def __init__(
        self,
        limit: float | None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Start at the limit of the target file, in requests a second, or without any."""
        self.rate = limit
        self.sleep = sleep
        self._limit = limit
        self._clock = clock
        self._sustained_rate = limit or math.inf
        self._next_slot = self._since = self._lowered_at = clock()
        self._successes = 0

    async def acquire(self, longest: float) -> float:
        """Wait for a slot, at most ``longest`` seconds; return the time at which to send."""
        now = self._clock()
        slot = max(self._next_slot, now)
        if self.rate is not None:
            self._next_slot = slot + 1 / self.rate
        if slot > now:
            await self.sleep(min(slot - now, longest))
        return self._clock()

    def adapt(self, outcome: Response | TransportFailure, sent: float, longest_wait: float) -> None:
        """Adapt the rate to what came of a request that was sent at a time of this clock.

        A Retry-After beyond ``longest_wait`` seconds only makes that one request give up: the
        others do not wait for it.
        """
        if not is_failure(outcome):
            self.succeeded()
        elif isinstance(outcome, Response) and outcome.status in {TOO_MANY_REQUESTS, UNAVAILABLE}:
            wait = retry_after(outcome) or 0.0
            self.throttled(
                sent,
                for_the_rate=outcome.status == TOO_MANY_REQUESTS,
                wait=wait if wait <= longest_wait else 0.0,
            )

    def succeeded(self) -> None:
        """Raise the rate a little: the target served a request."""
        self._successes += 1
        if self.rate is not None:
            self.rate *= INCREASE if self.rate < self._sustained_rate else SLOW_INCREASE
            self.rate = min(self.rate, self._limit or self.rate)

    def throttled(self, sent: float, *, for_the_rate: bool, wait: float = 0.0) -> None:
        """Lower the rate, and let every request wait for as long as the target asks.

        Args:
            sent: when the refused request was sent.
            for_the_rate: the target refused it because of the rate (429), not because it is
                unavailable (503).
            wait: seconds for which the target asked to be left alone.
        """
        now = self._clock()
        self._next_slot = max(self._next_slot, now + wait)
        # Several requests that were under way together lower the rate once.
        if sent < self._lowered_at:
            return
        sustained = self._successes / max(now - self._since, wait, 0.001)
        before = self.rate or max(sustained, PRESUMED_RATE)
        lowered = before * DECREASE_503
        if for_the_rate:
            lowered = max(before * MOST_DECREASE, min(before, DECREASE_429 * sustained))
            self._sustained_rate = lowered if self._successes else self._sustained_rate
            self._successes, self._since = 0, now + wait
        self.rate = max(lowered, min(LOWEST_RATE, self._limit or LOWEST_RATE))
        self._lowered_at = now
