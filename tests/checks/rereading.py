"""Reading a page again, until it is known whether the list changed in between (LIST-15)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from order_conformance.core.outcomes import Inapplicable
from order_conformance.orders.list_stability import REREADS, may_be_moved_by_others
from order_conformance.orders.polling import poll

if TYPE_CHECKING:
    from order_conformance.orders.order_list import OrderList
    from order_conformance.orders.page import Page

SIZE = 5


def reads_of_a_quiet_page(listing: OrderList, index: int) -> list[Page]:
    """Read a page twice; more often where it changes, until other clients cannot be the cause.

    Raises:
        Inapplicable: other clients change the list all the time.
    """
    for _ in poll(listing.api.client, listing.api.target.consistency_window):
        reads = [listing.page(index, SIZE) for _ in range(2)]
        if reads[0].total != reads[1].total:
            continue
        if reads[0].ids == reads[1].ids:
            return reads
        reads += [listing.page(index, SIZE) for _ in range(REREADS)]
        stood_still = len({page.total for page in reads}) == 1
        if stood_still and not may_be_moved_by_others([page.ids for page in reads]):
            return reads
    raise Inapplicable("the list changed between any two reads: other clients write too")
