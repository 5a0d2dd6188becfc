"""The values that travel between validation, storage and rendering."""

import json
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

JsonObject: TypeAlias = dict[str, Any]
Kind: TypeAlias = Literal["patient", "site", "item", "kit"]
View: TypeAlias = Literal["created", "fetched", "listed"]
Operation: TypeAlias = Literal["create", "list", "fetch", "other"]

INT64_MAX = 2**63 - 1


@dataclass(frozen=True)
class Line:
    """An ordered item or kit, and its count."""

    id: int
    count: int


@dataclass(frozen=True)
class Wanted:
    """A create request after validation: everything that the client decides."""

    patient: int | None
    site: int | None
    items: tuple[Line, ...]
    kits: tuple[Line, ...]
    external_ids: tuple[str, ...] = ()
    shipping_option: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Order:
    """A stored order: what the client requested, and what the server added."""

    id: int
    wanted: Wanted
    created_at: str
    status: str = "received"

    def dump(self) -> str:
        """Write the order as pure ASCII JSON, safe for NUL and for lone surrogates."""
        return json.dumps(asdict(self))

    @classmethod
    def load(cls, text: str) -> "Order":
        """Read an order back from what `dump` wrote."""
        raw: JsonObject = json.loads(text)
        wanted: JsonObject = raw["wanted"]
        return cls(
            id=raw["id"],
            wanted=Wanted(
                patient=wanted["patient"],
                site=wanted["site"],
                items=tuple(Line(**line) for line in wanted["items"]),
                kits=tuple(Line(**line) for line in wanted["kits"]),
                external_ids=tuple(wanted["external_ids"]),
                shipping_option=wanted["shipping_option"],
                notes=tuple(wanted["notes"]),
            ),
            created_at=raw["created_at"],
            status=raw["status"],
        )
