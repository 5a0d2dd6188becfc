"""Typical behaviour of well-known web frameworks."""

# Methods are documented in reference/server/; a deviation need not use every argument.
# ruff: noqa: ARG002, D102

import asyncio
import gzip
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from reference.deviations import Deviation, twin
from reference.model import JsonObject, Order, View, Wanted
from reference.refusal import Cause, Problem, Refusal


def without_nulls(document: Any) -> Any:
    """Leave out each property that is null, at every depth."""
    if isinstance(document, dict):
        return {name: without_nulls(value) for name, value in document.items() if value is not None}
    if isinstance(document, list):
        return [without_nulls(value) for value in document]
    return document


@twin("spring")
class Spring(Deviation):
    """Spring Boot: 200 on create, charset parameter, nulls omitted, lenient paging."""

    create_status = 200
    media_type = "application/json;charset=UTF-8"

    def shape(self, document: Any) -> Any:
        return without_nulls(super().shape(document))

    def invalid_number(self, name: str, least: int, default: int) -> int:
        return default

    def error_document(self, request: Request, status: int, refusal: Refusal) -> Any:
        return {
            "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "status": status,
            "error": HTTPStatus(status).phrase,
            "path": request.scope["path"],
        }


@twin("django-rest")
class DjangoRest(Deviation):
    """Django REST framework: a dictionary of field errors, `detail`, oversized pages refused."""

    newest_first = False

    def error_document(self, request: Request, status: int, refusal: Refusal) -> Any:
        if not refusal.problems:
            return {"detail": refusal.message}
        fields: dict[str, list[str]] = {}
        for problem in refusal.problems:
            fields.setdefault(problem.field or "non_field_errors", []).append(problem.text)
        return fields

    def read_size(self, values: list[str]) -> int:
        size = self.read_number("size", values, 1, self.default_size)
        return size if size <= self.max_size else self.invalid_number("size", 1, self.default_size)


@twin("fastapi")
class FastApi(Deviation):
    """FastAPI: 422 with a list of details, pages from 1, null in place of empty lists."""

    first_page = 1

    def status_of(self, cause: Cause) -> int:
        unprocessable = ("malformed", "invalid", "unknown-reference", "bad-id", "paging")
        return 422 if cause in unprocessable else super().status_of(cause)

    def error_document(self, request: Request, status: int, refusal: Refusal) -> Any:
        if status != 422:
            return {"detail": HTTPStatus(status).phrase}
        problems = refusal.problems or [Problem("", refusal.message)]
        return {
            "detail": [
                {"loc": ["body", problem.field], "msg": problem.text, "type": "value_error"}
                for problem in problems
            ]
        }

    def render_order(self, order: Order, view: View) -> JsonObject:
        shown = super().render_order(order, view)
        return {name: None if value == [] else value for name, value in shown.items()}


_ORDER_KEYS = {
    "externalOrderIds",
    "patient",
    "site",
    "orderItems",
    "orderKits",
    "shippingOption",
    "orderNotes",
}
_PARTY_KEYS = {"patient": {"id", "sex"}, "site": {"id"}}
_LINE_KEYS = {"orderItems": "item", "orderKits": "kit"}


@twin(
    "express-zod",
    earns={
        "ASSOC-11": "an explicit null is not the same as leaving the property out",
        "CONTENT-14": "null for the other list is refused",
    },
)
class ExpressZod(Deviation):
    """Express with a strict zod schema: unknown properties and explicit nulls are refused."""

    newest_first = False

    def read_order(self, body: JsonObject, problems: list[Problem]) -> Wanted:
        self._be_strict(body, _ORDER_KEYS, "", problems)
        for name, keys in _PARTY_KEYS.items():
            self._be_strict(body.get(name), keys, name, problems)
        for name, kind in _LINE_KEYS.items():
            lines = body.get(name)
            for entry in lines if isinstance(lines, list) else []:
                self._be_strict(entry, {kind, "count"}, name, problems)
                if isinstance(entry, dict):
                    self._be_strict(entry.get(kind), {"id"}, f"{name}.{kind}", problems)
        return super().read_order(body, problems)

    def _be_strict(self, value: Any, known: set[str], field: str, problems: list[Problem]) -> None:
        if not isinstance(value, dict):
            return
        if not value.keys() <= known:
            problems.append(Problem(field, "Unrecognized key(s) in object"))
        if None in value.values():
            problems.append(Problem(field, "Expected a value, received null"))

    def error_document(self, request: Request, status: int, refusal: Refusal) -> Any:
        issues = [
            {"code": "custom", "path": problem.field.split("."), "message": problem.text}
            for problem in refusal.problems
        ]
        return {"error": refusal.message, "issues": issues}


@twin("gateway")
class Gateway(Deviation):
    """Behind an API gateway: gzip, one connection per request, 403, some latency."""

    def status_of(self, cause: Cause) -> int:
        return 403 if cause == "unauthorised" else super().status_of(cause)

    async def finish(self, request: Request, response: Response) -> Response:
        await asyncio.sleep(0.005)
        response = await super().finish(request, response)
        response.headers["Connection"] = "close"
        response.headers["Vary"] = "Accept-Encoding"
        if response.body and "gzip" in request.headers.get("accept-encoding", ""):
            response.body = gzip.compress(bytes(response.body), 1)
            response.headers["Content-Encoding"] = "gzip"
            response.headers["Content-Length"] = str(len(response.body))
        return response


@twin("problem-json")
class ProblemJson(Deviation):
    """RFC 9457: errors are problem documents."""

    error_media_type = "application/problem+json"

    def error_document(self, request: Request, status: int, refusal: Refusal) -> Any:
        return {
            "type": f"https://errors.example.com/{refusal.cause}",
            "title": HTTPStatus(status).phrase,
            "status": status,
            "detail": refusal.message,
            "invalidParams": [
                {"name": problem.field, "reason": problem.text} for problem in refusal.problems
            ],
        }
