"""Reading the list of orders: what its pages are called, and where on it our orders are.

The cost does not grow with the account: a short list may be read whole, of a longer one
only both ends are looked at, first the end where new orders were seen before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from order_conformance.core.statuses import REFUSAL
from order_conformance.orders.list_ends import LARGE_SIZE, last_index
from order_conformance.orders.page import Page, is_no_page, read_page
from order_conformance.orders.polling import poll

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from order_conformance.http.exchange import Exchange
    from order_conformance.orders.creates import Api
    from order_conformance.orders.dialect import Dialect

SHORT_LIST = 500
"""Orders up to which a list is read whole."""

MOST_PAGES = 6
"""Pages that are read of a longer list in one search."""

ATTEMPTS = 4
"""Looks at a list that moves, before its own word is taken for its first page."""

FEWEST_IN_SEQUENCE = 4
"""Orders of ours on one page whose sequence tells how the list is sorted."""


class OrderList:
    """The list of orders as this run has learned to read it."""

    def __init__(self, api: Api, dialect: Dialect) -> None:
        """Nothing is learned yet."""
        self.api = api
        self._dialect = dialect
        self._first_number: int | None = None
        self._large_size: int | None = None
        self._probes: dict[int, Exchange] = {}
        self._total = 0
        self._end_index = 0
        self._total_is_stuck = False
        self.new_orders_at: str | None = None

    @property
    def first_number(self) -> int:
        """The number of the first page, 0 or 1: learned once, then held to."""
        if self._first_number is None:
            self._first_number = self._learn_first_number()
            self._dialect.note("first_page", self._first_number)
        return self._first_number

    @property
    def large_size(self) -> int:
        """A page size that saves requests, as far as the server grants one."""
        if self._large_size is None:
            usable = self.usable(LARGE_SIZE)
            page = read_page(self._probes[usable] if usable else self.api.list_orders())
            self._large_size = max(1, min(page.size, LARGE_SIZE))
        return self._large_size

    def usable(self, size: int) -> int | None:
        """Return the size, or None where the server refuses it: then pages come in its own."""
        if size not in self._probes:
            self._probes[size] = self.api.list_orders(size=size)
        return None if self._probes[size].status in REFUSAL else size

    @property
    def total(self) -> int:
        """The total that the list claimed when it was last seen."""
        if not self._total:
            self.page(0, self.large_size)
        return self._total

    @property
    def is_short(self) -> bool:
        """Whether the list, when last seen, was short enough to be read whole."""
        return self._total <= SHORT_LIST

    @property
    def hides_new_orders(self) -> bool:
        """Whether the list is long and shows new orders at neither end, which is lawful."""
        return not self.is_short and self.new_orders_at is None

    def ask(self, index: int, size: int | None = None) -> Exchange:
        """Ask for the page at an index counted from 0, whatever the server calls it."""
        parameters = {} if size is None else {"size": size}
        return self.api.list_orders(page=self.first_number + index, **parameters)

    def page(self, index: int, size: int | None = None) -> Page:
        """Read the page at an index counted from 0; of the server's own size if it refuses this.

        Raises:
            CantTell: blocked by LIST-01.
        """
        page = read_page(self.ask(index, None if size is None else self.usable(size)))
        self._total = page.total
        return page

    def walk(
        self, size: int | None, *, start: int = 0, most: int = 10_000
    ) -> tuple[list[Page], bool]:
        """Read page after page; also says whether the end of the list was met.

        The end is an empty page, a refusal, or what a server shows in place of a page beyond
        the claimed total. An empty last page is among those returned; there are none where
        the server refuses the size.
        """
        pages: list[Page] = []
        for index in range(start, start + most):
            exchange = self.ask(index, size)
            if exchange.status in REFUSAL:
                return pages, bool(pages)
            page = read_page(exchange)
            self._total = page.total
            met = {order_id for earlier in pages for order_id in earlier.ids}
            is_beyond = index * max(1, page.size) >= page.total
            falls_back = page.page != self.first_number + index or met.issuperset(page.ids)
            if page.content and is_beyond and falls_back:
                return pages, True
            pages.append(page)
            if not page.content:
                return pages, True
        return pages, False

    def wait_for_total(self, least: int) -> Page:
        """Look at the list until its total is that large, for as long as it may lag behind."""
        for _ in poll(self.api.client, 0 if self._total_is_stuck else self._window):
            page = self.page(0, 1)
            if page.total >= least:
                return page
        self._total_is_stuck = True
        return page

    def shows(self, page: Page) -> bool:
        """Ask for a page by the number and size that it claims: does it hold the same orders?

        Where the list moves, or refuses these numbers, the page is believed. An equal total is
        no proof that it did not move: only the first answer, got once more, is.
        """
        for _ in range(ATTEMPTS):
            claimed = self.api.list_orders(page=page.page, size=page.size)
            if is_no_page(claimed) or read_page(claimed).ids == page.ids:
                return True
            again = self.api.get("", page.exchange.request.path.partition("?")[2])
            if is_no_page(again):
                return True
            before, page = page, read_page(again)
            if (before.ids, before.total) == (page.ids, read_page(claimed).total):
                return False
        return True

    def repeats(self, page: Page) -> bool:
        """Say whether a page holds an order that stands on a page before the claimed end."""
        if not page.content:
            return False
        earlier = {
            order_id
            for other in self.both_ends()
            if (other.page - self.first_number) * other.size < other.total
            for order_id in other.ids
        }
        return not earlier.isdisjoint(page.ids)

    def both_ends(self) -> list[Page]:
        """Read the first and the last page with a large size; a short list is read whole."""
        return list(self._likely_pages())

    def find(self, order_ids: Iterable[int]) -> dict[int, Page]:
        """Return the page on which each order was seen; orders that were not seen are left out.

        Orders that are not there yet are looked for again within the consistency window.
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
        """Read pages next to each other where new orders are shown, in the list's sequence."""
        front = self.page(0, self.large_size)
        end = last_index(front)
        if self.new_orders_at == "front":
            rest = range(1, min(end, MOST_PAGES - 1) + 1)
            return [front, *(self.page(index, self.large_size) for index in rest)]
        start = max(0, end - MOST_PAGES + 1)
        return self.walk(self.large_size, start=start, most=MOST_PAGES + 1)[0]

    @property
    def _window(self) -> float:
        """Seconds within which the list may lag behind."""
        return self.api.target.consistency_window

    def _sized(self, size: int) -> dict[str, int]:
        return {} if self.usable(size) is None else {"size": size}

    def _look_for(self, wanted: list[int], found: dict[int, Page]) -> None:
        """Add to ``found`` what is seen; learn where new orders are shown."""
        ours = set(wanted)
        for page in self._likely_pages():
            found.update(dict.fromkeys(ours.intersection(page.ids), page))
            place = place_of_new(page.ids, wanted)
            if place is not None:
                self.new_orders_at = place if place != "nowhere" else None
                self._dialect.note("new_orders_at", place)
            if len(found) == len(wanted):
                break

    def _likely_pages(self) -> Iterator[Page]:
        """Read pages in the order in which they are likely to hold new orders."""
        size, read = self.large_size, set[int]()
        if self.new_orders_at == "end":
            exchange = self.ask(self._end_index, size)
            if not is_no_page(exchange):
                read.add(self._end_index)
                yield read_page(exchange)
        front = self.page(0, size)
        read.add(0)
        end = last_index(front)
        self._end_index = end
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

    def _learn_first_number(self) -> int:
        """Find out by content which number shows the first page; the echo decides a draw."""
        for attempt in range(ATTEMPTS):
            sized = self._sized(1)
            start = read_page(self.api.list_orders(**sized))
            zero, one = (self.api.list_orders(page=number, **sized) for number in (0, 1))
            shown = [read_page(each) for each in (zero, one) if not is_no_page(each)]
            if any(page.total != start.total for page in shown):
                # Orders arrived in between; one more look shifts the next three against them.
                self.api.list_orders(**sized)
                continue
            from_zero, from_one = (_ids(each) == start.ids for each in (zero, one))
            if start.content and from_zero != from_one:
                # One order that came and another that went shift the list as well.
                if from_one and not is_no_page(zero) and attempt < ATTEMPTS - 1:
                    continue
                return int(from_one)
            break
        return start.page if start.page in {0, 1} else 0


def _ids(exchange: Exchange) -> tuple[object, ...] | None:
    return None if is_no_page(exchange) else read_page(exchange).ids


def place_of_new(shown: Sequence[object], created: Sequence[int]) -> str | None:
    """Say where a page shows new orders, by those of ours on it in the sequence of creation.

    Returns:
        "front" (newest first), "end" (oldest first), "nowhere" (in another sequence), or None
        when there are too few of them to tell.
    """
    place = {order_id: number for number, order_id in enumerate(created)}
    met = [place[i] for i in shown if isinstance(i, int) and i in place]
    if len(met) < FEWEST_IN_SEQUENCE:
        return None
    if met == sorted(met, reverse=True):
        return "front"
    return "end" if met == sorted(met) else "nowhere"
