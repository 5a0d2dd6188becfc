"""Bugs in the paging fields: page, size, total, first and last."""

# Methods are documented in reference/server/; a deviation need not use every argument.
# ruff: noqa: ARG002, D102

from dataclasses import replace

from reference.deviations import Deviation, fault
from reference.server.listing import Page


@fault("first-always-true", breaks=["LIST-03"], level="MUST", category="listing")
class FirstAlways(Deviation):
    """Reports every page as the first page."""

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
    """Computes `last` with > instead of >=, which only shows at an exact multiple of the size."""

    def is_last(self, page: int, size: int, total: int) -> bool:
        return (page - self.first_page + 1) * size > total


@fault("total-cached", breaks=["LIST-06"], level="MUST", category="listing")
class TotalCached(Deviation):
    """Caches the total, and never refreshes it."""

    cached: int | None = None

    def make_page(self, page: int, size: int) -> Page:
        made = super().make_page(page, size)
        if self.cached is None:
            self.cached = made.total
        return replace(made, total=self.cached)


@fault(
    "page-echo-off-by-one",
    breaks=["LIST-08"],
    level="MUST",
    category="listing",
    also={
        "LIST-02": "the first page is numbered wrongly too",
        "LIST-12": "the number of the fallback page as well",
    },
)
class EchoOffByOne(Deviation):
    """Counts pages from 0 in requests, and from 1 in responses."""

    def make_page(self, page: int, size: int) -> Page:
        made = super().make_page(page, size)
        return replace(made, page=made.page + 1)


@fault("size-echo-is-count", breaks=["LIST-09"], level="MUST", category="listing")
class SizeEchoIsCount(Deviation):
    """Returns the number of orders on the page as its size."""

    def make_page(self, page: int, size: int) -> Page:
        made = super().make_page(page, size)
        return replace(made, size=len(made.orders) or size)


@fault("first-within-one", breaks=["LIST-03"], level="MUST", category="listing")
class FirstWithinOne(Deviation):
    """Compares with <= 1 although pages are counted from 0: the second page is `first` too."""

    def is_first(self, page: int) -> bool:
        return page <= self.first_page + 1


@fault("last-one-early", breaks=["LIST-04"], level="MUST", category="listing")
class LastOneEarly(Deviation):
    """Counts pages from 1 in one place and from 0 in another: `last` comes one page early."""

    def is_last(self, page: int, size: int, total: int) -> bool:
        return super().is_last(page + 1, size, total)


@fault(
    "last-only-when-empty",
    breaks=["LIST-04"],
    level="MUST",
    category="listing",
    also={"LIST-17": "it is another page that is last"},
)
class LastOnlyWhenEmpty(Deviation):
    """Only notices the end of the list at an empty page."""

    def is_last(self, page: int, size: int, total: int) -> bool:
        return (page - self.first_page) * size >= total


@fault(
    "total-of-page",
    breaks=["LIST-06"],
    level="MUST",
    category="listing",
)
class TotalOfPage(Deviation):
    """Returns the number of orders on the page as the total."""

    def make_page(self, page: int, size: int) -> Page:
        made = super().make_page(page, size)
        return replace(made, total=len(made.orders))


@fault("total-off-by-one", breaks=["LIST-06"], level="MUST", category="listing")
class TotalOffByOne(Deviation):
    """Returns the index of the last order as the total."""

    def make_page(self, page: int, size: int) -> Page:
        made = super().make_page(page, size)
        return replace(made, total=max(0, made.total - 1))


@fault(
    "total-capped-at-100",
    breaks=["LIST-06"],
    level="MUST",
    category="listing",
    needs=["many-orders"],
)
class TotalCappedAt100(Deviation):
    """Stops counting at 100, as search engines do for speed."""

    def make_page(self, page: int, size: int) -> Page:
        made = super().make_page(page, size)
        return replace(made, total=min(made.total, 100))


@fault(
    "total-with-deleted",
    breaks=["LIST-06"],
    level="MUST",
    category="listing",
)
class TotalWithDeleted(Deviation):
    """Includes archived rows in the total that the list does not show."""

    def make_page(self, page: int, size: int) -> Page:
        made = super().make_page(page, size)
        return replace(made, total=made.total + 3)


@fault(
    "size-echo-uncapped",
    breaks=["LIST-09"],
    level="MUST",
    category="listing",
    needs=["many-orders"],
)
class SizeEchoIsTheWish(Deviation):
    """Returns the requested size, not the hundred to which it is capped."""

    def read_size(self, values: list[str]) -> int:
        return self.read_number("size", values, 1, self.default_size)

    def bounds(self, page: int, size: int, total: int) -> tuple[int, int]:
        return super().bounds(page, min(size, self.max_size), total)


@fault("beyond-end-not-last", breaks=["LIST-11"], level="SHOULD", category="listing")
class BeyondEndNotLast(Deviation):
    """Compares the page with the number of pages by equality, so later ones are not `last`."""

    def is_last(self, page: int, size: int, total: int) -> bool:
        return super().is_last(page, size, total) and (page - self.first_page) * size < max(
            1, total
        )


@fault("total-is-what-remains", breaks=["LIST-06"], level="MUST", category="listing")
class TotalIsWhatRemains(Deviation):
    """Returns how many orders are left from this page on: the count has the query's offset."""

    def make_page(self, page: int, size: int) -> Page:
        made = super().make_page(page, size)
        before = (page - self.first_page) * size
        return replace(made, total=max(0, made.total - before))


@fault("total-zero-beyond-the-end", breaks=["LIST-06"], level="MUST", category="listing")
class TotalZeroBeyondTheEnd(Deviation):
    """Counts with a window function over the rows of the page: beyond the end there are none."""

    def make_page(self, page: int, size: int) -> Page:
        made = super().make_page(page, size)
        return made if made.orders else replace(made, total=0)


@fault("first-true-beyond-the-end", breaks=["LIST-03"], level="MUST", category="listing")
class FirstTrueBeyondTheEnd(Deviation):
    """Takes a page without orders to be the only page: both `first` and `last`."""

    def make_page(self, page: int, size: int) -> Page:
        made = super().make_page(page, size)
        return made if made.orders else replace(made, first=True)
