"""Whether a page that changed was moved by others, or by nobody."""

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
def test_what_others_do_is_movement(later: list[tuple[int, ...]]) -> None:
    """Orders come, go, and move to the front; the others keep their sequence."""
    assert may_be_moved_by_others([FIRST, *later])


def test_a_sequence_that_comes_back_was_moved_by_nobody() -> None:
    """Two shards that answer in turn show the one sequence, then the other, then the first."""
    assert not may_be_moved_by_others([FIRST, FIRST[::-1]] * 5)
    assert not may_be_moved_by_others([FIRST] * 4 + [(2, 1, 3, 4, 5)] + [FIRST] * 5)


@pytest.mark.parametrize("number", range(10))
def test_a_page_that_is_shuffled_each_time_was_moved_by_nobody(number: int) -> None:
    """A sort by a column of equal values gives another sequence each time."""
    chance = random.Random(number)
    assert not may_be_moved_by_others([tuple(chance.sample(range(8), 5)) for _ in range(10)])
