"""Other lawful lists."""

# Points are documented where they are defined, and a deviation need not use each argument.
# ruff: noqa: D102

from reference.deviations import Deviation, twin
from reference.refusal import Refusal
from reference.server.listing import Page


@twin("oldest-first")
class OldestFirst(Deviation):
    """New orders come last."""

    newest_first = False


@twin("unordered-list")
class UnorderedList(Deviation):
    """The list follows a hash of the id: stable, but in no order that a client could see."""

    def listed_ids(self) -> list[int]:
        return sorted(super().listed_ids(), key=lambda order_id: order_id * 2654435761 % 2**32)


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
    """Pages hold twenty orders, whatever a client asks for, and say so."""

    def read_size(self, values: list[str]) -> int:
        super().read_size(values)
        return self.default_size


@twin("from-one")
class FromOne(Deviation):
    """Pages are counted from 1; page 0 is refused."""

    first_page = 1
