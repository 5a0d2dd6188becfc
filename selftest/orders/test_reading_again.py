"""Reading a page again: a change is blamed on the server only if nobody else can have made it."""

from __future__ import annotations

from itertools import count
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from order_conformance.core.outcomes import Inapplicable
from tests.checks.rereading import reads_of_a_quiet_page

if TYPE_CHECKING:
    from collections.abc import Callable

WINDOW = 5.0
FIRST, OTHER = (1, 2, 3, 4, 5), (1, 3, 2, 4, 5)


class Pages:
    """A list whose page a function makes from the number of the read and the time."""

    def __init__(self, shown_at: Callable[[int, float], tuple[tuple[int, ...], int]]) -> None:
        """Begin at zero, on a clock that only waiting moves."""
        self.now, self.reads, self._shown_at = 0.0, count(), shown_at
        client = SimpleNamespace(clock=self, wait=self.wait)
        self.api = SimpleNamespace(client=client, target=SimpleNamespace(consistency_window=WINDOW))

    def wait(self, seconds: float) -> None:
        """Let time go by."""
        self.now += seconds

    def page(self, _index: int, _size: int) -> Any:
        """Show the orders and the total."""
        ids, total = self._shown_at(next(self.reads), self.now)
        return SimpleNamespace(ids=ids, total=total)


def changes(pages: Pages) -> bool:
    """Return whether the page of a quiet list was different when it was read again."""
    listing: Any = pages
    one, other, *_ = reads_of_a_quiet_page(listing, 0)
    return bool(one.ids != other.ids)


def test_a_page_that_stays_the_same_is_read_twice() -> None:
    """No more requests are sent if both responses are the same."""
    pages = Pages(lambda _number, _now: (FIRST, 9))
    assert not changes(pages)
    assert next(pages.reads) == 2


def test_two_alternating_sequences_are_blamed_on_the_server() -> None:
    """The total and the orders stay the same, but their sequence does not."""
    assert changes(Pages(lambda number, _now: ((FIRST, OTHER)[number % 2], 9)))


def test_a_list_that_grows_for_a_while_is_judged_afterwards() -> None:
    """The check waits for other clients that create orders."""
    pages = Pages(lambda number, now: ((number, *FIRST), number) if now < 1.5 else (FIRST, 99))
    assert not changes(pages)
    assert 1.5 <= pages.now < WINDOW


@pytest.mark.parametrize("by", [1, 2, 5])
def test_a_list_that_grows_all_the_time_is_not_judged(by: int) -> None:
    """Also if the first two reads agree on the total, which may be cached."""

    def shown_at(number: int, _now: float) -> tuple[tuple[int, ...], int]:
        newest = 100 + by * number
        return tuple(range(newest, newest - 5, -1)), newest - by * (number % 2)

    with pytest.raises(Inapplicable, match="other clients write too"):
        changes(Pages(shown_at))
