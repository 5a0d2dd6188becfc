"""Bugs in middleware that reads header fields."""

# Methods are documented in reference/server/; a deviation need not use every argument.
# ruff: noqa: D102

import re

from starlette.requests import Request
from starlette.responses import Response

from reference.deviations import Deviation, fault
from reference.model import Operation
from reference.server.core import Crash


class UnreadableField(Deviation):
    """Base: a header field in an unexpected form causes an unhandled error."""

    field = ""
    form = ""

    async def serve(self, request: Request, operation: Operation, order_id: str | None) -> Response:
        value = request.headers.get(self.field)
        if value is not None and not re.fullmatch(self.form, value):
            raise Crash(f"cannot parse {self.field}")
        return await super().serve(request, operation, order_id)


@fault("origin-crashes", breaks=["PROTO-09"], level="MUST", category="odd-input")
class OriginCrashes(UnreadableField):
    """Parses the host from Origin without checking that there is one."""

    field, form = "origin", "https?://.+"


@fault("traceparent-crashes", breaks=["PROTO-09"], level="MUST", category="odd-input")
class TraceparentCrashes(UnreadableField):
    """Splits the trace context into four parts without checking how many there are."""

    field, form = "traceparent", "[0-9a-f]+(-[0-9a-f]+){3}"


@fault("unmodified-since-crashes", breaks=["PROTO-09"], level="MUST", category="odd-input")
class UnmodifiedSinceCrashes(UnreadableField):
    """Parses the date of If-Unmodified-Since, but only handles errors for If-Modified-Since."""

    field, form = "if-unmodified-since", ".+ GMT"


@fault("idempotency-key-crashes", breaks=["PROTO-09"], level="MUST", category="odd-input")
class IdempotencyKeyCrashes(UnreadableField):
    """Stores idempotency keys in a UUID column."""

    field, form = "idempotency-key", "[0-9a-fA-F-]{36}"

    async def serve(self, request: Request, operation: Operation, order_id: str | None) -> Response:
        if operation == "create":
            return await super().serve(request, operation, order_id)
        return await super(UnreadableField, self).serve(request, operation, order_id)
