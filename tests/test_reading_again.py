"""Reading again: the list as it is at the end of the run (guide, Listing Orders)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from order_conformance.core.outcomes import Inapplicable
from order_conformance.judging.assertions import fail
from order_conformance.orders.list_stability import REREADS, moved_by_itself
from order_conformance.orders.polling import poll

if TYPE_CHECKING:
    from order_conformance.orders.order_list import OrderList
    from order_conformance.orders.page import Page

requirement = pytest.mark.requirement
# Of workers side by side, the last one to come here meets a quiet list.
pytestmark = pytest.mark.every_shard

SIZE = 5


@requirement("LIST-15")
def test_reading_a_page_again_shows_the_same_orders(listing: OrderList) -> None:
    """A page of a list that nobody changes shows the same orders in the same sequence."""
    for index in (0, 1):
        one, other, *_ = reads_of_a_quiet_page(listing, index)
        if one.ids != other.ids:
            raise fail(
                "reading a page again shows other orders, or another sequence",
                one.exchange,
                other.exchange,
                expected="the same orders in the same sequence: `total` stayed the same",
            )


def reads_of_a_quiet_page(listing: OrderList, index: int) -> list[Page]:
    """Read a page twice, and more often where it changes, until others are not why it does.

    Raises:
        Inapplicable: others move the list all the time.
    """
    for _ in poll(listing.api.client, listing.api.target.consistency_window):
        reads = [listing.page(index, SIZE) for _ in range(2)]
        if reads[0].total != reads[1].total:
            continue
        if reads[0].ids == reads[1].ids:
            return reads
        reads += [listing.page(index, SIZE) for _ in range(REREADS)]
        stood_still = len({page.total for page in reads}) == 1
        if stood_still and not moved_by_itself([page.ids for page in reads]):
            return reads
    raise Inapplicable("the list moved between any two reads: other clients write too")
