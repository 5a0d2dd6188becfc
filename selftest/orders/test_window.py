"""The consistency window: an order may appear until its end, but not later."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from order_conformance.core.outcomes import Inapplicable
from order_conformance.orders.placed import Orders
from tests.checks.listed_orders import assert_every_order_is_listed

WINDOW = 5.0


class Lagging:
    """An API that shows an order only after some seconds, on a clock that only waiting moves."""

    def __init__(self, seconds: float) -> None:
        """Begin at zero."""
        self.seconds = seconds
        self.now = 0.0
        self.reads: list[float] = []
        self.target = SimpleNamespace(consistency_window=WINDOW)
        self.client: Any = SimpleNamespace(clock=self, wait=self.wait)

    def wait(self, seconds: float) -> None:
        """Let time go by."""
        self.now += seconds

    def fetch(self, _: int) -> Any:
        """Show the order, or not yet."""
        self.reads.append(self.now)
        return SimpleNamespace(status=200 if self.now >= self.seconds else 404)


@pytest.mark.parametrize(("lag", "status"), [(0, 200), (3.2, 200), (WINDOW, 200), (5.1, 404)])
def test_an_order_may_lag_for_the_whole_window(lag: float, status: int) -> None:
    """The last read is at the end of the window."""
    api: Any = Lagging(lag)
    assert Orders(api, SimpleNamespace()).fetch_when_there(1).status == status  # type: ignore[arg-type]
    assert api.reads[-1] <= WINDOW
    assert status == 200 or api.reads[-1] == WINDOW


class Growing:
    """A list that was short when it was last read, and is long when it is read again."""

    is_short = True

    def find(self, _: Any) -> dict[int, Any]:
        """Find nothing: others have put hundreds of orders before ours."""
        self.is_short = False
        return {}


def test_a_list_that_has_become_long_is_not_judged() -> None:
    """Orders in a list that became long meanwhile do not count as missing."""
    listing: Any = Growing()
    orders: Any = SimpleNamespace(placed=[SimpleNamespace(id=14)])
    with pytest.raises(Inapplicable, match="the list is long"):
        assert_every_order_is_listed(orders, listing)
