"""Typical behaviour of more web frameworks and gateways."""

# Methods are documented in reference/server/; a deviation need not use every argument.
# ruff: noqa: ARG002, D102

from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from reference.deviations import Deviation, twin
from reference.model import JsonObject, Operation, Order, View
from reference.refusal import Cause, Refusal


@twin("go-chi")
class GoChi(Deviation):
    """Go with chi: nil slices are null, a final line feed, plain text for unknown routes."""

    newest_first = False

    def render_order(self, order: Order, view: View) -> JsonObject:
        shown = super().render_order(order, view)
        empty = {name for name, value in shown.items() if value == []}
        return {name: None if name in empty else value for name, value in shown.items()}

    def serialise(self, document: Any) -> bytes:
        return super().serialise(document) + b"\n"

    def refuse(self, request: Request, operation: Operation, refusal: Refusal) -> Response:
        if refusal.cause == "no-route":
            return Response("404 page not found\n", 404, media_type="text/plain")
        return super().refuse(request, operation, refusal)


@twin("laravel")
class Laravel(Deviation):
    """Laravel: 422 with a message and errors by field; an invalid id matches no route (404)."""

    def status_of(self, cause: Cause) -> int:
        if cause == "bad-id":
            return 404
        invalid = ("invalid", "unknown-reference", "paging", "malformed")
        return 422 if cause in invalid else super().status_of(cause)

    def error_document(self, request: Request, status: int, refusal: Refusal) -> Any:
        errors: dict[str, list[str]] = {}
        for problem in refusal.problems:
            errors.setdefault(problem.field or "order", []).append(f"The field {problem.text}.")
        return {"message": refusal.message, "errors": errors}


@twin(
    "rails",
    earns={
        "PROTO-06": "an unsupported method is an unknown route",
        "PROTO-05": "a body is read as JSON if it parses as JSON",
    },
)
class Rails(Deviation):
    """Rails: unsupported methods are unknown routes, errors are a list of sentences."""

    def check_media_type(self, request: Request) -> None:
        pass

    def method_not_allowed(self, request: Request, allowed: str) -> Response:
        raise Refusal("no-route", "Not Found")

    def status_of(self, cause: Cause) -> int:
        return 422 if cause in ("invalid", "unknown-reference") else super().status_of(cause)

    def error_document(self, request: Request, status: int, refusal: Refusal) -> Any:
        return {"errors": [f"{p.field} {p.text}" for p in refusal.problems] or [refusal.message]}


@twin("aspnet-core")
class AspNetCore(Deviation):
    """ASP.NET Core: problem details with a traceId, errors by field, and a charset."""

    media_type = "application/json; charset=utf-8"
    error_media_type = "application/problem+json; charset=utf-8"

    def error_document(self, request: Request, status: int, refusal: Refusal) -> Any:
        document: JsonObject = {
            "type": "https://tools.ietf.org/html/rfc9110#section-15.5.1",
            "title": HTTPStatus(status).phrase,
            "status": status,
            "traceId": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00",
        }
        if refusal.problems:
            document["errors"] = {p.field or "$": [p.text] for p in refusal.problems}
        return document


@twin("spring-hateoas")
class SpringHateoas(Deviation):
    """Spring HATEOAS: links among the fields, as application/hal+json."""

    media_type = "application/hal+json"

    def render_order(self, order: Order, view: View) -> JsonObject:
        href = f"/api/v3/order/{order.id}"
        return {**super().render_order(order, view), "_links": {"self": {"href": href}}}

    def shape(self, document: Any) -> Any:
        shown = super().shape(document)
        if "content" not in shown:
            return shown
        number = {"totalElements": shown["total"], "numberOfElements": len(shown["content"])}
        return {**shown, **number, "_links": {"self": {"href": "/api/v3/order"}}}


@twin("nestjs")
class NestJs(Deviation):
    """NestJS: message is a list of sentences, with statusCode and error."""

    def error_document(self, request: Request, status: int, refusal: Refusal) -> Any:
        sentences = [f"{problem.field} {problem.text}" for problem in refusal.problems]
        return {
            "message": sentences or refusal.message,
            "error": HTTPStatus(status).phrase,
            "statusCode": status,
        }


@twin(
    "aws-api-gateway",
    earns={"PROTO-06": "the gateway answers 403 to an unsupported method"},
)
class AwsApiGateway(Deviation):
    """AWS API Gateway: 403 for unknown routes and missing keys, its own headers."""

    def status_of(self, cause: Cause) -> int:
        return 403 if cause in ("no-route", "unauthorised") else super().status_of(cause)

    def method_not_allowed(self, request: Request, allowed: str) -> Response:
        raise Refusal("no-route", "Missing Authentication Token")

    def error_document(self, request: Request, status: int, refusal: Refusal) -> Any:
        return {"message": refusal.message}

    async def finish(self, request: Request, response: Response) -> Response:
        response.headers["x-amzn-RequestId"] = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"
        return await super().finish(request, response)


@twin("grpc-gateway", earns={"FETCH-03": "an id that does not exist is a bad argument"})
class GrpcGateway(Deviation):
    """gRPC transcoding: codes in the body, 400 for every bad argument, even a missing id."""

    create_status = 200

    def status_of(self, cause: Cause) -> int:
        return 400 if cause in ("not-found", "media-type") else super().status_of(cause)

    def error_document(self, request: Request, status: int, refusal: Refusal) -> Any:
        return {"code": 3, "message": refusal.message, "details": []}
