"""Bugs in reading and storing counts and lines."""

# Methods are documented in reference/server/; a deviation need not use every argument.
# ruff: noqa: ARG002, D102

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from reference.deviations import Deviation, fault
from reference.model import Kind, Line, Order, Wanted
from reference.refusal import Problem
from reference.server.core import Crash

_CRASHES = {
    "PROTO-09": "it answers 500 instead of refusing",
    "PROTO-10": "the 500 may be judged as an error",
}
Lines = tuple[Line, ...]
Content = tuple[Lines, Lines]


class _MissingCountRefused(Deviation):
    careful: Kind = "item"

    def read_line(self, kind: Kind, entry: Any, field: str, problems: list[Problem]) -> Line | None:
        if kind == self.careful and isinstance(entry, dict) and entry.get("count") is None:
            problems.append(Problem(f"{field}.count", "is required"))
        return super().read_line(kind, entry, field, problems)


@fault("item-count-required", breaks=["CONTENT-10"], level="MUST", category="content")
class ItemCountRequired(_MissingCountRefused):
    """Requires a count for each item, although the id is enough."""


@fault("kit-count-required", breaks=["CONTENT-10"], level="MUST", category="content")
class KitCountRequired(_MissingCountRefused):
    """Requires a count for each kit, although the id is enough."""

    careful = "kit"


@fault(
    "missing-count-crashes", breaks=["CONTENT-10"], level="MUST", category="content", also=_CRASHES
)
class MissingCountCrashes(Deviation):
    """Unboxes a missing count without a default."""

    def read_count(self, value: Any, field: str, problems: list[Problem]) -> int | None:
        if value is None:
            raise Crash("unboxing null")
        return super().read_count(value, field, problems)


class _CountCoerced(Deviation):
    """Base: stores counts as `coerce` returns them."""

    def coerce(self, value: Any) -> int | None:
        """Return the count to use without validation, or None."""
        raise NotImplementedError

    def read_count(self, value: Any, field: str, problems: list[Problem]) -> int | None:
        taken = self.coerce(value)
        return super().read_count(value, field, problems) if taken is None else taken


@fault("count-zero-accepted", breaks=["CONTENT-11"], level="SHOULD", category="content")
class CountZeroAccepted(_CountCoerced):
    """Checks that a count is not negative instead of positive."""

    def coerce(self, value: Any) -> int | None:
        return 0 if type(value) is int and value == 0 else None


@fault("count-negative-accepted", breaks=["CONTENT-11"], level="SHOULD", category="content")
class CountNegativeAccepted(_CountCoerced):
    """Has an upper limit for counts, but no lower one."""

    def coerce(self, value: Any) -> int | None:
        return value if type(value) is int and -(10**9) < value < 0 else None


@fault("count-fraction-truncated", breaks=["CONTENT-11"], level="SHOULD", category="content")
class CountFractionTruncated(_CountCoerced):
    """Casts counts to an int: 1.5 becomes 1."""

    def coerce(self, value: Any) -> int | None:
        return int(value) if isinstance(value, float) and 1 <= value < 10**9 else None


@fault("count-string-accepted", breaks=["CONTENT-11"], level="SHOULD", category="content")
class CountStringAccepted(_CountCoerced):
    """Parses a count that is sent as a string of digits."""

    def coerce(self, value: Any) -> int | None:
        digits = isinstance(value, str) and value.isascii() and value.isdigit()
        return int(value) if digits and int(value[:9]) >= 1 else None


class _StoredContent(Deviation):
    """Base: stores the lines of a valid order as `keep` returns them."""

    def keep(self, kind: Kind, lines: Lines) -> Lines:
        """Return the lines to store."""
        raise NotImplementedError

    def make_order(self, wanted: Wanted) -> Order:
        stored = replace(
            wanted,
            items=self.keep("item", wanted.items),
            kits=self.keep("kit", wanted.kits),
        )
        return super().make_order(stored)


def _counted(lines: Lines, count: Callable[[int], int]) -> Lines:
    return tuple(Line(line.id, count(line.count)) for line in lines)


@fault(
    "twenty-first-line-crashes",
    breaks=["CONTENT-12"],
    level="MUST",
    category="content",
    also={"PROTO-09": "it answers 500"},
)
class TwentyFirstLineCrashes(Deviation):
    """Writes all lines of a list in one statement, which takes at most twenty rows."""

    def read_lines(self, kind: Kind, value: Any, field: str, problems: list[Problem]) -> Lines:
        if isinstance(value, list) and len(value) > 20:
            raise Crash("too many parameters")
        return super().read_lines(kind, value, field, problems)


@fault("count-wraps-at-256", breaks=["CONTENT-12"], level="MUST", category="content")
class CountWrapsAt256(_StoredContent):
    """Stores counts in an unsigned byte."""

    def keep(self, kind: Kind, lines: Lines) -> Lines:
        return _counted(lines, lambda count: count % 256)


@fault("count-wraps-at-65536", breaks=["CONTENT-12"], level="MUST", category="content")
class CountWrapsAt65536(_StoredContent):
    """Stores counts in an unsigned 16-bit column."""

    def keep(self, kind: Kind, lines: Lines) -> Lines:
        return _counted(lines, lambda count: count % 65536)


@fault("count-capped-at-999", breaks=["CONTENT-12"], level="MUST", category="content")
class CountCappedAt999(_StoredContent):
    """Caps counts at three digits, the width of the pick list."""

    def keep(self, kind: Kind, lines: Lines) -> Lines:
        return _counted(lines, lambda count: min(count, 999))


@fault("count-thousands-lost", breaks=["CONTENT-12"], level="MUST", category="content")
class CountThousandsLost(_StoredContent):
    """Formats counts with a thousands separator and parses them again: 1,000 becomes 1."""

    def keep(self, kind: Kind, lines: Lines) -> Lines:
        return _counted(lines, lambda count: int(f"{count:,}".partition(",")[0]))


@fault("kit-count-always-one", breaks=["CONTENT-12"], level="MUST", category="content")
class KitCountAlwaysOne(_StoredContent):
    """Does not copy the count of kits, so the column's default is stored."""

    def keep(self, kind: Kind, lines: Lines) -> Lines:
        return lines if kind == "item" else _counted(lines, lambda _: 1)


@fault("counts-of-first-line", breaks=["CONTENT-12"], level="MUST", category="content")
class CountsOfFirstLine(_StoredContent):
    """Captures the loop variable: every line gets the count of the first."""

    def keep(self, kind: Kind, lines: Lines) -> Lines:
        return _counted(lines, lambda _: lines[0].count)


@fault(
    "sixth-item-lost",
    breaks=["CONTENT-12"],
    level="MUST",
    category="content",
    also={"CONTENT-13": "the lost line is missing from the sequence"},
)
class SixthItemLost(_StoredContent):
    """Copies only the first five items, the rows of the paper form."""

    def keep(self, kind: Kind, lines: Lines) -> Lines:
        return lines[:5] if kind == "item" else lines


@fault(
    "last-kit-lost",
    breaks=["CONTENT-12"],
    level="MUST",
    category="content",
    also={"CONTENT-13": "the lost line is missing from the sequence"},
)
class LastKitLost(_StoredContent):
    """Ends the loop over three or more kits one too early."""

    def keep(self, kind: Kind, lines: Lines) -> Lines:
        return lines[:-1] if kind == "kit" and len(lines) > 2 else lines


@fault(
    "lines-in-batches-of-20",
    breaks=["CONTENT-12"],
    level="MUST",
    category="content",
    also={"CONTENT-13": "the lost lines are missing from the sequence"},
)
class LinesInBatchesOf20(_StoredContent):
    """Inserts lines in batches of twenty, and drops the incomplete last batch."""

    def keep(self, kind: Kind, lines: Lines) -> Lines:
        return lines if len(lines) <= 20 else lines[: len(lines) // 20 * 20]


@fault(
    "repeated-id-overwrites",
    breaks=["CONTENT-12"],
    level="MUST",
    category="content",
    also={"CONTENT-13": "lines of one id become one"},
)
class RepeatedIdOverwrites(_StoredContent):
    """Collects lines in a map by id: of lines with the same id only the last count is left."""

    def keep(self, kind: Kind, lines: Lines) -> Lines:
        return tuple({line.id: line for line in lines}.values())


@fault(
    "kits-dropped-beside-items",
    breaks=["CONTENT-12"],
    level="MUST",
    category="content",
    also={
        "CONTENT-03": "the kits of such an order are gone",
        "SCHEMA-07": "the kits of such an order are gone",
    },
)
class KitsDroppedBesideItems(Deviation):
    """Saves kits in the else branch, so an order of items and kits loses the kits."""

    def make_order(self, wanted: Wanted) -> Order:
        return super().make_order(replace(wanted, kits=()) if wanted.items else wanted)


@fault("lines-sorted-by-id", breaks=["CONTENT-13"], level="SHOULD", category="content")
class LinesSortedById(_StoredContent):
    """Returns lines sorted by id."""

    def keep(self, kind: Kind, lines: Lines) -> Lines:
        return tuple(sorted(lines, key=lambda line: line.id))


@fault("lines-reversed", breaks=["CONTENT-13"], level="SHOULD", category="content")
class LinesReversed(_StoredContent):
    """Returns lines in reverse, newest first."""

    def keep(self, kind: Kind, lines: Lines) -> Lines:
        return lines[::-1]
