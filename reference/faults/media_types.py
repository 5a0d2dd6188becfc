"""Bugs in reading Content-Type and Accept."""

# Methods are documented in reference/server/; a deviation need not use every argument.
# ruff: noqa: D102

from starlette.requests import Request
from starlette.responses import Response

from reference.deviations import Deviation, fault
from reference.model import JsonObject, Operation
from reference.server.core import Crash

_FAILS = {"PROTO-09": "it answers 500"}


@fault("form-media-crashes", breaks=["PROTO-04"], level="MUST", category="protocol", also=_FAILS)
class FormMediaCrashes(Deviation):
    """Binds the fields of a form, but there are none."""

    unreadable = "application/x-www-form-urlencoded"

    def check_media_type(self, request: Request) -> None:
        if request.headers.get("content-type", "").startswith(self.unreadable):
            raise Crash("no such field")
        super().check_media_type(request)


@fault("multipart-crashes", breaks=["PROTO-04"], level="MUST", category="protocol", also=_FAILS)
class MultipartCrashes(FormMediaCrashes):
    """Splits a multipart body by a boundary that the header does not give."""

    unreadable = "multipart/form-data"


@fault(
    "malformed-media-type-crashes",
    breaks=["PROTO-04"],
    level="MUST",
    category="protocol",
    also=_FAILS,
)
class MalformedMediaTypeCrashes(Deviation):
    """Splits the media type at the slash without checking that there is one."""

    def check_media_type(self, request: Request) -> None:
        media_type = request.headers.get("content-type")
        if media_type and "/" not in media_type:
            raise Crash("not enough values to unpack")
        super().check_media_type(request)


@fault("content-encoding-crashes", breaks=["PROTO-09"], level="MUST", category="protocol")
class ContentEncodingCrashes(Deviation):
    """Decompresses a body according to its header, without handling errors."""

    def check_media_type(self, request: Request) -> None:
        if request.headers.get("content-encoding") == "gzip":
            raise Crash("not a gzipped file")
        super().check_media_type(request)


@fault("fetch-any-type-is-html", breaks=["PROTO-14"], level="SHOULD", category="protocol")
class FetchAnyTypeIsHtml(Deviation):
    """Returns an HTML page for an order unless the client asks for JSON."""

    page_of: Operation = "fetch"

    def succeed(
        self,
        request: Request,
        operation: Operation,
        status: int,
        document: JsonObject,
        headers: dict[str, str] | None = None,
    ) -> Response:
        if operation == self.page_of and "json" not in request.headers.get("accept", ""):
            return Response("<html><h1>Order</h1></html>", status, media_type="text/html")
        return super().succeed(request, operation, status, document, headers)


@fault("create-any-type-is-html", breaks=["PROTO-14"], level="SHOULD", category="protocol")
class CreateAnyTypeIsHtml(FetchAnyTypeIsHtml):
    """Returns its order form's HTML page after a create unless the client asks for JSON."""

    page_of = "create"
