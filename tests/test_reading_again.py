"""Reading again: at the end of the run, when nobody writes any more (guide, Listing Orders)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from order_conformance.assertions import fail
from order_conformance.outcomes import Inapplicable
from tests.movement import REREADS, moved_by_itself

if TYPE_CHECKING:
    from order_conformance.listing import Listing

requirement = pytest.mark.requirement
# Of workers side by side, the last one to come here meets a quiet list.
pytestmark = pytest.mark.every_shard


@requirement("LIST-15")
def test_reading_a_page_again_shows_the_same_orders(listing: Listing) -> None:
    """A page of a list that nobody changes shows the same orders in the same sequence."""
    for attempt in range(5):
        reads = [listing.page(attempt % 2, 5) for _ in range(2)]
        if len({page.total for page in reads}) > 1:
            continue
        if reads[0].ids != reads[1].ids:
            reads += [listing.page(attempt % 2, 5) for _ in range(REREADS)]
            if moved_by_itself([page.ids for page in reads]):
                continue
            raise fail(
                "reading a page again shows other orders, or another sequence",
                *(page.exchange for page in reads[:2]),
                expected="the same orders in the same sequence: `total` stayed the same",
            )
        if attempt >= 1:
            return
    raise Inapplicable("the list moved between any two reads: other clients write too")
