"""Other ways to page the list that conform."""

# Methods are documented in reference/server/; a deviation need not use every argument.
# ruff: noqa: D102

from starlette.datastructures import QueryParams

from reference.deviations import Deviation, twin
from reference.history import past_order
from reference.refusal import Refusal
from reference.server.listing import Page


@twin("oldest-first")
class OldestFirst(Deviation):
    """New orders come last."""

    newest_first = False


@twin("unordered-list")
class UnorderedList(Deviation):
    """The list follows a hash of the id: stable, but without a visible sort order."""

    def listed_ids(self) -> list[int]:
        return sorted(super().listed_ids(), key=lambda order_id: order_id * 2654435761 % 2**32)


@twin("patients-first", needs=["some-orders"])
class PatientsFirst(Deviation):
    """Lists orders for patients before those for sites, newest first in each group."""

    def preload(self) -> None:
        for number in range(self.settings.orders):
            with self.database.lock:
                self.database.append(past_order((0, 2, 5)[number % 3], self.next_id()))

    def listed_ids(self) -> list[int]:
        held = {i: order for i in super().listed_ids() if (order := self.database.get(i))}
        return sorted(held, key=lambda i: held[i].wanted.patient is None)


@twin("page-beyond-refused", earns={"LIST-11": "a page beyond the end is answered 404"})
class PageBeyondRefused(Deviation):
    """Answers 404 for a page beyond the end."""

    def make_page(self, page: int, size: int) -> Page:
        made = super().make_page(page, size)
        if not made.orders and not made.first:
            raise Refusal("not-found", "There is no such page.")
        return made


@twin("size-fixed", earns={"LIST-14": "every page has twenty orders"})
class SizeFixed(Deviation):
    """Returns twenty orders per page, whatever size is requested, and says so."""

    def read_size(self, values: list[str]) -> int:
        super().read_size(values)
        return self.default_size


@twin("sizes-few", earns={"LIST-14": "there are pages of 20, 50 and 100 orders, and no others"})
class SizesFew(Deviation):
    """Supports a few page sizes and refuses others."""

    def read_size(self, values: list[str]) -> int:
        size = super().read_size(values)
        return size if size in {20, 50, 100} else self.invalid_number("size", 1, self.default_size)


@twin("from-one")
class FromOne(Deviation):
    """Pages are counted from 1; page 0 is refused."""

    first_page = 1


@twin("pages-of-one")
class PagesOfOne(Deviation):
    """One order per page unless a size is requested."""

    default_size = 1


@twin("pages-of-seven")
class PagesOfSeven(Deviation):
    """Seven orders per page unless a size is requested."""

    default_size = 7


@twin("pages-of-a-thousand")
class PagesOfAThousand(Deviation):
    """A thousand orders per page unless a size is requested."""

    default_size = max_size = 1000


@twin("five-at-most", earns={"LIST-14": "a page holds at most five orders"})
class FiveAtMost(Deviation):
    """Returns at most five orders per page, and says so."""

    default_size = max_size = 5


@twin("size-above-fifty-refused")
class SizeAboveFiftyRefused(Deviation):
    """Refuses a size above 50."""

    max_size = 50

    def read_size(self, values: list[str]) -> int:
        size = self.read_number("size", values, 1, self.default_size)
        return size if size <= 50 else self.invalid_number("size", 1, self.default_size)


@twin("sorted-as-text")
class SortedAsText(Deviation):
    """Sorts the list by the id as a string: 10 before 9."""

    def listed_ids(self) -> list[int]:
        return sorted(super().listed_ids(), key=str)


@twin("unknown-parameters-refused")
class UnknownParametersRefused(Deviation):
    """Answers 400 to unknown query parameters."""

    def read_paging(self, query: QueryParams) -> tuple[int, int]:
        unknown = set(query) - {"page", "size"}
        if unknown:
            raise Refusal("paging", f"Unknown query parameters: {len(unknown)}.")
        return super().read_paging(query)


@twin("beyond-end-falls-back", earns={"LIST-11": "a page beyond the end is the last one"})
class BeyondEndFallsBack(Deviation):
    """Returns the last page, with its number, for a page beyond the end."""

    def make_page(self, page: int, size: int) -> Page:
        with self.database.lock:
            last = max(0, (len(self.listed_ids()) - 1) // size) + self.first_page
            return super().make_page(min(page, last), size)
