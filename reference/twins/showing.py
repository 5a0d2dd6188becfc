"""Other ways to show the same orders that conform."""

# Methods are documented in reference/server/; a deviation need not use every argument.
# ruff: noqa: ARG002, D102, D107

import json
from typing import Any

from starlette.requests import Request

from reference.deviations import Deviation, twin
from reference.model import JsonObject, Kind, Line, Order, View
from reference.refusal import Problem, Refusal
from reference.settings import Settings


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
    """A newer release: fields that the guide does not have, in every object."""

    def shape(self, document: Any) -> Any:
        return _with_extras(super().shape(document))


@twin("bare")
class Bare(Deviation):
    """Minimal responses: references are `{id}` only, empty fields are omitted."""

    def usable(self, kind: Kind, identity: int) -> bool:
        return True  # nothing that it shows contradicts this

    def render_thing(self, kind: Kind, identity: int) -> JsonObject:
        return {"id": identity}

    def render_order(self, order: Order, view: View) -> JsonObject:
        shown = super().render_order(order, view)
        for name in ("orderEvents", "orderNotes", "trackingNumbers", "devices", "packedKits"):
            del shown[name]
        return {name: value for name, value in shown.items() if value not in (None, [])}


@twin("empty-lists-null")
class EmptyListsNull(Deviation):
    """Empty lists are null."""

    def render_order(self, order: Order, view: View) -> JsonObject:
        shown = super().render_order(order, view)
        return {name: None if value == [] else value for name, value in shown.items()}


@twin("default-option")
class DefaultOption(Deviation):
    """Chooses the shipping option later: an order without one shows null."""

    default_shipping_option = None


@twin("raw-utf8")
class RawUtf8(Deviation):
    """Writes UTF-8 on several lines, and escapes only what JSON requires."""

    def serialise(self, document: Any) -> bytes:
        text = json.dumps(document, ensure_ascii=False, indent=2)
        return "".join(
            f"\\u{ord(letter):04x}" if "\ud800" <= letter <= "\udfff" else letter for letter in text
        ).encode()


def _with_points(document: Any) -> Any:
    if isinstance(document, dict):
        return {
            name: float(value) if name == "count" and type(value) is int else _with_points(value)
            for name, value in document.items()
        }
    if isinstance(document, list):
        return [_with_points(value) for value in document]
    return document


@twin("counts-with-points")
class CountsWithPoints(Deviation):
    """Writes counts as 10.0, as languages without integers do."""

    def shape(self, document: Any) -> Any:
        return _with_points(super().shape(document))


class _UncountedLines(Deviation):
    """Base: remembers which lines had no count, and shows them as `uncounted` returns them."""

    def uncounted(self, line: JsonObject) -> JsonObject:
        """Return a line without a count as it is shown."""
        raise NotImplementedError

    def read_count(self, value: Any, field: str, problems: list[Problem]) -> int | None:
        return 0 if value is None else super().read_count(value, field, problems)

    def render_lines(self, kind: Kind, lines: tuple[Line, ...]) -> list[JsonObject]:
        shown = super().render_lines(kind, lines)
        return [line if line["count"] else self.uncounted(line) for line in shown]


@twin("count-default-zero")
class CountDefaultZero(_UncountedLines):
    """A line without a count shows 0, as in the guide's sample."""

    def uncounted(self, line: JsonObject) -> JsonObject:
        return line


@twin("count-default-null")
class CountDefaultNull(_UncountedLines):
    """A line without a count shows null."""

    def uncounted(self, line: JsonObject) -> JsonObject:
        return {**line, "count": None}


@twin("count-default-absent")
class CountDefaultAbsent(_UncountedLines):
    """A line without a count shows none."""

    def uncounted(self, line: JsonObject) -> JsonObject:
        return {name: value for name, value in line.items() if name != "count"}


@twin("count-default-later")
class CountDefaultLater(_UncountedLines):
    """A line without a count shows null in the create response, and 1 when it is read."""

    def uncounted(self, line: JsonObject) -> JsonObject:
        return {**line, "count": None}

    def render_order(self, order: Order, view: View) -> JsonObject:
        shown = super().render_order(order, view)
        for name in ("orderItems", "orderKits") if view != "created" else ():
            for line in shown[name] or ():
                line["count"] = line["count"] or 1
        return shown


@twin("external-ids-of-a-bag", earns={"EXT-03": "the sequence of the ids is lost"})
class ExternalIdsOfABag(Deviation):
    """Shows external ids as sent in the create response, and in another sequence later."""

    def render_order(self, order: Order, view: View) -> JsonObject:
        shown = super().render_order(order, view)
        if view != "created" and shown["externalOrderIds"]:
            shown["externalOrderIds"] = shown["externalOrderIds"][::-1]
        return shown


@twin("extra-fields-with-known-names")
class FieldsOfItsOwn(Deviation):
    """Shows extra fields with names that the guide uses in other places."""

    def render_order(self, order: Order, view: View) -> JsonObject:
        return {**super().render_order(order, view), "createdAt": 1714550400000, "sex": None}


@twin("status-null-at-first", earns={"SCHEMA-04": "a new order has no status yet"})
class StatusNullAtFirst(Deviation):
    """The status of a new order is null until it is read."""

    def render_order(self, order: Order, view: View) -> JsonObject:
        shown = super().render_order(order, view)
        return {**shown, "currentStatus": None} if order.status == "received" else shown


@twin("status-in-capitals")
class StatusInCapitals(Deviation):
    """Other words for the status: PENDING_APPROVAL."""

    def render_order(self, order: Order, view: View) -> JsonObject:
        shown = super().render_order(order, view)
        return {**shown, "currentStatus": f"ORDER_{order.status.upper()}"}


@twin("sparse-on-create")
class SparseOnCreate(Deviation):
    """The create response shows ids where reads show whole objects."""

    def render_order(self, order: Order, view: View) -> JsonObject:
        shown = super().render_order(order, view)
        if view == "created":
            for name in ("patient", "site"):
                shown[name] = shown[name] and {"id": shown[name]["id"]}
            for name, kind in (("orderItems", "item"), ("orderKits", "kit")):
                shown[name] = [
                    {kind: {"id": line[kind]["id"]}, "count": line["count"]} for line in shown[name]
                ]
        return shown


@twin("errors-in-english")
class ErrorsInEnglish(Deviation):
    """Error messages contain words that also occur in SQL and in stack traces."""

    def error_document(self, request: Request, status: int, refusal: Refusal) -> Any:
        words = "Select items, kits or both from the catalogue. You cannot delete from an order."
        when = "Insert into the list one item at least.\n  at 2026-11-26T10:20:30Z"
        return {"title": refusal.message, "detail": words, "hint": when}


@twin("historic-item-snapshots")
class ThingsAsOrdered(Deviation):
    """Early orders show an item as it was then; later ones show it as not orderable."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.catalogue.things["item"][1000]["orderable"] = False

    def render_order(self, order: Order, view: View) -> JsonObject:
        shown = super().render_order(order, view)
        if order.id > 4:
            return shown
        lines = [
            {**line, "item": {**line["item"], "orderable": True}} for line in shown["orderItems"]
        ]
        return {**shown, "orderItems": lines}
