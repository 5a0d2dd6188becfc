"""Bugs in what a body is said to be, and in what an answer is asked to be."""

# Points are documented where they are defined, and a deviation need not use each argument.
# ruff: noqa: D102

from starlette.requests import Request
from starlette.responses import Response

from reference.deviations import Deviation, fault
from reference.model import JsonObject, Operation
from reference.server.core import Crash

_FAILS = {"PROTO-09": "it is a 500"}


@fault("form-media-crashes", breaks=["PROTO-04"], level="MUST", category="protocol", also=_FAILS)
class FormMediaCrashes(Deviation):
    """Binds the fields of a form, and finds none."""

    unreadable = "application/x-www-form-urlencoded"

    def check_media_type(self, request: Request) -> None:
        if request.headers.get("content-type", "").startswith(self.unreadable):
            raise Crash("no such field")
        super().check_media_type(request)


@fault("multipart-crashes", breaks=["PROTO-04"], level="MUST", category="protocol", also=_FAILS)
class MultipartCrashes(FormMediaCrashes):
    """Splits the parts of a form by a boundary that is not said."""

    unreadable = "multipart/form-data"


@fault(
    "malformed-media-type-crashes",
    breaks=["PROTO-04"],
    level="MUST",
    category="protocol",
    also=_FAILS,
)
class MalformedMediaTypeCrashes(Deviation):
    """Splits the media type at the slash without looking whether there is one."""

    def check_media_type(self, request: Request) -> None:
        media_type = request.headers.get("content-type")
        if media_type and "/" not in media_type:
            raise Crash("not enough values to unpack")
        super().check_media_type(request)


@fault("content-encoding-crashes", breaks=["PROTO-09"], level="MUST", category="protocol")
class ContentEncodingCrashes(Deviation):
    """Unpacks a body that says to be packed, and does not expect that it is not."""

    def check_media_type(self, request: Request) -> None:
        if request.headers.get("content-encoding") == "gzip":
            raise Crash("not a gzipped file")
        super().check_media_type(request)


@fault("fetch-any-type-is-html", breaks=["PROTO-14"], level="SHOULD", category="protocol")
class FetchAnyTypeIsHtml(Deviation):
    """Has a page for each order, and shows it to whoever does not ask for JSON."""

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
    """Thanks whoever does not ask for JSON with the page of its own order form."""

    page_of = "create"
