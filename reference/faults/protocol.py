"""Bugs in HTTP: methods, media types, statuses."""

# Methods are documented in reference/server/; a deviation need not use every argument.
# ruff: noqa: ARG002, D102

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from reference.deviations import Deviation, fault
from reference.model import JsonObject, Operation, Order
from reference.refusal import Refusal
from reference.server.core import Crash


@fault(
    "text-html",
    breaks=["PROTO-01"],
    level="MUST",
    category="protocol",
    also={
        "PROTO-14": "JSON with another media type is not JSON to a client that accepts anything",
    },
)
class TextHtml(Deviation):
    """Sends responses with the framework's default media type."""

    media_type = "text/html; charset=utf-8"


@fault("create-answers-202", breaks=["PROTO-02"], level="SHOULD", category="protocol")
class Answers202(Deviation):
    """Answers a create with 202, although it is complete."""

    create_status = 202


@fault(
    "malformed-json-crash",
    breaks=["PROTO-03"],
    level="MUST",
    category="protocol",
    also={
        "PROTO-09": "unusual bodies are malformed as well",
        "PROTO-10": "it answers 500",
    },
)
class MalformedCrash(Deviation):
    """Parses JSON outside the error handler."""

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
        "PROTO-05": "500 is not a 4xx",
        "PROTO-09": "there is no reader for an unusual charset either",
    },
)
class OtherMediaCrash(Deviation):
    """Has no reader for other media types, and does not handle that."""

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


@fault(
    "fetch-in-latin-1",
    breaks=["PROTO-01"],
    level="MUST",
    category="protocol",
    also={
        "FETCH-01": "an order that cannot be decoded is not shown",
        "ATOM-02": "an order that cannot be decoded is not shown",
        "CONC-01": "an order that cannot be decoded is not shown",
        "EXT-04": "letters beyond Latin-1 become question marks",
    },
)
class FetchInLatin1(Deviation):
    """Writes JSON in the encoding of the operating system."""

    def succeed(
        self,
        request: Request,
        operation: Operation,
        status: int,
        document: JsonObject,
        headers: dict[str, str] | None = None,
    ) -> Response:
        response = super().succeed(request, operation, status, document, headers)
        if operation == "fetch":
            text = json.dumps(document, ensure_ascii=False)
            response = Response(text.encode("latin-1", "replace"), status)
            response.headers["Content-Type"] = self.media_type
        return response


@fault("gateway-adds-trailer", breaks=["PROTO-01"], level="MUST", category="protocol")
class GatewayAddsTrailer(Deviation):
    """Appends a comment with the name of the node to every created order."""

    def answer_created(self, request: Request, order: Order, document: JsonObject) -> Response:
        response = super().answer_created(request, order, document)
        body = bytes(response.body) + b"\n<!-- node 7 -->"
        return Response(body, response.status_code, media_type=self.media_type)


@fault("byte-order-mark", breaks=["PROTO-01"], level="MUST", category="protocol")
class ByteOrderMark(Deviation):
    """Writes created orders with a byte order mark."""

    def answer_created(self, request: Request, order: Order, document: JsonObject) -> Response:
        response = super().answer_created(request, order, document)
        body = b"\xef\xbb\xbf" + bytes(response.body)
        return Response(body, response.status_code, media_type=self.media_type)


@fault(
    "empty-list-body-answers-200",
    breaks=["PROTO-03"],
    level="MUST",
    category="protocol",
    also={"SCHEMA-01": "a success that shows no order"},
)
class EmptyListBody(Deviation):
    """Has undocumented bulk creates: an empty list creates nothing, successfully."""

    async def create(self, request: Request, body: bytes | None) -> Response:
        if (body or b"").strip() == b"[]":
            return Response(b"[]", 200, media_type=self.media_type)
        return await super().create(request, body)


@fault(
    "missing-media-type-crashes",
    breaks=["PROTO-04"],
    level="MUST",
    category="protocol",
    also={"PROTO-09": "it answers 500"},
)
class MissingMediaTypeCrashes(Deviation):
    """Parses the Content-Type header without checking that there is one."""

    def check_media_type(self, request: Request) -> None:
        if "content-type" not in request.headers:
            raise Crash("None has no attribute 'split'")
        super().check_media_type(request)


@fault("xml-label-ignored", breaks=["PROTO-05"], level="SHOULD", category="protocol")
class XmlLabelIgnored(Deviation):
    """Reads every body as JSON, whatever its media type."""

    def check_media_type(self, request: Request) -> None:
        if "xml" not in request.headers.get("content-type", ""):
            super().check_media_type(request)


@fault("put-not-found", breaks=["PROTO-06"], level="SHOULD", category="protocol")
class PutNotFound(Deviation):
    """Routes by method and path together, so an unsupported method is a 404."""

    def method_not_allowed(self, request: Request, allowed: str) -> Response:
        raise Refusal("no-route", "There is nothing at this path.")


@fault("allow-missing", breaks=["PROTO-07"], level="SHOULD", category="protocol")
class AllowMissing(Deviation):
    """Answers 405 without the Allow field."""

    def method_not_allowed(self, request: Request, allowed: str) -> Response:
        raise Refusal("method", "This path does not serve the method.")


@fault(
    "head-crashes",
    breaks=["PROTO-08"],
    level="MUST",
    category="protocol",
    also={"PROTO-09": "it answers 500"},
)
class HeadCrashes(Deviation):
    """Writes a body in response to HEAD, and fails."""

    async def finish(self, request: Request, response: Response) -> Response:
        if request.method == "HEAD":
            return Response(status_code=500)
        return await super().finish(request, response)


@fault("patch-succeeds", breaks=["PROTO-06", "PROTO-08"], level="MUST", category="protocol")
class PatchSucceeds(Deviation):
    """Uses a generated resource controller: PATCH answers 200 with the order."""

    def method_not_allowed(self, request: Request, allowed: str) -> Response:
        if request.method == "PATCH":
            return Response(b"{}", 200, media_type=self.media_type)
        return super().method_not_allowed(request, allowed)


@fault(
    "put-crashes",
    breaks=["PROTO-06", "PROTO-08"],
    level="MUST",
    category="protocol",
    also={"PROTO-09": "it answers 500"},
)
class PutCrashes(Deviation):
    """Routes PUT to a handler that does not exist."""

    def method_not_allowed(self, request: Request, allowed: str) -> Response:
        if request.method == "PUT":
            raise Crash("not implemented")
        return super().method_not_allowed(request, allowed)


@fault("charset-refused", breaks=["PROTO-13"], level="SHOULD", category="protocol")
class CharsetRefused(Deviation):
    """Compares the whole Content-Type with application/json."""

    def check_media_type(self, request: Request) -> None:
        super().check_media_type(request)
        if request.headers.get("content-type") != "application/json":
            raise Refusal("media-type", "Send the order as application/json.")


@fault("any-type-is-html", breaks=["PROTO-14"], level="SHOULD", category="protocol")
class AnyTypeIsHtml(Deviation):
    """Treats a client that accepts any type as a browser, and sends HTML."""

    def succeed(
        self,
        request: Request,
        operation: Operation,
        status: int,
        document: JsonObject,
        headers: dict[str, str] | None = None,
    ) -> Response:
        if request.headers.get("accept") == "*/*":
            return Response("<html><h1>Orders</h1></html>", status, media_type="text/html")
        return super().succeed(request, operation, status, document, headers)


@fault("accept-required", breaks=["PROTO-14"], level="SHOULD", category="protocol")
class AcceptRequired(Deviation):
    """Answers 406 to a request without Accept."""

    async def list_orders(self, request: Request) -> Response:
        if "accept" not in request.headers:
            raise Refusal("media-type", "Say what you accept.")
        return await super().list_orders(request)
