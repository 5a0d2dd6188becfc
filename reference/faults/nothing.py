"""Bugs with values that mean nothing: null, zero, an empty list."""

# Methods are documented in reference/server/; a deviation need not use every argument.
# ruff: noqa: D102

from typing import Any

from reference.deviations import Deviation, fault
from reference.model import JsonObject, Kind, Wanted
from reference.refusal import Problem
from reference.server.core import Crash


@fault("empty-external-ids-show-one", breaks=["EXT-01"], level="MUST", category="external-ids")
class EmptyExternalIdsShowOne(Deviation):
    """Joins the ids to one string and splits it again: an empty list becomes one empty id."""

    def read_external_ids(self, value: Any, problems: list[Problem]) -> tuple[str, ...]:
        return ("",) if value == [] else super().read_external_ids(value, problems)


@fault(
    "empty-external-ids-crash",
    breaks=["EXT-01"],
    level="MUST",
    category="external-ids",
    also={"PROTO-09": "it answers 500"},
)
class EmptyExternalIdsCrash(Deviation):
    """Inserts all external ids in one statement, which is invalid without a row."""

    def read_external_ids(self, value: Any, problems: list[Problem]) -> tuple[str, ...]:
        if value == []:
            raise Crash("syntax error at or near VALUES")
        return super().read_external_ids(value, problems)


class _NullCrashes(Deviation):
    """Base: fails if an optional property is null."""

    name = ""

    def read_order(self, body: JsonObject, problems: list[Problem]) -> Wanted:
        if self.name in body and body[self.name] is None:
            raise Crash(f"{self.name} is null")
        return super().read_order(body, problems)


@fault("null-external-ids-crash", breaks=["PROTO-09"], level="MUST", category="odd-input")
class NullExternalIdsCrash(_NullCrashes):
    """Has a default for missing external ids, but iterates over null."""

    name = "externalOrderIds"


@fault("null-shipping-option-crashes", breaks=["PROTO-09"], level="MUST", category="odd-input")
class NullShippingOptionCrashes(_NullCrashes):
    """Has a default for a missing shipping option, but lower-cases null."""

    name = "shippingOption"


class _ZeroIsFirst(Deviation):
    """Base: replaces the id 0 of a kind in `careless` with the first id."""

    careless: tuple[Kind, ...] = ()

    def read_id(self, kind: Kind, value: Any, field: str, problems: list[Problem]) -> int | None:
        if kind in self.careless and type(value) is int and value == 0:
            value = next(iter(self.catalogue.things[kind]))
        return super().read_id(kind, value, field, problems)


@fault("party-zero-is-first", breaks=["ASSOC-06", "ASSOC-07"], level="MUST", category="association")
class PartyZeroIsFirst(_ZeroIsFirst):
    """Tests the id for truthiness, so patient or site 0 becomes the first one."""

    careless = ("patient", "site")


@fault("item-zero-is-first", breaks=["CONTENT-08"], level="SHOULD", category="content")
class ItemZeroIsFirst(_ZeroIsFirst):
    """Tests the item id for truthiness, so item 0 becomes the first one."""

    careless = ("item",)
