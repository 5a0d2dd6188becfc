"""Faults of the list and of its pages."""

# A fault need not use each argument of the point that it overrides.
# ruff: noqa: ARG002, D102

from dataclasses import replace
from typing import Any

from starlette.datastructures import QueryParams

from reference.deviations import Deviation, fault
from reference.model import JsonObject, Order, View
from reference.server.core import Crash
from reference.server.listing import Page


@fault("first-always-true", breaks=["LIST-03"], level="MUST", category="listing")
class FirstAlways(Deviation):
    """Tells of every page that it is the first."""

    def is_first(self, page: int) -> bool:
        return True


@fault(
    "last-off-by-one",
    breaks=["LIST-04"],
    level="MUST",
    category="listing",
    also={
        "LIST-11": "a page beyond the end is no longer last at an exact multiple",
    },
)
class LastOffByOne(Deviation):
    """Computes `last` with > instead of >=, which shows at an exact multiple only."""

    def is_last(self, page: int, size: int, total: int) -> bool:
        return (page - self.first_page + 1) * size > total


@fault(
    "page-short-by-one",
    breaks=["LIST-05"],
    level="MUST",
    category="listing",
    also={
        "LIST-06": "a walk meets fewer orders than the total counts",
        "LIST-07": "the order left out is on no page",
        "LIST-09": "a large page is short as well",
        "ATOM-02": "the order left out is nowhere",
    },
)
class PageShort(Deviation):
    """Leaves out the last order of each full page."""

    def bounds(self, page: int, size: int, total: int) -> tuple[int, int]:
        start, stop = super().bounds(page, size, total)
        return start, stop - 1 if size > 1 and stop < total else stop


@fault("total-cached", breaks=["LIST-06"], level="MUST", category="listing")
class TotalCached(Deviation):
    """Puts a cache in front of the total that is filled once."""

    cached: int | None = None

    def make_page(self, page: int, size: int) -> Page:
        made = super().make_page(page, size)
        if self.cached is None:
            self.cached = made.total
        return replace(made, total=self.cached)


@fault(
    "exact-multiple-loses-order",
    breaks=["LIST-07"],
    level="MUST",
    category="odd-input",
    also={
        "LIST-05": "the last page of an exact multiple is short",
        "LIST-04": "at size 1 the last page is empty",
        "LIST-06": "the walk meets one order less",
        "LIST-09": "a large page of an exact multiple is short",
        "LIST-15": "the page changes with the total",
        "ATOM-02": "the order is nowhere while the total is a multiple",
    },
)
class ExactMultiple(Deviation):
    """Counts pages by integer division minus one: the last order is lost at an exact multiple."""

    def bounds(self, page: int, size: int, total: int) -> tuple[int, int]:
        start, stop = super().bounds(page, size, total)
        return start, stop - 1 if total % size == 0 and stop == total and size > 1 else stop


@fault(
    "page-repeats-one",
    breaks=["LIST-07"],
    level="MUST",
    category="listing",
    also={"LIST-06": "the order that is crowded out at the end is counted all the same"},
)
class PageRepeats(Deviation):
    """Starts each page but the first one order too early."""

    def bounds(self, page: int, size: int, total: int) -> tuple[int, int]:
        start, stop = super().bounds(page, size, total)
        shifted = 1 if start and size > 1 and start < total else 0
        return start - shifted, stop - shifted


@fault(
    "page-echo-off-by-one",
    breaks=["LIST-08"],
    level="MUST",
    category="listing",
    also={
        "LIST-02": "the first page is numbered wrongly too",
        "LIST-12": "the fall-back is too",
    },
)
class EchoOffByOne(Deviation):
    """Echoes the page number counted from one while reading it counted from zero."""

    def make_page(self, page: int, size: int) -> Page:
        made = super().make_page(page, size)
        return replace(made, page=made.page + 1)


@fault(
    "page-ignored",
    breaks=["LIST-08"],
    level="MUST",
    category="listing",
    also={
        "LIST-10": "the first page is shown beyond the end",
        "LIST-11": "the first page is shown beyond the end",
        "LIST-03": "every page is the first",
        "LIST-04": "no page is the last",
        "ATOM-02": "orders on later pages cannot be seen",
        "LIST-07": "orders on later pages cannot be seen",
    },
)
class PageIgnored(Deviation):
    """Reads the page number from another parameter than the documented one."""

    def read_paging(self, query: QueryParams) -> tuple[int, int]:
        return self.first_page, super().read_paging(query)[1]


@fault("size-echo-is-count", breaks=["LIST-09"], level="MUST", category="listing")
class SizeEchoIsCount(Deviation):
    """Echoes the number of orders on the page as its size."""

    def make_page(self, page: int, size: int) -> Page:
        made = super().make_page(page, size)
        return replace(made, size=len(made.orders) or size)


@fault(
    "beyond-end-wraps",
    breaks=["LIST-10", "LIST-11"],
    level="MUST",
    category="listing",
    also={
        "LIST-04": "after the last page there is another",
        "LIST-07": "orders are met again",
    },
)
class BeyondEndWraps(Deviation):
    """Shows the last orders again beyond the end, under the number asked for."""

    def bounds(self, page: int, size: int, total: int) -> tuple[int, int]:
        start, stop = super().bounds(page, size, total)
        return (max(0, total - size), total) if start >= total else (start, stop)


@fault(
    "paging-text-crash",
    breaks=["LIST-12"],
    level="MUST",
    category="listing",
    also={"PROTO-09": "an odd query is parsed by the same code"},
)
class PagingTextCrash(Deviation):
    """Parses paging parameters without catching the exception."""

    def senseless(self, name: str, least: int, default: int) -> int:
        raise Crash("invalid literal")


@fault(
    "list-entries-short",
    breaks=["LIST-13"],
    level="MUST",
    category="listing",
    also={
        "SCHEMA-07": "an entry without its items hides them",
        "CONTENT-12": "an entry without its items does not keep them",
    },
)
class EntriesShort(Deviation):
    """Lists orders as summaries, without their items."""

    def render_order(self, order: Order, view: View) -> JsonObject:
        shown = super().render_order(order, view)
        return {k: v for k, v in shown.items() if view != "listed" or k != "orderItems"}


@fault(
    "list-unstable",
    breaks=["LIST-15"],
    level="MUST",
    category="listing",
    also={
        "LIST-07": "orders change pages between two reads",
        "LIST-02": "the first page is another each time",
        "LIST-03": "the first page is another each time",
        "LIST-08": "pages cannot be told apart",
    },
)
class Unstable(Deviation):
    """Sorts by a column with equal values, without a second one."""

    reads = 0

    def listed_ids(self) -> list[int]:
        ids = super().listed_ids()
        self.reads += 1
        return [*ids[:2][::-1], *ids[2:]] if self.reads % 2 else ids


@fault("total-field-missing", breaks=["LIST-01"], level="MUST", category="listing")
class TotalMissing(Deviation):
    """Calls the total totalElements, as its framework does."""

    def render_page(self, page: Page) -> Any:
        shown = super().render_page(page)
        shown["totalElements"] = shown.pop("total")
        return shown
