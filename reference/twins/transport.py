"""Other ways to use HTTP that conform."""

# Methods are documented in reference/server/; a deviation need not use every argument.
# ruff: noqa: ARG002, D102

import hashlib
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from reference.deviations import Deviation, twin
from reference.model import JsonObject, Operation, Order
from reference.refusal import Refusal
from reference.server.base import COLLECTION


@twin("chunked")
class Chunked(Deviation):
    """Sends responses in chunks, without Content-Length."""

    async def finish(self, request: Request, response: Response) -> Response:
        response = await super().finish(request, response)
        if request.method == "HEAD" or not response.body:
            return response
        body = bytes(response.body)

        async def pieces() -> AsyncIterator[bytes]:
            for start in range(0, len(body), 500):
                yield body[start : start + 500]

        kept = {name: v for name, v in response.headers.items() if name != "content-length"}
        return StreamingResponse(pieces(), response.status_code, kept)


@twin("weak-etags")
class WeakEtags(Deviation):
    """Sends weak ETags, and answers 304 to If-None-Match."""

    async def finish(self, request: Request, response: Response) -> Response:
        response = await super().finish(request, response)
        if request.method == "GET" and response.status_code == 200:
            digest = hashlib.sha256(bytes(response.body)).hexdigest()[:12]
            tag = f'W/"{digest}"'
            if request.headers.get("if-none-match") in (tag, "*"):
                return Response(status_code=304, headers={"ETag": tag})
            response.headers["ETag"] = tag
        return response


@twin("charset-in-capitals")
class CharsetInCapitals(Deviation):
    """Writes the media type as Application/JSON; Charset="UTF-8"."""

    media_type = 'Application/JSON; Charset="UTF-8"'


@twin("location-absolute")
class LocationAbsolute(Deviation):
    """Links the created order by an absolute URL with another host, as behind a proxy."""

    def answer_created(self, request: Request, order: Order, document: JsonObject) -> Response:
        response = super().answer_created(request, order, document)
        response.headers["Location"] = f"http://orders.internal:8080{COLLECTION}/{order.id}"
        return response


@twin("no-extras")
class NoExtras(Deviation):
    """Sends no header except Content-Type."""

    async def finish(self, request: Request, response: Response) -> Response:
        response = await super().finish(request, response)
        for name in ("cache-control", "location"):
            if name in response.headers:
                del response.headers[name]
        return response


@twin("allow-missing-on-405", earns={"PROTO-07": "405 comes without Allow"})
class AllowMissingOn405(Deviation):
    """A proxy removes Allow."""

    def method_not_allowed(self, request: Request, allowed: str) -> Response:
        raise Refusal("method", "This path does not serve the method.")


@twin("trailing-slash")
class TrailingSlash(Deviation):
    """Also serves every path with a trailing slash."""

    def resolve(self, method: str, path: str) -> tuple[Operation, str | None]:
        return super().resolve(method, path.removesuffix("/") if len(path) > 1 else path)


@twin("methods-not-implemented", earns={"PROTO-06": "an unsupported method is answered 501"})
class MethodsNotImplemented(Deviation):
    """Supports GET, HEAD, OPTIONS and POST, and answers 501 to other methods (RFC 9110)."""

    def method_not_allowed(self, request: Request, allowed: str) -> Response:
        return Response(b'{"message": "not implemented"}', 501, media_type="application/json")
