"""Bugs that only show in requests that combine several features."""

# Methods are documented in reference/server/; a deviation need not use every argument.
# ruff: noqa: D102

from dataclasses import replace
from typing import Any

from reference.deviations import Deviation, fault
from reference.model import Kind, Line, Wanted
from reference.refusal import Problem


@fault("mixed-counts-refused", breaks=["CONTRACT-01"], level="MUST", category="combination")
class MixedCountsRefused(Deviation):
    """Inserts all lines in one statement, so all of them must have the same columns."""

    def read_lines(
        self, kind: Kind, value: Any, field: str, problems: list[Problem]
    ) -> tuple[Line, ...]:
        lines = value if isinstance(value, list) else []
        with_count = {"count" in line for line in lines if isinstance(line, dict)}
        if len(with_count) > 1:
            problems.append(Problem(field, "all lines must have the same properties"))
        return super().read_lines(kind, value, field, problems)


@fault("null-id-is-latest", breaks=["CONTRACT-02"], level="MUST", category="combination")
class NullIdIsLatest(Deviation):
    """Treats `undefined` or `null` in the path as the latest order."""

    def read_order_id(self, text: str) -> int:
        if text in {"null", "undefined"}:
            return max(self.listed_ids(), default=0)
        return super().read_order_id(text)


@fault("odd-count-ignored", breaks=["CONTRACT-03"], level="SHOULD", category="combination")
class OddCountIgnored(Deviation):
    """Treats a count that is an object, a list or a boolean as missing."""

    def read_count(self, value: Any, field: str, problems: list[Problem]) -> int | None:
        absent = isinstance(value, dict | list | bool)
        return super().read_count(None if absent else value, field, problems)


@fault(
    "external-ids-lost-without-shipping-option",
    breaks=["CONTRACT-04"],
    level="MUST",
    category="combination",
)
class ExternalIdsFollowTheParcel(Deviation):
    """Stores further external ids with the shipping option; without one only the first is kept."""

    def read_order(self, body: dict[str, Any], problems: list[Problem]) -> Wanted:
        wanted = super().read_order(body, problems)
        if body.get("shippingOption") is None:
            return replace(wanted, external_ids=wanted.external_ids[:1])
        return wanted


@fault(
    "mixed-parcel-needs-option",
    breaks=["CONTRACT-01"],
    level="MUST",
    category="combination",
    also={"SHIP-01": "the order that is refused names no option"},
)
class MixedParcelNeedsOption(Deviation):
    """Plans a parcel of items and kits by shipping option, and refuses it without one."""

    def read_order(self, body: dict[str, Any], problems: list[Problem]) -> Wanted:
        wanted = super().read_order(body, problems)
        if wanted.items and wanted.kits and body.get("shippingOption") is None:
            problems.append(Problem("shippingOption", "is required for items with kits"))
        return wanted


@fault("true-id-is-first", breaks=["CONTRACT-02"], level="MUST", category="combination")
class TrueIdIsFirst(Deviation):
    """Converts a path segment as loosely as a query parameter: `true` is the first order."""

    def read_order_id(self, text: str) -> int:
        if text in {"true", "false"}:
            return min(self.listed_ids(), default=0)
        return super().read_order_id(text)


@fault(
    "kit-counts-lost-without-shipping-option",
    breaks=["CONTRACT-04"],
    level="MUST",
    category="combination",
    also={"CONTENT-12": "the order that is changed holds counts"},
)
class KitsCountedByOption(Deviation):
    """Joins kits by shipping option: without one, every kit count becomes 1."""

    def read_order(self, body: dict[str, Any], problems: list[Problem]) -> Wanted:
        wanted = super().read_order(body, problems)
        if body.get("shippingOption") is not None:
            return wanted
        return replace(wanted, kits=tuple(replace(kit, count=1) for kit in wanted.kits))
