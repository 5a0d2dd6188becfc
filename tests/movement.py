"""Whether a page that changed was moved by others, or by being read (LIST-15)."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_SHUFFLED = 3
"""Of the pairs of reads that follow each other, among ten reads of one page."""


def moved_by_itself(seen: Sequence[tuple[object, ...]]) -> bool:
    """Say whether others may have moved the orders that a page showed, read again and again.

    Who replaces an order, or sorts a list by the last change, moves a few orders and leaves the
    others in their sequence. A sequence that comes back, or that keeps being shuffled, was moved
    by nobody.
    """
    changes = [one for one, other in pairwise([*seen, ()]) if one != other]
    if len(set(changes)) < len(changes):
        return False
    shuffled = sum(is_shuffled(one, other) for one, other in pairwise(seen))
    return shuffled < MOST_SHUFFLED


def is_shuffled(one: Sequence[object], other: Sequence[object]) -> bool:
    """Say whether the orders on both pages are in another sequence, whichever one is left out."""
    common = [order_id for order_id in one if order_id in other]
    again = [order_id for order_id in other if order_id in common]
    without = [[i for i in ids if i != left_out] for left_out in common for ids in (common, again)]
    return (
        bool(common)
        and common != again
        and all(a != b for a, b in zip(without[::2], without[1::2], strict=True))
    )
