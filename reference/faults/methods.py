"""Bugs in methods of an order that HTTP defines, not the guide."""

# Methods are documented in reference/server/; a deviation need not use every argument.
# ruff: noqa: D102

from starlette.requests import Request
from starlette.responses import Response

from reference.deviations import Deviation, fault
from reference.server.base import COLLECTION
from reference.server.core import Crash


@fault("head-of-order-crashes", breaks=["PROTO-08"], level="MUST", category="protocol")
class HeadOfOrderCrashes(Deviation):
    """Closes the stream on HEAD of an order, and counts its bytes afterwards."""

    method = "HEAD"

    async def finish(self, request: Request, response: Response) -> Response:
        below = request.scope["path"].startswith(f"{COLLECTION}/")
        if request.method == self.method and below and response.status_code < 400:
            response = self.crash(Crash("stream closed"))
        return await super().finish(request, response)


@fault("options-of-order-crashes", breaks=["PROTO-08"], level="MUST", category="protocol")
class OptionsOfOrderCrashes(HeadOfOrderCrashes):
    """Lists the methods of a route by its literal path, which an order's path does not match."""

    method = "OPTIONS"
