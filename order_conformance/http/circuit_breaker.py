"""When a run stops sending for good: the target is down, too slow, or fills our memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from order_conformance.http.exchange import Response
from order_conformance.http.memory import LARGEST_MEMORY, ResponseMemory

if TYPE_CHECKING:
    from order_conformance.http.exchange import TransportFailure

MOST_FAILURES_IN_A_ROW = 3
MOST_TIME_LOST = 180.0
"""Seconds that a run may wait, in all, for responses that do not arrive."""

TIMEOUTS_LOST = 6
"""Time-outs of the target that a run may wait for in any case, however long they are."""


class CircuitBreaker:
    """Lets requests through while it is closed; once it is open, nothing more is sent.

    Other circuit breakers close again after a while. This one does not: the verdict of the run
    is inconclusive by then, and each further request would only take more time.
    """

    def __init__(self, timeout: float) -> None:
        """Start closed; ``timeout`` is how long the target may take to respond, in seconds."""
        self.open_because: str | None = None
        self.failures_in_a_row = 0
        self._memory = ResponseMemory()
        self._time_lost = 0.0
        self._most_time_lost = max(MOST_TIME_LOST, TIMEOUTS_LOST * timeout)

    def open(self, reason: str) -> None:
        """Let nothing more through; the latest reason is the one that the run reports."""
        self.open_because = reason

    def record(self, outcome: Response | TransportFailure) -> None:
        """Count the memory that a response takes, or the time that a slow failure took."""
        if isinstance(outcome, Response):
            self._memory.add(outcome)
            if self._memory.is_full:
                self.open(
                    f"the target's responses fill more than {LARGEST_MEMORY >> 20} MB of memory; "
                    "nothing more was sent"
                )
        elif outcome.slow:
            self._time_lost += outcome.seconds
            if self._time_lost > self._most_time_lost:
                self.open(
                    f"the run waited {self._time_lost:.0f} s for responses that did not arrive; "
                    "nothing more was sent"
                )

    def succeeded(self) -> None:
        """Note that a request brought a usable response: the target is up."""
        self.failures_in_a_row = 0

    def failed(self) -> bool:
        """Count a request without a usable response; return whether the target may be down.

        If so, the client asks for the list, and reports what came of it with ``succeeded`` or
        ``open_as_down``.
        """
        self.failures_in_a_row += 1
        return self.failures_in_a_row >= MOST_FAILURES_IN_A_ROW

    def open_as_down(self, failure: str) -> None:
        """Let nothing more through, as the target is down; ``failure`` says how it failed last."""
        self.open(
            f"the target gave no usable response to {self.failures_in_a_row} requests in a row "
            f"({failure}); nothing more was sent"
        )
