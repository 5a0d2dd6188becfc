"""Other lawful ways to show the same orders."""

# Points are documented where they are defined, and a deviation need not use each argument.
# ruff: noqa: ARG002, D102

import json
from typing import Any

from reference.deviations import Deviation, twin
from reference.model import JsonObject, Kind, Order, View


@twin("date-times")
class DateTimes(Deviation):
    """Dates of birth are written as date-times at midnight UTC."""

    def render_thing(self, kind: Kind, identity: int) -> JsonObject:
        thing = super().render_thing(kind, identity)
        if thing.get("dateOfBirth"):
            thing["dateOfBirth"] += "T00:00:00Z"
        return thing


def _with_extras(document: Any) -> Any:
    if isinstance(document, dict):
        shown = {name: _with_extras(value) for name, value in document.items()}
        return {**shown, "_links": {"self": "#"}, "version": 3, "x-labels": ["a", None]}
    if isinstance(document, list):
        return [_with_extras(value) for value in document]
    return document


@twin("extra-fields")
class ExtraFields(Deviation):
    """A newer release: fields that the guide does not know, in every object."""

    def shape(self, document: Any) -> Any:
        return _with_extras(super().shape(document))


@twin("bare")
class Bare(Deviation):
    """Says as little as it may: `{id}` for what orders refer to, nothing that is empty."""

    def usable(self, kind: Kind, identity: int) -> bool:
        return True  # it shows nothing that would tell a client otherwise

    def render_thing(self, kind: Kind, identity: int) -> JsonObject:
        return {"id": identity}

    def render_order(self, order: Order, view: View) -> JsonObject:
        shown = super().render_order(order, view)
        for name in ("orderEvents", "orderNotes", "trackingNumbers", "devices", "packedKits"):
            del shown[name]
        return {name: value for name, value in shown.items() if value not in (None, [])}


@twin("empty-lists-null")
class EmptyListsNull(Deviation):
    """A list without entries is null."""

    def render_order(self, order: Order, view: View) -> JsonObject:
        shown = super().render_order(order, view)
        return {name: None if value == [] else value for name, value in shown.items()}


@twin("default-option")
class DefaultOption(Deviation):
    """Chooses the way of shipping later: an order that named none shows null."""

    default_shipping_option = None


@twin("raw-utf8")
class RawUtf8(Deviation):
    """Writes text as UTF-8, spread over lines, and escapes only what it must."""

    def serialise(self, document: Any) -> bytes:
        text = json.dumps(document, ensure_ascii=False, indent=2)
        return "".join(
            f"\\u{ord(letter):04x}" if "\ud800" <= letter <= "\udfff" else letter for letter in text
        ).encode()
