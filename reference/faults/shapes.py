"""Bugs in how an order is written."""

# Methods are documented in reference/server/; a deviation need not use every argument.
# ruff: noqa: D102

from reference.deviations import Deviation, fault
from reference.model import JsonObject, Kind, Order, View


@fault(
    "count-as-text",
    breaks=["SCHEMA-03"],
    level="MUST",
    category="shapes",
    also={
        "LIST-13": "a count as a string is not a count",
        "ATOM-03": "a count as a string is not a count",
        "CONTENT-12": "a count as a string is not a count",
    },
)
class CountAsText(Deviation):
    """Writes the counts of listed orders as strings."""

    def render_order(self, order: Order, view: View) -> JsonObject:
        shown = super().render_order(order, view)
        if view == "listed":
            for line in shown["orderItems"] or ():
                line["count"] = str(line["count"])
        return shown


@fault("email-as-object", breaks=["SCHEMA-02"], level="MUST", category="shapes")
class EmailAsObject(Deviation):
    """Shows the first name of a fetched patient as an object."""

    def render_order(self, order: Order, view: View) -> JsonObject:
        shown = super().render_order(order, view)
        if view == "fetched" and isinstance(shown.get("patient"), dict):
            shown["patient"] = {**shown["patient"], "firstName": {"value": "John"}}
        return shown


@fault("birth-date-local", breaks=["SCHEMA-05"], level="MUST", category="shapes")
class BirthDateLocal(Deviation):
    """Writes dates of birth in the server's local format."""

    def render_thing(self, kind: Kind, identity: int) -> JsonObject:
        shown = super().render_thing(kind, identity)
        return {**shown, "dateOfBirth": "01/02/1980"} if kind == "patient" else shown


@fault("sex-upper-case", breaks=["SCHEMA-06"], level="SHOULD", category="shapes")
class SexUpperCase(Deviation):
    """Serialises an enumeration as the names of its constants."""

    def render_thing(self, kind: Kind, identity: int) -> JsonObject:
        shown = super().render_thing(kind, identity)
        return {**shown, "sex": "FEMALE"} if kind == "patient" else shown


class _Created(Deviation):
    """Base: changes the order in the create response."""

    def touch(self, shown: JsonObject) -> JsonObject:
        """Return the order to show."""
        raise NotImplementedError

    view: View = "created"

    def render_order(self, order: Order, view: View) -> JsonObject:
        shown = super().render_order(order, view)
        return self.touch(shown) if view == self.view else shown


class _Fetched(_Created):
    """Base: changes the order in the fetch response."""

    view = "fetched"


class _Listed(_Created):
    """Base: changes the orders in the list."""

    view = "listed"


@fault("created-address-as-text", breaks=["SCHEMA-01"], level="MUST", category="shapes")
class CreatedAddressAsText(_Created):
    """Writes the address as one string."""

    def touch(self, shown: JsonObject) -> JsonObject:
        patient = shown["patient"]
        return {**shown, "patient": {**patient, "address": "42 Cedar St"}} if patient else shown


@fault("created-boolean-as-number", breaks=["SCHEMA-01"], level="MUST", category="shapes")
class CreatedBooleanAsNumber(_Created):
    """Writes booleans as 0 and 1, as the database stores them."""

    def touch(self, shown: JsonObject) -> JsonObject:
        site = shown["site"]
        return {**shown, "site": {**site, "active": int(site["active"])}} if site else shown


@fault("fetched-orderable-as-letter", breaks=["SCHEMA-02"], level="MUST", category="shapes")
class FetchedOrderableAsLetter(_Fetched):
    """Writes a flag as Y or N, as the legacy schema stores it."""

    def touch(self, shown: JsonObject) -> JsonObject:
        for line in shown["orderItems"]:
            line["item"] = {**line["item"], "orderable": "Y"}
        return shown


@fault("listed-events-as-object", breaks=["SCHEMA-03"], level="MUST", category="shapes")
class ListedEventsAsObject(_Listed):
    """Writes a list with one entry as a single object, as XML converters do."""

    def touch(self, shown: JsonObject) -> JsonObject:
        events = shown["orderEvents"]
        return {**shown, "orderEvents": events[0] if len(events) == 1 else events}


@fault("status-missing-on-create", breaks=["SCHEMA-04"], level="SHOULD", category="shapes")
class StatusMissingOnCreate(_Created):
    """Sends the create response before the workflow has set a status."""

    def touch(self, shown: JsonObject) -> JsonObject:
        return {name: value for name, value in shown.items() if name != "currentStatus"}


@fault(
    "status-as-number",
    breaks=["SCHEMA-04", "SCHEMA-03"],
    level="MUST",
    category="shapes",
)
class StatusAsNumber(_Listed):
    """Writes the status of listed orders as its position in the enumeration."""

    def touch(self, shown: JsonObject) -> JsonObject:
        return {**shown, "currentStatus": 2}


@fault("birth-date-no-day", breaks=["SCHEMA-05"], level="MUST", category="shapes")
class BirthDateNoDay(Deviation):
    """Adds one to the day to adjust for the time zone, without carrying over (30 February)."""

    def render_thing(self, kind: Kind, identity: int) -> JsonObject:
        shown = super().render_thing(kind, identity)
        born = shown.get("dateOfBirth")
        return {**shown, "dateOfBirth": f"{born[:8]}{int(born[8:]) + 1:02}"} if born else shown


@fault("birth-date-two-digit-year", breaks=["SCHEMA-05"], level="MUST", category="shapes")
class BirthDateTwoDigitYear(Deviation):
    """Formats dates with `yy`."""

    def render_thing(self, kind: Kind, identity: int) -> JsonObject:
        shown = super().render_thing(kind, identity)
        return {**shown, "dateOfBirth": "80-02-29"} if kind == "patient" else shown


@fault(
    "event-time-in-milliseconds",
    breaks=["SCHEMA-05"],
    level="MUST",
    category="shapes",
    also=dict.fromkeys(
        ("SCHEMA-01", "SCHEMA-02", "SCHEMA-03"), "the schema requires a string there"
    ),
)
class EventTimeInMilliseconds(Deviation):
    """Writes time stamps as milliseconds since 1970, Jackson's default."""

    def render_events(self, order: Order) -> list[JsonObject]:
        return [
            {**event, "eventTimestamp": 1709251200000} for event in super().render_events(order)
        ]


@fault(
    "items-null-on-create",
    breaks=["SCHEMA-07"],
    level="MUST",
    category="shapes",
    also={
        "ATOM-03": "reads show the items",
        "CONTENT-12": "the create response does not show them",
        "CONTENT-13": "the create response does not show them",
    },
)
class ItemsNullOnCreate(_Created):
    """Sends the create response before the items are loaded."""

    def touch(self, shown: JsonObject) -> JsonObject:
        return {**shown, "orderItems": None}


@fault(
    "kits-null-on-fetch",
    breaks=["SCHEMA-07"],
    level="MUST",
    category="shapes",
    also={"CONTENT-12": "the fetched order does not keep them", "ATOM-03": "it differs"},
)
class KitsNullOnFetch(_Fetched):
    """Fetches orders by a query that is older than kits."""

    def touch(self, shown: JsonObject) -> JsonObject:
        return {**shown, "orderKits": None}
