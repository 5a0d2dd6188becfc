"""Bugs in validating the items and kits of an order."""

# Methods are documented in reference/server/; a deviation need not use every argument.
# ruff: noqa: ARG002, D102

from typing import Any

from reference.deviations import Deviation, fault
from reference.model import JsonObject, Kind, Line, Wanted
from reference.refusal import Problem

Lines = tuple[Line, ...]
Content = tuple[Lines, Lines]


@fault(
    "items-only-refused-for-site",
    breaks=["CONTENT-01"],
    level="MUST",
    category="content",
    also={
        "ASSOC-02": "an order for a site is often one of items",
        "ASSOC-09": "no site order to look at",
        "CONTENT-12": "site orders of items are refused",
    },
)
class ItemsOnlyRefusedForSite(Deviation):
    """Accepts only kits for sites, because single items were once meant for patients."""

    def read_order(self, body: JsonObject, problems: list[Problem]) -> Wanted:
        wanted = super().read_order(body, problems)
        if wanted.site is not None and wanted.items and not wanted.kits:
            problems.append(Problem("orderItems", "sites order kits"))
        return wanted


@fault(
    "item-without-sku-refused",
    breaks=["CONTENT-01"],
    level="MUST",
    category="content",
    also={
        "CONTENT-12": "orders of several items meet the refused one",
        "CONTENT-03": "orders of all items meet the refused one",
    },
)
class ItemWithoutSkuRefused(Deviation):
    """Refuses items without a stock-keeping unit, because the warehouse requires one."""

    def read_id(self, kind: Kind, value: Any, field: str, problems: list[Problem]) -> int | None:
        identity = super().read_id(kind, value, field, problems)
        thing = self.catalogue.find("item", identity) if kind == "item" and identity else None
        if thing is not None and thing["sku"] is None:
            problems.append(Problem(field, "the item has no SKU"))
        return identity


@fault(
    "kits-only-refused",
    breaks=["CONTENT-02"],
    level="MUST",
    category="content",
    also={
        "CONTENT-10": "tried with kits only",
        "CONTENT-12": "tried with kits only",
        "CONTENT-14": "kits with an empty list of items are kits only",
    },
)
class KitsOnlyRefused(Deviation):
    """Requires at least one item: the rule is older than kits."""

    def read_content(self, body: JsonObject, problems: list[Problem]) -> Content:
        items, kits = super().read_content(body, problems)
        if kits and not items and not body.get("orderItems"):
            problems.append(Problem("orderItems", "order at least one item"))
        return items, kits


@fault(
    "large-kit-refused",
    breaks=["CONTENT-02"],
    level="MUST",
    category="content",
    also={
        "CONTENT-12": "orders of several kits meet the refused one",
        "CONTENT-03": "orders of all kits meet the refused one",
    },
)
class LargeKitRefused(Deviation):
    """Computes the size of a parcel wrongly: a kit of more than three parts never fits."""

    def read_id(self, kind: Kind, value: Any, field: str, problems: list[Problem]) -> int | None:
        identity = super().read_id(kind, value, field, problems)
        thing = self.catalogue.find("kit", identity) if kind == "kit" and identity else None
        if thing is not None and len(thing["kitItems"]) > 3:
            problems.append(Problem(field, "the kit does not fit"))
        return identity


@fault(
    "items-with-kits-refused",
    breaks=["CONTENT-03"],
    level="MUST",
    category="content",
    also={"CONTENT-12": "tried with both lists", "PROTO-02": "the guide's sample is refused"},
)
class ItemsWithKitsRefused(Deviation):
    """Reads "items or kits" as an exclusive or."""

    def read_content(self, body: JsonObject, problems: list[Problem]) -> Content:
        items, kits = super().read_content(body, problems)
        if items and kits:
            problems.append(Problem("orderKits", "order items or kits, not both"))
        return items, kits


@fault(
    "same-id-in-both-lists-refused",
    breaks=["CONTENT-03"],
    level="MUST",
    category="content",
    also={"CONTENT-12": "tried with both lists"},
)
class SameIdInBothListsRefused(Deviation):
    """Looks for duplicate ids across items and kits, although they are numbered separately."""

    def read_content(self, body: JsonObject, problems: list[Problem]) -> Content:
        items, kits = super().read_content(body, problems)
        if {line.id for line in items} & {line.id for line in kits}:
            problems.append(Problem("orderKits", "duplicate id"))
        return items, kits


class _ContentOptional(Deviation):
    """Base: accepts an order without lines if `passes` says so."""

    def passes(self, body: JsonObject) -> bool:
        """Whether the missing content is accepted."""
        raise NotImplementedError

    def read_content(self, body: JsonObject, problems: list[Problem]) -> Content:
        nothing = not body.get("orderItems") and not body.get("orderKits")
        sane = all(body.get(name) in (None, []) for name in ("orderItems", "orderKits"))
        if nothing and sane and self.passes(body):
            return (), ()
        return super().read_content(body, problems)


@fault("no-content-accepted", breaks=["CONTENT-04"], level="MUST", category="content")
class NoContentAccepted(_ContentOptional):
    """Does not check that anything is ordered."""

    def passes(self, body: JsonObject) -> bool:
        return True


@fault("empty-lists-accepted", breaks=["CONTENT-04"], level="MUST", category="content")
class EmptyListsAccepted(_ContentOptional):
    """Checks that a list is present, not that it has entries."""

    def passes(self, body: JsonObject) -> bool:
        return body.get("orderItems") == [] or body.get("orderKits") == []


@fault("null-lists-accepted", breaks=["CONTENT-04"], level="MUST", category="content")
class NullListsAccepted(_ContentOptional):
    """Checks for the property, not for its value: an order with two null lists passes."""

    def passes(self, body: JsonObject) -> bool:
        names = ("orderItems", "orderKits")
        return all(name in body and body[name] is None for name in names)


@fault(
    "content-empty-other-list-refused", breaks=["CONTENT-14"], level="SHOULD", category="content"
)
class EmptyOtherListRefused(Deviation):
    """Requires at least one entry in each list that is sent."""

    def read_lines(self, kind: Kind, value: Any, field: str, problems: list[Problem]) -> Lines:
        if value == []:
            problems.append(Problem(field, "must not be empty"))
        return super().read_lines(kind, value, field, problems)
