"""Bugs in which a line depends on other lines, or on where it is shown."""

# Methods are documented in reference/server/; a deviation need not use every argument.
# ruff: noqa: D102

from dataclasses import replace
from typing import Any

from reference.deviations import Deviation, fault
from reference.model import JsonObject, Kind, Line, Order, View, Wanted
from reference.refusal import Problem

Lines = tuple[Line, ...]


@fault("missing-count-resets-others", breaks=["CONTENT-12"], level="MUST", category="content")
class MissingCountResetsOthers(Deviation):
    """Writes all lines in one statement: if one has no count, all get the default."""

    def read_lines(self, kind: Kind, value: Any, field: str, problems: list[Problem]) -> Lines:
        lines = super().read_lines(kind, value, field, problems)
        listed = value if isinstance(value, list) else []
        counts = [line.get("count") for line in listed if isinstance(line, dict)]
        return tuple(Line(line.id, 1) for line in lines) if None in counts else lines


@fault("count-wraps-at-32-bits", breaks=["CONTENT-12"], level="MUST", category="content")
class CountWrapsAt32Bits(Deviation):
    """Casts counts to 32 bits before checking whether they are too large."""

    def read_count(self, value: Any, field: str, problems: list[Problem]) -> int | None:
        if type(value) is int:
            value = (value + 2**31) % 2**32 - 2**31
        return super().read_count(value, field, problems)


@fault("lines-sorted-by-count", breaks=["CONTENT-13"], level="SHOULD", category="content")
class LinesSortedByCount(Deviation):
    """Returns lines in the sequence of the pick list, small counts first."""

    def make_order(self, wanted: Wanted) -> Order:
        items, kits = (
            tuple(sorted(lines, key=lambda line: line.count))
            for lines in (wanted.items, wanted.kits)
        )
        return super().make_order(replace(wanted, items=items, kits=kits))


@fault("lines-reversed-in-list", breaks=["CONTENT-13"], level="SHOULD", category="content")
class LinesReversedInList(Deviation):
    """Joins the lines of listed orders by a query without ORDER BY."""

    def render_order(self, order: Order, view: View) -> JsonObject:
        shown = super().render_order(order, view)
        if view == "listed":
            shown |= {name: shown[name][::-1] for name in ("orderItems", "orderKits")}
        return shown
