"""Bugs in error responses."""

# Methods are documented in reference/server/; a deviation need not use every argument.
# ruff: noqa: ARG002, D102

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from reference.deviations import Deviation, fault
from reference.model import Operation
from reference.refusal import Cause, Refusal


@fault("errors-without-body", breaks=["PROTO-10"], level="SHOULD", category="errors")
class ErrorsWithoutBody(Deviation):
    """Refuses invalid orders with a status, but without a body."""

    def refuse(self, request: Request, operation: Operation, refusal: Refusal) -> Response:
        if refusal.cause in ("invalid", "unknown-reference"):
            return Response(status_code=self.status_of(refusal.cause))
        return super().refuse(request, operation, refusal)


@fault("errors-only-codes", breaks=["PROTO-10"], level="SHOULD", category="errors")
class ErrorsOnlyCodes(Deviation):
    """Refuses with an error number that only its developers can look up."""

    def error_document(self, request: Request, status: int, refusal: Refusal) -> Any:
        return {"code": 4711, "params": []}


@fault("sql-in-errors", breaks=["PROTO-11"], level="SHOULD", category="errors")
class SqlInErrors(Deviation):
    """Passes the database's error message on to the client."""

    def error_document(self, request: Request, status: int, refusal: Refusal) -> Any:
        statement = "SELECT id, party FROM orders WHERE id = $1"
        return {**super().error_document(request, status, refusal), "cause": statement}


@fault(
    "unknown-reference-answers-200",
    breaks=["ASSOC-06", "ASSOC-07", "CONTENT-08", "CONTENT-09"],
    level="MUST",
    category="errors",
    also=dict.fromkeys(("ID-01", "SCHEMA-01"), "a success that shows no order"),
)
class UnknownReferenceAnswers200(Deviation):
    """Has an error handler that sets the body, but not the status."""

    def status_of(self, cause: Cause) -> int:
        return 200 if cause == "unknown-reference" else super().status_of(cause)


@fault("errors-as-text", breaks=["PROTO-10"], level="SHOULD", category="errors")
class ErrorsAsText(Deviation):
    """Refuses a fetch with plain text."""

    def refuse(self, request: Request, operation: Operation, refusal: Refusal) -> Response:
        if operation == "fetch" and refusal.cause == "not-found":
            return Response("Not Found", 404, media_type="text/plain")
        return super().refuse(request, operation, refusal)


@fault("list-errors-as-page", breaks=["PROTO-10"], level="SHOULD", category="errors")
class ListErrorsAsPage(Deviation):
    """Lets the framework refuse a query, with an HTML page."""

    def refuse(self, request: Request, operation: Operation, refusal: Refusal) -> Response:
        if refusal.cause == "paging":
            return Response("<h1>Bad Request</h1>", 400, media_type="text/html")
        return super().refuse(request, operation, refusal)


@fault("stack-trace", breaks=["PROTO-11"], level="SHOULD", category="errors")
class StackTrace(Deviation):
    """Runs in debug mode, with a stack trace in error responses."""

    def error_document(self, request: Request, status: int, refusal: Refusal) -> Any:
        trace = (
            'Traceback (most recent call last):\n  File "/srv/app/orders.py", line 12, in create'
        )
        return {**super().error_document(request, status, refusal), "trace": trace}
