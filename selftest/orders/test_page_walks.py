"""What is wrong with a walk: believed only if it repeats while the list does not change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from order_conformance.core.json_values import write_json
from order_conformance.http.exchange import Exchange, Request, Response
from order_conformance.judging.findings import NonConformance
from order_conformance.orders.page import read_page
from order_conformance.orders.page_walks import MOST_TURNS, walk_list
from selftest.support.engine_parts import ORDERS
from tests.checks.page_rules import (
    RULES_OF_A_WALK,
    assert_holds,
    repeats_no_order,
    size_is_the_same_on_every_page,
    total_counts_the_list,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from order_conformance.orders.page_walks import Walk

    Content = Callable[[int], list[list[int]]]

SIZE = 2
"""Orders on each page; the page after the last one is empty."""


class List:
    """A list whose pages a function makes from the number of requests so far."""

    first_number = 0
    new_orders_at = "end"
    large_size = SIZE

    def __init__(self, pages_at: Content, total: int) -> None:
        """Start without requests."""
        self.pages_at, self.total = pages_at, total
        self.asked: list[int] = []

    def ask(self, index: int, _size: int | None) -> Exchange:
        """Return the page at an index."""
        pages = self.pages_at(len(self.asked))
        self.asked.append(index)
        ids = pages[index] if index < len(pages) else []
        body = {
            "content": [{"id": order_id} for order_id in ids],
            "page": index,
            "size": SIZE,
            "total": self.total,
            "first": index == 0,
            "last": index >= len(pages) - 1,
        }
        response = Response(200, (), write_json(body), 0.0)
        return Exchange(f"walk#{len(self.asked)}", Request("GET", ORDERS), response)

    def walk(self, size: int | None, *, start: int, most: int) -> tuple[list[Any], bool]:
        """Read page after page, up to an empty one."""
        pages: list[Any] = []
        for index in range(start, start + most):
            pages.append(read_page(self.ask(index, size)))
            if not pages[-1].content:
                return pages, True
        return pages, False


def walk(pages_at: Content, total: int) -> tuple[Walk, list[int]]:
    """Walk a list; return the walk, and the indexes that were read after its repetitions."""
    listing: Any = List(pages_at, total)
    [made] = walk_list(listing, SIZE, 0, RULES_OF_A_WALK)
    return made, listing.asked[3 * len(made.pages) :]


def test_a_list_without_violations_is_walked_once() -> None:
    """Nothing is repeated."""
    made, further = walk(lambda _: [[1, 2], [3, 4]], 4)
    assert made.violations == {}
    assert further == []


def test_an_order_on_two_pages_is_confirmed_by_reading_both_to_and_fro() -> None:
    """Page 0, page 1, and page 0 again: the list did not change in between."""
    made, further = walk(lambda _: [[1, 2], [2, 3]], 4)
    assert set(made.violations) == {repeats_no_order}
    assert further == [0, 1, 0]
    with pytest.raises(NonConformance, match="the walk met order 2 twice"):
        assert_holds([made], repeats_no_order)


def test_a_total_is_confirmed_by_reading_all_pages_forward_and_backward() -> None:
    """The page at which the direction turns is read once."""
    made, further = walk(lambda _: [[1, 2], [3, 4], [5, 6]], 7)
    assert set(made.violations) == {total_counts_the_list}
    assert further == [0, 1, 2, 3, 2, 1, 0]


def test_a_violation_that_does_not_repeat_is_dropped() -> None:
    """Another client has moved an order while the first walk was made."""
    made, further = walk(lambda asked: [[1, 2], [2, 3] if asked < 3 else [3, 4]], 4)
    assert made.violations == {}
    assert further == []


def test_a_list_that_changes_all_the_time_is_not_judged() -> None:
    """Other clients move the orders at the same rhythm in which the pages are read."""
    made, further = walk(lambda asked: [[asked, asked + 1], [asked - 1, asked]], 4)
    assert made.violations == {}
    assert len(further) == 2 + MOST_TURNS


def test_a_rule_without_a_violation_holds() -> None:
    """Only what a walk breaks is reported."""
    made, _ = walk(lambda _: [[1, 2], [2, 3]], 4)
    assert_holds([made], size_is_the_same_on_every_page)
