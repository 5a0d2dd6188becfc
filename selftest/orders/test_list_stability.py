"""Whether other clients may have changed a page."""

from __future__ import annotations

import random

import pytest

from order_conformance.orders.list_stability import may_be_moved_by_others

FIRST = (1, 2, 3, 4, 5)


@pytest.mark.parametrize(
    "later",
    [
        [(9, 1, 2, 3, 4)] * 9,
        [(1, 2, 4, 5, 6)] * 9,
        [(5, 1, 2, 3, 4)] * 4 + [(3, 5, 1, 2, 4)] * 5,
        [(n, *FIRST[:4]) for n in range(10, 19)],
    ],
    ids=["one came", "one went", "one was changed, then another", "one comes each time"],
)
def test_a_few_moved_orders_may_be_the_work_of_others(later: list[tuple[int, ...]]) -> None:
    """Some orders come, go, or move to the front; the rest keep their sequence."""
    assert may_be_moved_by_others([FIRST, *later])


def test_a_sequence_that_comes_back_is_not_the_work_of_others() -> None:
    """Two shards that answer in turn show one sequence, the other, then the first again."""
    assert not may_be_moved_by_others([FIRST, FIRST[::-1]] * 5)
    assert not may_be_moved_by_others([FIRST] * 4 + [(2, 1, 3, 4, 5)] + [FIRST] * 5)


@pytest.mark.parametrize("number", range(10))
def test_a_page_that_is_shuffled_each_time_is_not_the_work_of_others(number: int) -> None:
    """Sorting by a column of equal values gives another sequence each time."""
    chance = random.Random(number)
    assert not may_be_moved_by_others([tuple(chance.sample(range(8), 5)) for _ in range(10)])
