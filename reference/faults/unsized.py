"""Bugs that only show if a client gives no page or no size."""

# Methods are documented in reference/server/; a deviation need not use every argument.
# ruff: noqa: D102

from starlette.requests import Request
from starlette.responses import Response

from reference.deviations import Deviation, fault
from reference.model import JsonObject


class _Bare(Deviation):
    """Base: has separate code for the list without parameters."""

    def change(self, shown: JsonObject) -> JsonObject:
        """Return the page as that code shows it."""
        raise NotImplementedError

    async def list_orders(self, request: Request) -> Response:
        if request.scope["query_string"]:
            return await super().list_orders(request)
        page = self.render_page(self.make_page(self.first_page, self.default_size))
        return self.succeed(request, "list", 200, self.change(page))


class _Unsized(Deviation):
    """Base: has separate code for requests without a size."""

    def change(self, shown: JsonObject) -> JsonObject:
        """Return the page as that code shows it."""
        raise NotImplementedError

    async def list_orders(self, request: Request) -> Response:
        page = self.render_page(self.make_page(*self.read_paging(request.query_params)))
        shown = page if "size" in request.query_params else self.change(page)
        return self.succeed(request, "list", 200, shown)


@fault(
    "bare-list-cached",
    breaks=["LIST-02"],
    level="MUST",
    category="listing",
    also={"LIST-06": "its total is that of an earlier list"},
)
class BareListCached(_Bare):
    """Caches the first page of the list, and never invalidates it."""

    cached: JsonObject | None = None

    def change(self, shown: JsonObject) -> JsonObject:
        self.cached = self.cached or shown
        return self.cached


@fault("bare-list-oldest-first", breaks=["LIST-02"], level="MUST", category="listing")
class BareListOldestFirst(Deviation):
    """Sorts the list only if paging parameters are given."""

    async def list_orders(self, request: Request) -> Response:
        self.newest_first = bool(request.scope["query_string"])
        return await super().list_orders(request)


@fault("bare-list-one-short", breaks=["LIST-02"], level="MUST", category="listing")
class BareListOneShort(_Bare):
    """Reads one order too few with the default size."""

    def change(self, shown: JsonObject) -> JsonObject:
        return {**shown, "content": shown["content"][:19]}


@fault("bare-list-total-is-count", breaks=["LIST-02"], level="MUST", category="listing")
class BareListTotalIsCount(_Bare):
    """Returns the number of orders on the page as the total if no page is requested."""

    def change(self, shown: JsonObject) -> JsonObject:
        return {**shown, "total": len(shown["content"])}


@fault("first-true-without-size", breaks=["LIST-03"], level="MUST", category="listing")
class FirstTrueWithoutSize(_Unsized):
    """Treats a request without a size as one without a page."""

    def change(self, shown: JsonObject) -> JsonObject:
        return {**shown, "first": True}


@fault(
    "total-of-page-without-size",
    breaks=["LIST-06"],
    level="MUST",
    category="listing",
    also=dict.fromkeys(("LIST-02", "LIST-04"), "the paging fields contradict each other"),
)
class TotalOfPageWithoutSize(_Unsized):
    """Returns the number of orders on the page as the total if no size is given."""

    def change(self, shown: JsonObject) -> JsonObject:
        before = shown["page"] * shown["size"]
        return {**shown, "total": max(before - 1, len(shown["content"]))}


@fault("size-is-count-without-size", breaks=["LIST-09"], level="MUST", category="listing")
class SizeIsCountWithoutSize(_Unsized):
    """Returns the number of orders on the page as the size if no size is given."""

    def change(self, shown: JsonObject) -> JsonObject:
        return {**shown, "size": len(shown["content"])}


@fault(
    "unsized-pages-overlap",
    breaks=["LIST-07"],
    level="MUST",
    category="listing",
    also={"LIST-06": "the last order is on no page"},
)
class UnsizedPagesOverlap(Deviation):
    """Starts a page with the previous page's last order if no size is given."""

    overlaps = False

    def bounds(self, page: int, size: int, total: int) -> tuple[int, int]:
        start, stop = super().bounds(page, size, total)
        return (start - 1, stop - 1) if self.overlaps and 0 < start < total else (start, stop)

    async def list_orders(self, request: Request) -> Response:
        self.overlaps = "size" not in request.query_params
        return await super().list_orders(request)
