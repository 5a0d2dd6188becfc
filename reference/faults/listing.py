"""Bugs in the content of the list, and in reading its query."""

# Methods are documented in reference/server/; a deviation need not use every argument.
# ruff: noqa: ARG002, D102

from dataclasses import replace
from typing import Any

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from reference.deviations import Deviation, fault
from reference.model import JsonObject, Order, View
from reference.server.core import Crash
from reference.server.listing import Page

_CRASHES = {"PROTO-09": "it answers 500"}


@fault(
    "paging-text-crash",
    breaks=["LIST-12"],
    level="MUST",
    category="listing",
    also={"PROTO-09": "an odd query is parsed by the same code"},
)
class PagingTextCrash(Deviation):
    """Parses paging parameters without handling errors."""

    def invalid_number(self, name: str, least: int, default: int) -> int:
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
    """Sorts by a column with equal values, without a second one as a tiebreaker."""

    reads = 0

    def listed_ids(self) -> list[int]:
        ids = super().listed_ids()
        self.reads += 1
        return [*ids[:2][::-1], *ids[2:]] if self.reads % 2 else ids


@fault("total-field-missing", breaks=["LIST-01"], level="MUST", category="listing")
class TotalMissing(Deviation):
    """Names the total `totalElements`, as its framework does."""

    def render_page(self, page: Page) -> Any:
        shown = super().render_page(page)
        shown["totalElements"] = shown.pop("total")
        return shown


@fault("total-as-text", breaks=["LIST-01"], level="MUST", category="listing")
class TotalAsText(Deviation):
    """Writes the total as a string, as database drivers give 64-bit counts to JavaScript."""

    def render_page(self, page: Page) -> Any:
        shown = super().render_page(page)
        return {**shown, "total": str(shown["total"])}


@fault("list-without-envelope", breaks=["LIST-01"], level="MUST", category="listing")
class ListWithoutEnvelope(Deviation):
    """Returns a bare list, with the paging fields in headers."""

    def render_page(self, page: Page) -> Any:
        return super().render_page(page)["content"]


@fault("default-page-is-second", breaks=["LIST-02"], level="MUST", category="listing")
class DefaultPageIsSecond(Deviation):
    """Uses 1 as the default page although it counts from 0."""

    def read_paging(self, query: QueryParams) -> tuple[int, int]:
        page, size = super().read_paging(query)
        return (page, size) if query else (self.first_page + 1, size)


@fault("first-only-when-asked", breaks=["LIST-02"], level="MUST", category="listing")
class FirstOnlyWhenAsked(Deviation):
    """Compares the page parameter with "0": without the parameter, no page is `first`."""

    async def list_orders(self, request: Request) -> Response:
        query = request.query_params
        page = self.make_page(*self.read_paging(query))
        shown = self.render_page(page if query else replace(page, first=False))
        return self.succeed(request, "list", 200, shown)


@fault(
    "size-zero-divides",
    breaks=["LIST-12"],
    level="MUST",
    category="listing",
    also={"PROTO-09": "a size that is not a number counts as 0"},
)
class SizeZeroDivides(Deviation):
    """Divides by the size without checking it."""

    def invalid_number(self, name: str, least: int, default: int) -> int:
        if name == "size":
            raise Crash("division by zero")
        return super().invalid_number(name, least, default)


@fault("negative-page-from-the-end", breaks=["LIST-12"], level="MUST", category="listing")
class NegativePageFromTheEnd(Deviation):
    """Slices with a negative offset, and returns the negative page number."""

    def read_page(self, values: list[str]) -> int:
        return -1 if values == ["-1"] else super().read_page(values)

    def bounds(self, page: int, size: int, total: int) -> tuple[int, int]:
        start, stop = super().bounds(page, size, total)
        return (max(0, total + start), total) if page < 0 else (start, stop)


@fault("size-zero-is-everything", breaks=["LIST-12"], level="MUST", category="listing")
class SizeZeroIsEverything(Deviation):
    """Leaves out the limit if the size is 0, and returns the 0."""

    def read_size(self, values: list[str]) -> int:
        return 0 if values == ["0"] else super().read_size(values)

    def bounds(self, page: int, size: int, total: int) -> tuple[int, int]:
        return super().bounds(page, size, total) if size else (0, total)


@fault(
    "list-entries-without-external-ids",
    breaks=["LIST-13"],
    level="MUST",
    category="listing",
    also={
        "EXT-02": "an entry without them does not keep them",
        "EXT-03": "an entry without them does not keep them",
        "EXT-04": "an entry without them does not keep them",
    },
)
class EntriesWithoutExternalIds(Deviation):
    """Omits collections from list entries, to save queries."""

    def render_order(self, order: Order, view: View) -> JsonObject:
        shown = super().render_order(order, view)
        return {**shown, "externalOrderIds": None} if view == "listed" else shown


@fault(
    "list-entries-without-party",
    breaks=["LIST-13"],
    level="MUST",
    category="listing",
    needs=["existing-ids"],
)
class EntriesWithoutParty(Deviation):
    """Omits the patient from listed orders, for privacy."""

    def render_order(self, order: Order, view: View) -> JsonObject:
        shown = super().render_order(order, view)
        return {**shown, "patient": None} if view == "listed" else shown


@fault(
    "unknown-parameter-crashes", breaks=["LIST-16"], level="MUST", category="listing", also=_CRASHES
)
class UnknownParameterCrashes(Deviation):
    """Binds every query parameter to a field, but some have no field."""

    def read_paging(self, query: QueryParams) -> tuple[int, int]:
        if "unknown" in query:
            raise Crash("no such field")
        return super().read_paging(query)


@fault(
    "sort-parameter-crashes", breaks=["LIST-16"], level="MUST", category="listing", also=_CRASHES
)
class SortParameterCrashes(Deviation):
    """Uses `sort` as a column name without checking it."""

    def read_paging(self, query: QueryParams) -> tuple[int, int]:
        if "sort" in query:
            raise Crash("no such column")
        return super().read_paging(query)


class _EmptyList(Deviation):
    """Base: shows the result of `show_empty` for an empty list."""

    def show_empty(self, shown: JsonObject) -> JsonObject:
        """Return the page of an empty list."""
        raise NotImplementedError

    def render_page(self, page: Page) -> Any:
        shown = super().render_page(page)
        return shown if page.total else self.show_empty(shown)


@fault(
    "empty-list-not-last",
    breaks=["LIST-17"],
    level="MUST",
    category="listing",
    also={"LIST-11": "nor is any page beyond the end of an empty list"},
    needs=["empty-account"],
)
class EmptyListNotLast(_EmptyList):
    """Compares the page with the number of pages minus one, which is -1 for an empty list."""

    def show_empty(self, shown: JsonObject) -> JsonObject:
        return {**shown, "last": False}


@fault(
    "empty-list-is-null",
    breaks=["LIST-17"],
    level="MUST",
    category="listing",
    also={"LIST-01": "null is not a list"},
    needs=["empty-account"],
)
class EmptyListIsNull(_EmptyList):
    """Writes an uninitialised slice as null, as Go does."""

    def show_empty(self, shown: JsonObject) -> JsonObject:
        return {**shown, "content": None}


@fault("page-remembered", breaks=["LIST-02"], level="MUST", category="listing")
class PageRemembered(Deviation):
    """Remembers the page in the client's session, and shows it again unless one is requested."""

    last_asked: int | None = None

    def read_page(self, values: list[str]) -> int:
        if not values and self.last_asked is not None:
            return self.last_asked
        page = super().read_page(values)
        if values:
            self.last_asked = page
        return page
