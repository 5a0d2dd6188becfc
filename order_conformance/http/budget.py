"""The budget of a run: how many requests and orders it may send, and how long it may take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from order_conformance.core.outcomes import CantTell

if TYPE_CHECKING:
    from order_conformance.core.clock import Clock
    from order_conformance.target.model import Budget


class BudgetTracker:
    """Counts what a run has spent of its budget."""

    def __init__(self, budget: Budget, clock: Clock) -> None:
        """Start with nothing spent; ``clock`` says how long the run has taken."""
        self._budget = budget
        self._clock = clock
        self.requests = 0
        self.orders = 0

    @property
    def time_left(self) -> float:
        """Seconds that the run may still take."""
        return self._budget.minutes * 60 - self._clock.now

    def exhausted(self) -> str:
        """Return which part of the budget is spent and how to raise it; empty if none is."""
        if self.requests >= self._budget.requests:
            return (
                f"the budget of {self._budget.requests} requests is spent; raise [budget] requests"
            )
        if self.time_left <= 0:
            return (
                f"the budget of {self._budget.minutes:g} minutes is spent; raise [budget] minutes"
            )
        return ""

    def check_orders(self, more: int) -> None:
        """Check that the budget covers this many more orders.

        Raises:
            CantTell: it does not.
        """
        if self.orders + more > self._budget.orders:
            raise CantTell(
                f"the budget of {self._budget.orders} orders is spent; raise [budget] orders"
            )

    def charge(self, *, creates: bool) -> None:
        """Count a request that is about to be sent; a create counts as an order as well.

        Raises:
            CantTell: the budget does not cover another order.
        """
        if creates:
            self.check_orders(1)
        self.requests += 1
        self.orders += creates

    def refund_order(self) -> None:
        """Take back an order that was counted: the target did not store it."""
        self.orders -= 1
