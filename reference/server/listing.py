"""Methods that select and show one page of the list."""

import re
from dataclasses import dataclass

from starlette.datastructures import QueryParams

from reference.model import JsonObject, Order
from reference.refusal import Problem, Refusal
from reference.server.rendering import Rendering

_NUMBER = re.compile(r"[0-9]{1,10}")
_LARGEST = 2**31 - 1


@dataclass(frozen=True)
class Page:
    """One page of the list, with its paging fields."""

    orders: tuple[Order, ...]
    page: int
    size: int
    total: int
    first: bool
    last: bool


class Listing(Rendering):
    """Paging, with a method for each step."""

    first_page = 0
    default_size = 20
    max_size = 100
    newest_first = True

    def read_paging(self, query: QueryParams) -> tuple[int, int]:
        """Return `(page, size)` from the query; other parameters are ignored."""
        return (
            self.read_page(query.getlist("page")),
            self.read_size(query.getlist("size")),
        )

    def read_page(self, values: list[str]) -> int:
        """Return the page number."""
        return self.read_number("page", values, self.first_page, self.first_page)

    def read_size(self, values: list[str]) -> int:
        """Return the page size, capped at the maximum."""
        return min(self.read_number("size", values, 1, self.default_size), self.max_size)

    def read_number(self, name: str, values: list[str], least: int, default: int) -> int:
        """Return a number from the query, which may be given once, or refuse it."""
        if not values:
            return default
        if len(values) == 1 and _NUMBER.fullmatch(values[0]):
            number = int(values[0])
            if least <= number <= _LARGEST:
                return number
        return self.invalid_number(name, least, default)

    def invalid_number(self, name: str, least: int, default: int) -> int:  # noqa: ARG002
        """Refuse a value that is not a valid number."""
        problem = Problem(name, f"must be one integer from {least} to {_LARGEST}")
        raise Refusal("paging", f"The query parameter {name} makes no sense.", [problem])

    def listed_ids(self) -> list[int]:
        """Return the ids of all orders in the sequence of the list."""
        ids = self.database.ids()
        return ids[::-1] if self.newest_first else ids

    def bounds(self, page: int, size: int, total: int) -> tuple[int, int]:  # noqa: ARG002
        """Return the start and the end of a page in the list."""
        start = (page - self.first_page) * size
        return start, start + size

    def total_of(self, ids: list[int]) -> int:
        """Return the total to show."""
        return len(ids)

    def is_first(self, page: int) -> bool:
        """Whether this is the first page."""
        return page == self.first_page

    def is_last(self, page: int, size: int, total: int) -> bool:
        """Whether no order follows this page."""
        return (page - self.first_page + 1) * size >= total

    def load_listed(self, order_id: int) -> Order | None:
        """Return one order for the list."""
        return self.database.get(order_id)

    def make_page(self, page: int, size: int) -> Page:
        """Return one page of the current list."""
        with self.database.lock:
            ids = self.listed_ids()
            start, stop = self.bounds(page, size, len(ids))
            orders = [self.load_listed(order_id) for order_id in ids[start:stop]]
        total = self.total_of(ids)
        return Page(
            orders=tuple(order for order in orders if order is not None),
            page=page,
            size=size,
            total=total,
            first=self.is_first(page),
            last=self.is_last(page, size, total),
        )

    def render_page(self, page: Page) -> JsonObject:
        """Return the document for a page."""
        return {
            "content": [self.render_order(order, "listed") for order in page.orders],
            "page": page.page,
            "size": page.size,
            "total": page.total,
            "first": page.first,
            "last": page.last,
        }
