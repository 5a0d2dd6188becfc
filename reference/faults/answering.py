"""Faults of shapes, protocol and authentication."""

# A fault need not use each argument of the point that it overrides.
# ruff: noqa: D102

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from reference.deviations import Deviation, fault
from reference.model import JsonObject, Kind, Operation, Order, View
from reference.refusal import Problem, Refusal
from reference.server.core import Crash


@fault(
    "count-as-text",
    breaks=["SCHEMA-03"],
    level="MUST",
    category="shapes",
    also={
        "LIST-13": "a count as text is no count",
        "ATOM-03": "a count as text is no count",
        "CONTENT-12": "a count as text is no count",
    },
)
class CountAsText(Deviation):
    """Writes the counts of listed orders as text."""

    def render_order(self, order: Order, view: View) -> JsonObject:
        shown = super().render_order(order, view)
        if view == "listed":
            for line in shown["orderItems"] or ():
                line["count"] = str(line["count"])
        return shown


@fault("email-as-object", breaks=["SCHEMA-02"], level="MUST", category="shapes")
class EmailAsObject(Deviation):
    """Shows the name of a fetched patient as an object."""

    def render_order(self, order: Order, view: View) -> JsonObject:
        shown = super().render_order(order, view)
        if view == "fetched" and isinstance(shown.get("patient"), dict):
            shown["patient"] = {**shown["patient"], "firstName": {"value": "John"}}
        return shown


@fault("birth-date-local", breaks=["SCHEMA-05"], level="MUST", category="shapes")
class BirthDateLocal(Deviation):
    """Writes dates of birth in the manner of the server's country."""

    def render_thing(self, kind: Kind, identity: int) -> JsonObject:
        shown = super().render_thing(kind, identity)
        return {**shown, "dateOfBirth": "01/02/1980"} if kind == "patient" else shown


@fault("sex-upper-case", breaks=["SCHEMA-06"], level="SHOULD", category="shapes")
class SexUpperCase(Deviation):
    """Serialises an enumeration by the names of its constants."""

    def render_thing(self, kind: Kind, identity: int) -> JsonObject:
        shown = super().render_thing(kind, identity)
        return {**shown, "sex": "FEMALE"} if kind == "patient" else shown


@fault(
    "text-html",
    breaks=["PROTO-01"],
    level="MUST",
    category="protocol",
    also={
        "PROTO-14": "JSON under another name is no JSON to a client that asks for anything",
    },
)
class TextHtml(Deviation):
    """Leaves the framework's default media type on its answers."""

    media_type = "text/html; charset=utf-8"


@fault("create-answers-202", breaks=["PROTO-02"], level="SHOULD", category="protocol")
class Answers202(Deviation):
    """Answers a create with 202, although it is done."""

    create_status = 202


@fault(
    "malformed-json-crash",
    breaks=["PROTO-03"],
    level="MUST",
    category="protocol",
    also={
        "PROTO-09": "odd bodies are malformed as well",
        "PROTO-10": "500 is what it answers",
    },
)
class MalformedCrash(Deviation):
    """Parses JSON outside of the error handler."""

    def read_document(self, body: bytes) -> Any:
        try:
            return super().read_document(body)
        except Refusal:
            raise Crash("unexpected end of input") from None


@fault(
    "other-media-crash",
    breaks=["PROTO-04"],
    level="MUST",
    category="protocol",
    also={
        "PROTO-05": "500 is no 4xx",
        "PROTO-09": "there is no reader for an odd charset either",
    },
)
class OtherMediaCrash(Deviation):
    """Has no reader for other media types, and does not expect that."""

    def check_media_type(self, request: Request) -> None:
        try:
            super().check_media_type(request)
        except Refusal:
            raise Crash("no reader") from None


@fault("delete-works", breaks=["PROTO-06", "PROTO-08"], level="MUST", category="protocol")
class DeleteWorks(Deviation):
    """Answers DELETE with 204 and does nothing."""

    def method_not_allowed(self, request: Request, allowed: str) -> Response:
        if request.method == "DELETE":
            return Response(status_code=204)
        return super().method_not_allowed(request, allowed)


@fault("huge-id-crash", breaks=["PROTO-09"], level="MUST", category="odd-input")
class HugeIdCrash(Deviation):
    """Hands an id of 2^63 to the database driver."""

    def read_id(self, kind: Kind, value: Any, field: str, problems: list[Problem]) -> int | None:
        if isinstance(value, int) and value >= 2**63:
            raise Crash("integer too large")
        return super().read_id(kind, value, field, problems)


@fault("errors-as-text", breaks=["PROTO-10"], level="SHOULD", category="protocol")
class ErrorsAsText(Deviation):
    """Answers refusals of a fetch with plain text."""

    def refuse(self, request: Request, operation: Operation, refusal: Refusal) -> Response:
        if operation == "fetch" and refusal.cause == "not-found":
            return Response("Not Found", 404, media_type="text/plain")
        return super().refuse(request, operation, refusal)


@fault("stack-trace", breaks=["PROTO-11"], level="SHOULD", category="protocol")
class StackTrace(Deviation):
    """Runs in debug mode."""

    def error_document(self, request: Request, status: int, refusal: Refusal) -> Any:
        trace = (
            'Traceback (most recent call last):\n  File "/srv/app/orders.py", line 12, in create'
        )
        return {**super().error_document(request, status, refusal), "trace": trace}


@fault("unknown-property-crash", breaks=["PROTO-12"], level="MUST", category="protocol")
class UnknownPropertyCrash(Deviation):
    """Builds its own object from whatever properties come in."""

    def read_order(self, body: JsonObject, problems: list[Problem]) -> Any:
        if "unknownProperty" in body or "currentStatus" in body:
            raise Crash("unexpected keyword argument")
        return super().read_order(body, problems)


class OpenRoute(Deviation):
    """Checks the key on every operation but one."""

    open_operation: Operation = "list"

    def authenticate(self, request: Request, operation: Operation) -> None:
        if operation != self.open_operation:
            super().authenticate(request, operation)


@fault(
    "create-without-key",
    breaks=["AUTH-01", "AUTH-07"],
    level="MUST",
    category="authentication",
    also={"AUTH-04": "a wrong key is let in too", "AUTH-06": "there is no refusal to be read"},
    needs=["api-key"],
)
class CreateOpen(OpenRoute):
    """Checks the key on reads only."""

    open_operation = "create"


@fault(
    "list-without-key",
    breaks=["AUTH-02"],
    level="MUST",
    category="authentication",
    also={"AUTH-04": "a wrong key is let in too"},
    needs=["api-key"],
)
class ListOpen(OpenRoute):
    """Forgets the key on the list."""


@fault(
    "key-case-ignored", breaks=["AUTH-04"], level="MUST", category="authentication", needs=["api-key"]
)
class KeyCaseIgnored(Deviation):
    """Looks the key up in a column without case."""

    def key_matches(self, given: str | None, key: str) -> bool:
        return given is not None and given.lower() == key.lower()


@fault("key-echoed", breaks=["AUTH-05"], level="MUST", category="authentication", needs=["api-key"])
class KeyEchoed(Deviation):
    """Puts the request's headers into refusals, to help."""

    def error_document(self, request: Request, status: int, refusal: Refusal) -> Any:
        document = super().error_document(request, status, refusal)
        return {**document, "request": dict(request.headers)}
