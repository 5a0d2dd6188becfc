"""Reading again: the list as it is at the end of the run (guide, Listing Orders)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from order_conformance.judging.assertions import fail
from tests.checks.rereading import reads_of_a_quiet_page

if TYPE_CHECKING:
    from order_conformance.orders.order_list import OrderList

requirement = pytest.mark.requirement
# Each worker reads: the last one to come here meets a list that nobody changes.
pytestmark = pytest.mark.every_shard


@requirement("LIST-15")
def test_reading_a_page_again_shows_the_same_orders(listing: OrderList) -> None:
    """A page of a list that does not change shows the same orders in the same sequence."""
    for index in (0, 1):
        one, other, *_ = reads_of_a_quiet_page(listing, index)
        if one.ids != other.ids:
            raise fail(
                "reading a page again shows other orders, or another sequence",
                one.exchange,
                other.exchange,
                expected="the same orders in the same sequence, because `total` stayed the same",
            )
