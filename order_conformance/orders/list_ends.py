"""Both ends of the list of orders: new orders usually appear at one of them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from order_conformance.orders.page import is_no_page, read_page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from order_conformance.http.exchange import Exchange
    from order_conformance.orders.client import OrderClient
    from order_conformance.orders.page import Page

LARGE_SIZE = 100
"""A page size that saves requests."""


def read_ends(api: OrderClient, size: int | None) -> Iterator[Exchange]:
    """Yield the first page of the list and, if there are several, the response for the last one.

    Nothing is yielded if the server refuses the size. The last page is not requested before the
    caller asks for it. ``size`` None leaves the size to the server.
    """
    parameters = {} if size is None else {"size": size}
    exchange = api.list_orders(**parameters)
    if is_no_page(exchange):
        return
    yield exchange
    first = read_page(exchange)
    last = last_index(first)
    if last > 0:
        yield api.list_orders(page=first.page + last, **parameters)


def last_index(page: Page) -> int:
    """Return the index of the last page, counted from 0, by the total and size of any page."""
    return max(0, math.ceil(page.total / max(1, page.size)) - 1)
