"""Bugs that only show with unusual input, most of them a 500."""

# Methods are documented in reference/server/; a deviation need not use every argument.
# ruff: noqa: D102

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from reference.deviations import Deviation, fault
from reference.model import JsonObject, Kind, Line, Operation, Order, Wanted
from reference.refusal import Problem
from reference.server.core import Crash


def _depth(text: str) -> int:
    deepest = depth = 0
    for letter in text:
        depth += (letter in "[{") - (letter in "]}")
        deepest = max(deepest, depth)
    return deepest


@fault("deep-nesting-crashes", breaks=["PROTO-09"], level="MUST", category="odd-input")
class DeepNestingCrashes(Deviation):
    """Parses JSON recursively, and overflows the stack."""

    def parse(self, text: str) -> Any:
        if _depth(text) > 1000:
            raise Crash("maximum recursion depth exceeded")
        return super().parse(text)


@fault("many-digits-crash", breaks=["PROTO-09"], level="MUST", category="odd-input")
class ManyDigitsCrash(Deviation):
    """Parses a number of thousands of digits as a big integer, and cannot compare it."""

    def read_id(self, kind: Kind, value: Any, field: str, problems: list[Problem]) -> int | None:
        if value == float("inf"):
            raise Crash("cannot convert float infinity to integer")
        return super().read_id(kind, value, field, problems)


@fault("lone-surrogate-crashes", breaks=["PROTO-09"], level="MUST", category="odd-input")
class LoneSurrogateCrashes(Deviation):
    """Logs the request as UTF-8, which cannot encode a lone surrogate."""

    def read_document(self, body: bytes) -> Any:
        document = super().read_document(body)
        try:
            json.dumps(document, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise Crash("surrogates not allowed") from None
        return document


@fault("large-count-crashes", breaks=["PROTO-09"], level="MUST", category="odd-input")
class LargeCountCrashes(Deviation):
    """Multiplies the count before checking whether it is too large."""

    def read_count(self, value: Any, field: str, problems: list[Problem]) -> int | None:
        if isinstance(value, int | float) and value > 2**31 - 1:
            raise Crash("integer out of range")
        return super().read_count(value, field, problems)


@fault("accept-xml-crashes", breaks=["PROTO-09"], level="MUST", category="odd-input")
class AcceptXmlCrashes(Deviation):
    """Has no writer for the requested type, and does not handle that."""

    async def list_orders(self, request: Request) -> Response:
        if "xml" in request.headers.get("accept", ""):
            raise Crash("HttpMediaTypeNotAcceptableException")
        return await super().list_orders(request)


@fault("query-not-utf8-crashes", breaks=["PROTO-09"], level="MUST", category="odd-input")
class QueryNotUtf8Crashes(Deviation):
    """Decodes the query as strict UTF-8."""

    async def list_orders(self, request: Request) -> Response:
        if b"%C3%28" in request.scope["query_string"]:
            raise Crash("invalid continuation byte")
        return await super().list_orders(request)


@fault("shipping-number-crashes", breaks=["PROTO-09"], level="MUST", category="odd-input")
class ShippingNumberCrashes(Deviation):
    """Calls a string method on the shipping option without checking its type."""

    def read_shipping_option(self, value: Any, problems: list[Problem]) -> str | None:
        if value is not None and not isinstance(value, str):
            raise Crash("'int' object has no attribute 'lower'")
        return super().read_shipping_option(value, problems)


@fault(
    "nested-unknown-property-crashes",
    breaks=["PROTO-12"],
    level="MUST",
    category="odd-input",
    also={"PROTO-09": "it answers 500"},
)
class NestedUnknownPropertyCrashes(Deviation):
    """Passes all properties of a line to a constructor."""

    def read_line(self, kind: Kind, entry: Any, field: str, problems: list[Problem]) -> Line | None:
        if isinstance(entry, dict) and kind in entry and not entry.keys() <= {kind, "count"}:
            raise Crash("unexpected keyword argument")
        return super().read_line(kind, entry, field, problems)


@fault(
    "huge-id-crash",
    breaks=["PROTO-09"],
    level="MUST",
    category="odd-input",
    also={"ASSOC-06": "an id beyond 64 bits is a patient that does not exist"},
)
class HugeIdCrash(Deviation):
    """Passes an id of 2^63 to the database driver."""

    def read_id(self, kind: Kind, value: Any, field: str, problems: list[Problem]) -> int | None:
        if isinstance(value, int) and value >= 2**63:
            raise Crash("integer too large")
        return super().read_id(kind, value, field, problems)


@fault(
    "unknown-property-crash",
    breaks=["PROTO-12"],
    level="MUST",
    category="odd-input",
    also={"PROTO-09": "it answers 500"},
)
class UnknownPropertyCrash(Deviation):
    """Passes all properties of the order to a constructor."""

    def read_order(self, body: JsonObject, problems: list[Problem]) -> Any:
        if "unknownProperty" in body or "currentStatus" in body:
            raise Crash("unexpected keyword argument")
        return super().read_order(body, problems)


class _HeaderCrashes(Deviation):
    """Base: a header is parsed before anything else, without handling errors."""

    header = ""
    sign = ""

    def authenticate(self, request: Request, operation: Operation) -> None:
        value = request.headers.get(self.header)
        if value is not None and self.sign not in value:
            raise Crash(f"index out of range in {self.header}")
        super().authenticate(request, operation)


@fault("cookie-crashes", breaks=["PROTO-09"], level="MUST", category="odd-input")
class CookieCrashes(_HeaderCrashes):
    """Splits cookies at the equals sign without checking that there is one."""

    header, sign = "cookie", "="


@fault("date-header-crashes", breaks=["PROTO-09"], level="MUST", category="odd-input")
class DateHeaderCrashes(_HeaderCrashes):
    """Parses the date of a conditional request without handling errors."""

    header, sign = "if-modified-since", "GMT"


@fault("authorization-crashes", breaks=["PROTO-09"], level="MUST", category="odd-input")
class AuthorizationCrashes(_HeaderCrashes):
    """Splits Authorization into scheme and credentials without checking that there are two."""

    header, sign = "authorization", " "


@fault("surrogate-stored-crashes", breaks=["PROTO-09"], level="MUST", category="odd-input")
class SurrogateStoredCrashes(Deviation):
    """Stores a string that UTF-8 cannot encode."""

    async def store(self, wanted: Wanted) -> Order:
        try:
            "".join(wanted.external_ids).encode()
        except UnicodeEncodeError:
            raise Crash("surrogates not allowed") from None
        return await super().store(wanted)


@fault("bytes-stored-crash", breaks=["PROTO-09"], level="MUST", category="odd-input")
class BytesStoredCrash(Deviation):
    """Passes bytes that are not valid UTF-8 on to the database, which refuses them."""

    def decode(self, body: bytes) -> str:
        return body.decode("utf-8-sig", "surrogateescape")

    async def store(self, wanted: Wanted) -> Order:
        if any("\udc80" <= letter <= "\udcff" for text in wanted.external_ids for letter in text):
            raise Crash("invalid byte sequence for encoding UTF8")
        return await super().store(wanted)


class _Unwrapped(Deviation):
    """Base: `unwrap` finds the order in a document that is not an object."""

    def unwrap(self, document: Any) -> Any:
        """Return the value that is used as the order."""
        raise NotImplementedError

    def validate(self, document: Any) -> Wanted:
        return super().validate(self.unwrap(document))


@fault("order-in-list-accepted", breaks=["PROTO-03"], level="MUST", category="odd-input")
class OrderInListAccepted(_Unwrapped):
    """Unwraps a list of one order, as some deserialisers can be configured to do."""

    def unwrap(self, document: Any) -> Any:
        return document[0] if isinstance(document, list) and len(document) == 1 else document


@fault("first-of-several-orders-accepted", breaks=["PROTO-03"], level="MUST", category="odd-input")
class FirstOfSeveralOrdersAccepted(_Unwrapped):
    """Uses the first order of a list, and ignores the others."""

    def unwrap(self, document: Any) -> Any:
        return document[0] if isinstance(document, list) and len(document) > 1 else document


@fault("double-encoded-json-accepted", breaks=["PROTO-03"], level="MUST", category="odd-input")
class OrderInTextAccepted(_Unwrapped):
    """Parses a JSON string in the body a second time."""

    def unwrap(self, document: Any) -> Any:
        is_json = isinstance(document, str) and document.startswith("{")
        return self.read_document(document.encode("utf-8", "replace")) if is_json else document
