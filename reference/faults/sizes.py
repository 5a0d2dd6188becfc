"""Bugs that only show with some page sizes and numbers."""

# Methods are documented in reference/server/; a deviation need not use every argument.
# ruff: noqa: ARG002, D102

from starlette.datastructures import QueryParams

from reference.deviations import Deviation, fault
from reference.server.core import Crash


class _Wish(Deviation):
    """Base: remembers the requested size in addition to the one used."""

    wish = 0

    def read_size(self, values: list[str]) -> int:
        self.wish = self.read_number("size", values, 1, self.default_size)
        return super().read_size(values)


@fault(
    "offset-by-the-size-asked-for",
    breaks=["LIST-09"],
    level="MUST",
    category="listing",
    needs=["some-orders"],
)
class OffsetByTheWish(_Wish):
    """Caps the size, but computes the offset from the requested size."""

    def bounds(self, page: int, size: int, total: int) -> tuple[int, int]:
        start = page * self.wish
        return start, start + size


@fault(
    "last-by-the-size-asked-for",
    breaks=["LIST-04"],
    level="MUST",
    category="listing",
    needs=["some-orders"],
)
class LastByTheWish(_Wish):
    """Caps the size, but computes `last` from the requested size."""

    def is_last(self, page: int, size: int, total: int) -> bool:
        return (page + 1) * self.wish >= total


@fault("sizes-six-to-nine-hold-five", breaks=["LIST-05"], level="MUST", category="listing")
class SizesSixToNineHoldFive(Deviation):
    """Rounds a size down to the rows of a screen, but returns the requested size."""

    def bounds(self, page: int, size: int, total: int) -> tuple[int, int]:
        start, stop = super().bounds(page, size, total)
        return start, start + 5 if 5 < size < 10 else stop


@fault("sizes-rounded-to-tens", breaks=["LIST-09"], level="MUST", category="listing")
class SizesRoundedToTens(Deviation):
    """Reads blocks of ten orders, but returns the requested size."""

    def bounds(self, page: int, size: int, total: int) -> tuple[int, int]:
        start, stop = super().bounds(page, size, total)
        return start, start + size // 10 * 10 if size > 20 else stop


@fault(
    "offset-overflows",
    breaks=["LIST-10"],
    level="MUST",
    category="odd-input",
    also={"PROTO-09": "it answers 500"},
)
class OffsetOverflows(Deviation):
    """Multiplies page and size in 32 bits, with an overflow check that throws."""

    def bounds(self, page: int, size: int, total: int) -> tuple[int, int]:
        if page * size > 2**31 - 1:
            raise Crash("integer overflow")
        return super().bounds(page, size, total)


@fault("offset-wraps", breaks=["LIST-10"], level="MUST", category="odd-input")
class OffsetWraps(Deviation):
    """Multiplies page and size in 32 bits: far beyond the end the list starts again."""

    def bounds(self, page: int, size: int, total: int) -> tuple[int, int]:
        start = page * size % 2**32
        return (start, start + size) if start < 2**31 else (0, size)


@fault(
    "largest-size-overflows",
    breaks=["LIST-09"],
    level="MUST",
    category="odd-input",
    also={"PROTO-09": "it answers 500"},
)
class LargestSizeOverflows(Deviation):
    """Adds one to the requested size, to see whether another page follows."""

    def read_size(self, values: list[str]) -> int:
        if values == [str(2**31 - 1)]:
            raise Crash("integer overflow")
        return super().read_size(values)


@fault(
    "filter-parameter-crashes",
    breaks=["LIST-16"],
    level="MUST",
    category="odd-input",
    also={"PROTO-09": "it answers 500"},
)
class FilterParameterCrashes(Deviation):
    """Has an undocumented filter parameter, and parses its value as a number."""

    def read_paging(self, query: QueryParams) -> tuple[int, int]:
        if not query.get("patientId", "1").isdecimal():
            raise Crash("number format")
        return super().read_paging(query)
