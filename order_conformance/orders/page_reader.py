"""Reading pages of the list: what the first one is called, and which sizes the server grants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from order_conformance.core.statuses import REFUSAL
from order_conformance.orders.page import Page, is_no_page, read_page

if TYPE_CHECKING:
    from order_conformance.http.exchange import Exchange
    from order_conformance.orders.creates import Api
    from order_conformance.orders.dialect import Dialect

SHORT_LIST = 500
"""A list of at most this many orders may be read whole."""

LARGE_SIZE = 100
ATTEMPTS = 4
"""Attempts to read a list that does not change in between, before its echo is believed."""


class PageReader:
    """Reads pages by an index counted from 0, whatever the server calls them."""

    def __init__(self, api: Api, dialect: Dialect) -> None:
        """Start without knowing anything about the list."""
        self.api = api
        self._dialect = dialect
        self._first_number: int | None = None
        self._large_size: int | None = None
        self._probes: dict[int, Exchange] = {}
        self._total = 0

    @property
    def first_number(self) -> int:
        """The number of the first page, 0 or 1: learned once, then relied on."""
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
        """Return the size; None where the server refuses it: then pages come in its own size."""
        if size not in self._probes:
            self._probes[size] = self.api.list_orders(size=size)
        return None if self._probes[size].status in REFUSAL else size

    @property
    def total(self) -> int:
        """The total that the list claimed when it was last read."""
        if not self._total:
            self.page(0, self.large_size)
        return self._total

    @property
    def is_short(self) -> bool:
        """Whether the list, when last read, was short enough to be read whole."""
        return self._total <= SHORT_LIST

    def ask(self, index: int, size: int | None = None) -> Exchange:
        """Ask for the page at an index."""
        parameters = {} if size is None else {"size": size}
        return self.api.list_orders(page=self.first_number + index, **parameters)

    def page(self, index: int, size: int | None = None) -> Page:
        """Read the page at an index; in the server's own size if it refuses this one.

        Raises:
            CantTell: blocked by LIST-01.
        """
        page = read_page(self.ask(index, None if size is None else self.usable(size)))
        self._total = page.total
        return page

    def walk(
        self, size: int | None, *, start: int = 0, most: int = 10_000
    ) -> tuple[list[Page], bool]:
        """Read page after page; also return whether the end of the list was reached.

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

    def shows(self, page: Page) -> bool:
        """Ask for a page by the number and size that it claims; return whether it is the same.

        Where the list changes, or refuses these numbers, the page is believed. An equal total
        does not prove that the list did not change; the same response to the same request does.
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

    def _learn_first_number(self) -> int:
        """Find out which number shows the first page, by its orders; else believe the echo."""
        for attempt in range(ATTEMPTS):
            sized = {} if self.usable(1) is None else {"size": 1}
            start = read_page(self.api.list_orders(**sized))
            zero, one = (self.api.list_orders(page=number, **sized) for number in (0, 1))
            shown = [read_page(each) for each in (zero, one) if not is_no_page(each)]
            if any(page.total != start.total for page in shown):
                # Orders arrived in between: one more read, so that the next three do not meet
                # other clients at the same rhythm.
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
