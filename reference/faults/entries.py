"""Bugs in validating single entries of the lists of items and kits."""

# Methods are documented in reference/server/; a deviation need not use every argument.
# ruff: noqa: D102

from typing import Any

from reference.deviations import Deviation, fault
from reference.model import JsonObject, Kind, Line
from reference.refusal import Problem
from reference.server.core import Crash

_CRASHES = {
    "PROTO-09": "it answers 500 instead of refusing",
    "PROTO-10": "the 500 may be judged as an error",
}
Lines = tuple[Line, ...]
Content = tuple[Lines, Lines]


class _IdlessLines(Deviation):
    """Base: skips entries without an id of the kind `lenient`, from position `start` on."""

    lenient: Kind = "item"
    start = 0

    def read_lines(self, kind: Kind, value: Any, field: str, problems: list[Problem]) -> Lines:
        if kind == self.lenient and isinstance(value, list):
            value = value[: self.start] + [
                entry for entry in value[self.start :] if not self._idless(kind, entry)
            ]
        return super().read_lines(kind, value, field, problems)

    def _idless(self, kind: Kind, entry: Any) -> bool:
        if not isinstance(entry, dict):
            return False
        thing = entry.get(kind)
        return thing is None or (isinstance(thing, dict) and thing.get("id") is None)


@fault("item-without-id-skipped", breaks=["CONTENT-05"], level="MUST", category="content")
class ItemWithoutIdSkipped(_IdlessLines):
    """Validates only the first item, and silently drops later ones without an id."""

    start = 1


@fault("item-without-id-is-first", breaks=["CONTENT-05"], level="MUST", category="content")
class ItemWithoutIdIsFirst(Deviation):
    """Replaces a missing item id with a default of the database."""

    def read_reference(
        self, kind: Kind, value: Any, field: str, problems: list[Problem]
    ) -> int | None:
        if kind == "item" and isinstance(value, dict) and value.get("id") is None:
            return 1000
        return super().read_reference(kind, value, field, problems)


@fault("kit-without-id-skipped", breaks=["CONTENT-06"], level="MUST", category="content")
class KitWithoutIdSkipped(_IdlessLines):
    """Validates only the first kit, and silently drops later ones without an id."""

    lenient = "kit"
    start = 1


@fault(
    "kit-without-id-crashes", breaks=["CONTENT-06"], level="MUST", category="content", also=_CRASHES
)
class KitWithoutIdCrashes(Deviation):
    """Looks a kit up even if its id is null."""

    def read_reference(
        self, kind: Kind, value: Any, field: str, problems: list[Problem]
    ) -> int | None:
        if kind == "kit" and (not isinstance(value, dict) or value.get("id") is None):
            raise Crash("the given id must not be null")
        return super().read_reference(kind, value, field, problems)


@fault("single-object-as-list", breaks=["CONTENT-07"], level="MUST", category="content")
class SingleObjectAsList(Deviation):
    """Accepts one object in place of a list, a common option of deserialisers."""

    def read_lines(self, kind: Kind, value: Any, field: str, problems: list[Problem]) -> Lines:
        lines = [value] if isinstance(value, dict) else value
        return super().read_lines(kind, lines, field, problems)


@fault("bare-ids-as-lines", breaks=["CONTENT-07"], level="MUST", category="content")
class BareIdsAsLines(Deviation):
    """Still accepts the short form of an older version: a list of bare ids."""

    def read_line(self, kind: Kind, entry: Any, field: str, problems: list[Problem]) -> Line | None:
        line = {kind: {"id": entry}} if isinstance(entry, int) else entry
        return super().read_line(kind, line, field, problems)


@fault(
    "scalar-list-ignored",
    breaks=["CONTENT-07"],
    level="MUST",
    category="combination",
)
class ScalarListIgnored(Deviation):
    """Treats a scalar in place of a list as a missing list if the other list has entries."""

    def read_content(self, body: JsonObject, problems: list[Problem]) -> Content:
        for name, other in (("orderItems", "orderKits"), ("orderKits", "orderItems")):
            if isinstance(body.get(name), str | int) and isinstance(body.get(other), list):
                body = {**body, name: None}
        return super().read_content(body, problems)


@fault("unknown-item-accepted", breaks=["CONTENT-08"], level="SHOULD", category="content")
class UnknownItemAccepted(Deviation):
    """Stores item ids without looking them up."""

    def exists(self, kind: Kind, identity: int) -> bool:
        return kind == "item" or super().exists(kind, identity)

    def usable(self, kind: Kind, identity: int) -> bool:
        known = self.catalogue.find(kind, identity) is not None
        return not known or super().usable(kind, identity)


@fault("unknown-kit-accepted", breaks=["CONTENT-09"], level="SHOULD", category="content")
class UnknownKitAccepted(Deviation):
    """Stores kit ids without looking them up."""

    def exists(self, kind: Kind, identity: int) -> bool:
        return kind == "kit" or super().exists(kind, identity)

    def usable(self, kind: Kind, identity: int) -> bool:
        known = self.catalogue.find(kind, identity) is not None
        return not known or super().usable(kind, identity)


class _FirstKnown(Deviation):
    """Base: drops unknown ids of the kind `careless` after the first entry."""

    careless: Kind = "item"

    def read_lines(self, kind: Kind, value: Any, field: str, problems: list[Problem]) -> Lines:
        own: list[Problem] = []
        lines = super().read_lines(kind, value, field, own)
        if kind == self.careless:
            own = [
                problem
                for problem in own
                if problem.cause != "unknown-reference" or problem.field.startswith(f"{field}[0]")
            ]
        problems.extend(own)
        return lines


@fault("unknown-item-checked-first-only", breaks=["CONTENT-08"], level="SHOULD", category="content")
class UnknownItemCheckedFirstOnly(_FirstKnown):
    """Looks up only the first item; later unknown ones fall out of a join."""


@fault("unknown-kit-checked-first-only", breaks=["CONTENT-09"], level="SHOULD", category="content")
class UnknownKitCheckedFirstOnly(_FirstKnown):
    """Looks up only the first kit; later unknown ones fall out of a join."""

    careless = "kit"


@fault("null-beside-line-skipped", breaks=["CONTENT-07"], level="MUST", category="content")
class NullBesideLineSkipped(Deviation):
    """Filters nulls out of a list, and then only checks that it is not empty."""

    def read_lines(self, kind: Kind, value: Any, field: str, problems: list[Problem]) -> Lines:
        if isinstance(value, list):
            value = [entry for entry in value if entry is not None] or value
        return super().read_lines(kind, value, field, problems)


@fault(
    "lines-past-tenth-joined",
    breaks=["CONTENT-05", "CONTENT-06", "CONTENT-08", "CONTENT-09"],
    level="MUST",
    category="content",
)
class LinesPastTenthJoined(Deviation):
    """Validates the first ten lines; a join silently drops later ones that it cannot match."""

    def read_lines(self, kind: Kind, value: Any, field: str, problems: list[Problem]) -> Lines:
        if isinstance(value, list):
            value = value[:10] + [entry for entry in value[10:] if self._finds(kind, entry)]
        return super().read_lines(kind, value, field, problems)

    def _finds(self, kind: Kind, entry: Any) -> bool:
        thing = entry.get(kind) if isinstance(entry, dict) else None
        identity = thing.get("id") if isinstance(thing, dict) else None
        return isinstance(identity, int) and self.catalogue.find(kind, identity) is not None
