"""Finding orders in the list, and learning where it shows new ones.

The cost does not grow with the account: a short list may be read whole; of a longer one only
both ends are read, first the end where new orders were seen before.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from order_conformance.orders.page import Page, is_no_page, read_page
from order_conformance.orders.page_reader import PageReader
from order_conformance.orders.polling import poll

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from order_conformance.orders.creates import Api
    from order_conformance.orders.dialect import Dialect

MOST_PAGES = 6
"""Pages that are read of a longer list in one search."""

FEWEST_IN_SEQUENCE = 4
"""From this many orders of ours on one page, their sequence shows how the list is sorted."""


class OrderList(PageReader):
    """The list of orders: what ``PageReader`` reads, and where our own orders are.

    Attributes:
        new_orders_at: where the list shows new orders, "front" or "end", as far as ``find`` has
            learned it; None where that is unknown or neither.
    """

    def __init__(self, api: Api, dialect: Dialect) -> None:
        """Start without knowing where new orders are shown."""
        super().__init__(api, dialect)
        self.new_orders_at: str | None = None
        self._last_index = 0
        self._total_is_stuck = False

    @property
    def hides_new_orders(self) -> bool:
        """Whether the list is long and shows new orders at neither end, which is lawful."""
        return not self.is_short and self.new_orders_at is None

    def find(self, order_ids: Iterable[int]) -> dict[int, Page]:
        """Return the page on which each order was seen; orders that were not seen are left out.

        Orders that are not there yet are looked for again within the consistency window. Each
        page is also used to learn ``new_orders_at``.
        """
        wanted = list(dict.fromkeys(order_ids))
        found: dict[int, Page] = {}
        began = self.api.client.clock.now
        for number in poll(self.api.client, self._window):
            self._look_for(wanted, found)
            is_complete = len(found) == len(wanted)
            if is_complete and number:
                waited = self.api.client.clock.now - began
                self._dialect.note_max("list_delay_seconds", waited)
            if is_complete or self.hides_new_orders:
                break
        return found

    def newest(self) -> list[Page]:
        """Read adjacent pages where new orders are shown, in the list's sequence."""
        front = self.page(0, self.large_size)
        end = _last_index(front)
        if self.new_orders_at == "front":
            rest = range(1, min(end, MOST_PAGES - 1) + 1)
            return [front, *(self.page(index, self.large_size) for index in rest)]
        start = max(0, end - MOST_PAGES + 1)
        return self.walk(self.large_size, start=start, most=MOST_PAGES + 1)[0]

    def both_ends(self) -> list[Page]:
        """Read the first and the last page with a large size; a short list is read whole."""
        return list(self._likely_pages())

    def repeats(self, page: Page) -> bool:
        """Return whether a page holds an order that is also on a page before the claimed end."""
        if not page.content:
            return False
        earlier = {
            order_id
            for other in self.both_ends()
            if (other.page - self.first_number) * other.size < other.total
            for order_id in other.ids
        }
        return not earlier.isdisjoint(page.ids)

    def wait_for_total(self, least: int) -> Page:
        """Read the list until its total is at least this, for as long as it may lag behind."""
        for _ in poll(self.api.client, 0 if self._total_is_stuck else self._window):
            page = self.page(0, 1)
            if page.total >= least:
                return page
        self._total_is_stuck = True
        return page

    @property
    def _window(self) -> float:
        """Seconds within which the list may lag behind."""
        return self.api.target.consistency_window

    def _look_for(self, wanted: list[int], found: dict[int, Page]) -> None:
        """Add to ``found`` what is seen on the pages that are likely to hold it."""
        for page in self._likely_pages():
            found.update(dict.fromkeys(set(wanted).intersection(page.ids), page))
            self._learn_from(page, wanted)
            if len(found) == len(wanted):
                break

    def _learn_from(self, page: Page, created: list[int]) -> None:
        """Learn where the list shows new orders from those of ours on a page."""
        place = place_of_new(page.ids, created)
        if place is not None:
            self.new_orders_at = place if place != "nowhere" else None
            self._dialect.note("new_orders_at", place)

    def _likely_pages(self) -> Iterator[Page]:
        """Read pages in the sequence in which they are likely to hold new orders."""
        size, read = self.large_size, set[int]()
        if self.new_orders_at == "end":
            exchange = self.ask(self._last_index, size)
            if not is_no_page(exchange):
                read.add(self._last_index)
                yield read_page(exchange)
        front = self.page(0, size)
        read.add(0)
        end = self._last_index = _last_index(front)
        yield front
        most = end + 1 if self.is_short else MOST_PAGES
        last = front
        for step in range(end + 1):
            # Where new orders come at one end, the other end holds none of ours.
            only = {"front": (step,), "end": (end - step,)}.get(self.new_orders_at or "")
            for index in only or (end - step, step):
                if index in read or len(read) >= most:
                    continue
                read.add(index)
                page = self.page(index, size)
                last = page if index == end else last
                yield page
        if len(last.content) >= last.size:
            # A total that lags behind must not hide what comes after it.
            yield from self.walk(size, start=end + 1, most=2)[0]


def _last_index(front: Page) -> int:
    """Return the index of the last page, by what the first one claims."""
    return max(0, math.ceil(front.total / max(1, front.size)) - 1)


def place_of_new(shown: Sequence[object], created: Sequence[int]) -> str | None:
    """Return where a page shows new orders, by those of ours on it in the sequence of creation.

    Returns:
        "front" (newest first), "end" (oldest first), "nowhere" (in another sequence), or None
        when there are too few of them to know.
    """
    place = {order_id: number for number, order_id in enumerate(created)}
    met = [place[i] for i in shown if isinstance(i, int) and i in place]
    if len(met) < FEWEST_IN_SEQUENCE:
        return None
    if met == sorted(met, reverse=True):
        return "front"
    return "end" if met == sorted(met) else "nowhere"
