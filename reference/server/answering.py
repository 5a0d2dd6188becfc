"""Methods that turn a document, or a refusal, into an HTTP response."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from reference.model import JsonObject, Operation
from reference.refusal import STATUS, Cause, Refusal
from reference.server.core import Core


class Answering(Core):
    """Statuses, error documents, serialisation and headers."""

    media_type = "application/json"
    error_media_type = "application/json"

    def serialise(self, document: Any) -> bytes:
        """Return a document as JSON; escaping preserves every string exactly."""
        return json.dumps(document, separators=(",", ":")).encode("ascii")

    def shape(self, document: Any) -> Any:
        """Change the document of a successful response."""
        return document

    def succeed(
        self,
        request: Request,  # noqa: ARG002  (deviations look at it)
        operation: Operation,  # noqa: ARG002
        status: int,
        document: JsonObject,
        headers: dict[str, str] | None = None,
    ) -> Response:
        """Return the response to a request that was served."""
        return Response(
            self.serialise(self.shape(document)),
            status,
            {"Content-Type": self.media_type, "Cache-Control": "no-store", **(headers or {})},
        )

    def status_of(self, cause: Cause) -> int:
        """Return the status for a cause."""
        return STATUS[cause]

    def error_document(self, request: Request, status: int, refusal: Refusal) -> Any:  # noqa: ARG002
        """Return the body of an error response."""
        return {
            "message": refusal.message,
            "errors": [
                {"field": problem.field, "message": problem.text} for problem in refusal.problems
            ],
        }

    def refuse(self, request: Request, operation: Operation, refusal: Refusal) -> Response:  # noqa: ARG002
        """Return the response to a request that was refused."""
        status = self.status_of(refusal.cause)
        return Response(
            self.serialise(self.error_document(request, status, refusal)),
            status,
            {"Content-Type": self.error_media_type, **refusal.headers},
        )

    def crash(self, error: Exception) -> Response:  # noqa: ARG002
        """Return the response after a crash, which only happens with a fault."""
        return Response(
            self.serialise({"message": "Internal server error", "errors": []}),
            500,
            {"Content-Type": self.error_media_type},
        )

    async def finish(self, request: Request, response: Response) -> Response:
        """Change any response before it is sent."""
        if request.method == "HEAD":
            response.body = b""
        return response
