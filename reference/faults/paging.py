"""Bugs in cutting the list into pages."""

# Methods are documented in reference/server/; a deviation need not use every argument.
# ruff: noqa: ARG002, D102

from dataclasses import replace

from starlette.datastructures import QueryParams

from reference.deviations import Deviation, fault
from reference.server.core import Crash
from reference.server.listing import Page


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
    """Omits the last order of each full page."""

    def bounds(self, page: int, size: int, total: int) -> tuple[int, int]:
        start, stop = super().bounds(page, size, total)
        return start, stop - 1 if size > 1 and stop < total else stop


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
    """Counts pages by integer division minus one: an exact multiple loses the last order."""

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
    """Starts each page after the first one order too early."""

    def bounds(self, page: int, size: int, total: int) -> tuple[int, int]:
        start, stop = super().bounds(page, size, total)
        shifted = 1 if start and size > 1 and start < total else 0
        return start - shifted, stop - shifted


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
    """Reads the page number from a parameter with another name."""

    def read_paging(self, query: QueryParams) -> tuple[int, int]:
        return self.first_page, super().read_paging(query)[1]


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
    """Shows the last orders again beyond the end, under the requested page number."""

    def bounds(self, page: int, size: int, total: int) -> tuple[int, int]:
        start, stop = super().bounds(page, size, total)
        return (max(0, total - size), total) if start >= total else (start, stop)


@fault(
    "page-holds-one-more",
    breaks=["LIST-05"],
    level="MUST",
    category="listing",
    also={
        "LIST-07": "the order too many comes again on the next page",
        "LIST-09": "the page is larger than its echo",
    },
)
class PageHoldsOneMore(Deviation):
    """Reads one order more to see whether others follow, and does not drop it."""

    def bounds(self, page: int, size: int, total: int) -> tuple[int, int]:
        start, stop = super().bounds(page, size, total)
        return start, stop + 1


@fault(
    "page-of-five-holds-six",
    breaks=["LIST-05"],
    level="MUST",
    category="listing",
    also={"LIST-07": "the order too many comes again on the next page"},
)
class PageOfFiveHoldsSix(Deviation):
    """Rounds the limit of a query up to an even number, but only for small pages."""

    def bounds(self, page: int, size: int, total: int) -> tuple[int, int]:
        start, stop = super().bounds(page, size, total)
        return start, min(total, stop + (size == 5))


class _Unasked(int):
    """The default page size."""


class _OwnSize(Deviation):
    """Base: distinguishes the default size from a requested one."""

    def read_size(self, values: list[str]) -> int:
        size = super().read_size(values)
        return size if values else _Unasked(size)


@fault("last-false-without-size", breaks=["LIST-04"], level="MUST", category="listing")
class LastFalseWithoutSize(_OwnSize):
    """Computes `last` from the size parameter, which is undefined if not given."""

    def is_last(self, page: int, size: int, total: int) -> bool:
        return not isinstance(size, _Unasked) and super().is_last(page, size, total)


@fault(
    "own-size-is-not-the-echo",
    breaks=["LIST-05"],
    level="MUST",
    category="listing",
    also={"LIST-04": "more pages follow than the size that it states makes of the list"},
)
class OwnSizeIsNotTheEcho(_OwnSize):
    """Uses a default size of ten, but returns the default of another layer."""

    def bounds(self, page: int, size: int, total: int) -> tuple[int, int]:
        return super().bounds(page, 10 if isinstance(size, _Unasked) else size, total)


@fault("page-needs-size", breaks=["LIST-08"], level="MUST", category="listing")
class PageNeedsSize(Deviation):
    """Pages only if both parameters are given."""

    def read_paging(self, query: QueryParams) -> tuple[int, int]:
        page, size = super().read_paging(query)
        return (page if "size" in query else self.first_page), size


class _NotANumber(int):
    """The default that replaces an invalid value, and has no offset."""


@fault("senseless-size-empties-page", breaks=["LIST-12"], level="MUST", category="listing")
class SenselessSizeEmptiesPage(Deviation):
    """Returns the default for an invalid size, but slices the list with the invalid value."""

    def invalid_number(self, name: str, least: int, default: int) -> int:
        return _NotANumber(default)

    def bounds(self, page: int, size: int, total: int) -> tuple[int, int]:
        if isinstance(page, _NotANumber) or isinstance(size, _NotANumber):
            return 0, 0
        return super().bounds(page, size, total)


@fault(
    "beyond-end-crashes",
    breaks=["LIST-10", "LIST-11"],
    level="MUST",
    category="listing",
    also={
        "LIST-12": "a huge page is beyond the end",
        "LIST-17": "an empty list has no first page",
        "PROTO-09": "it answers 500",
    },
)
class BeyondEndCrashes(Deviation):
    """Takes a sublist without checking the length of the list."""

    def bounds(self, page: int, size: int, total: int) -> tuple[int, int]:
        start, stop = super().bounds(page, size, total)
        if start > total:
            raise Crash("IndexOutOfBoundsException")
        return start, stop


@fault("small-sizes-raised-to-ten", breaks=["LIST-14"], level="SHOULD", category="listing")
class SmallSizesRaised(Deviation):
    """Returns at least ten orders per page."""

    def read_size(self, values: list[str]) -> int:
        return max(10, super().read_size(values))


@fault(
    "page-order-alternates",
    breaks=["LIST-15"],
    level="MUST",
    category="listing",
    also={"LIST-02": "the bare list is read between two reads of the first page"},
)
class PageOrderAlternates(Deviation):
    """Combines two shards on a page, whichever responds first."""

    reads = 0

    def make_page(self, page: int, size: int) -> Page:
        made = super().make_page(page, size)
        self.reads += 1
        return replace(made, orders=made.orders[::-1]) if self.reads % 2 else made
