"""Other lawful borders between what is accepted and what is refused."""

# Points are documented where they are defined, and a deviation need not use each argument.
# ruff: noqa: D102

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from reference.deviations import Deviation, twin
from reference.model import Kind, Line, Operation, Order, Wanted
from reference.refusal import Cause, Problem, Refusal
from reference.server.base import COLLECTION


@twin("lenient-media", earns={"PROTO-05": "a body of any media type is read if it parses"})
class LenientMedia(Deviation):
    """Reads the body as JSON whatever media type it claims."""

    def check_media_type(self, request: Request) -> None:
        pass


@twin("merging", earns={"CONTENT-13": "several lines of one id become one"})
class Merging(Deviation):
    """Adds up lines that name the same item or kit."""

    def read_lines(
        self, kind: Kind, value: Any, field: str, problems: list[Problem]
    ) -> tuple[Line, ...]:
        counts: dict[int, int] = {}
        for line in super().read_lines(kind, value, field, problems):
            counts[line.id] = counts.get(line.id, 0) + line.count
        return tuple(Line(identity, count) for identity, count in counts.items())


@twin("small-counts")
class SmallCounts(Deviation):
    """Refuses a count above 9,999."""

    def read_count(self, value: Any, field: str, problems: list[Problem]) -> int | None:
        count = super().read_count(value, field, problems)
        if count is not None and count > 9999:
            problems.append(Problem(field, "must be at most 9999"))
        return count


@twin("few-lines")
class FewLines(Deviation):
    """Refuses more than 60 lines of a kind."""

    def read_lines(
        self, kind: Kind, value: Any, field: str, problems: list[Problem]
    ) -> tuple[Line, ...]:
        lines = super().read_lines(kind, value, field, problems)
        if len(lines) > 60:
            problems.append(Problem(field, "at most 60 lines"))
        return lines


@twin("strict-references")
class StrictReferences(Deviation):
    """Answers 404 when an order names a patient, site, item or kit that is not there."""

    def status_of(self, cause: Cause) -> int:
        return 404 if cause == "unknown-reference" else super().status_of(cause)


@twin("plain-external-ids")
class PlainExternalIds(Deviation):
    """Refuses external ids that are empty, long, padded, or more than printable ASCII."""

    def read_external_ids(self, value: Any, problems: list[Problem]) -> tuple[str, ...]:
        ids = super().read_external_ids(value, problems)
        for text in ids:
            plain = text.isascii() and text.isprintable() and text == text.strip()
            if not (plain and 1 <= len(text) <= 255):
                problems.append(Problem("externalOrderIds", "1 to 255 printable characters"))
        return ids


@twin("unique-external-ids")
class UniqueExternalIds(Deviation):
    """Answers 409 when another order already has one of the external ids."""

    async def store(self, wanted: Wanted) -> Order:
        with self.database.lock:
            new = set(wanted.external_ids)
            for order_id in self.database.ids() if new else []:
                other = self.database.get(order_id)
                if other is not None and not new.isdisjoint(other.wanted.external_ids):
                    raise Refusal("conflict", "Another order has this external id.")
            return await super().store(wanted)


@twin("uniform-404")
class Uniform404(Deviation):
    """Answers 404 for anything in the path that is no order's id."""

    def status_of(self, cause: Cause) -> int:
        return 404 if cause == "bad-id" else super().status_of(cause)


@twin("few-methods")
class FewMethods(Deviation):
    """Serves GET and POST only: HEAD and OPTIONS are answered 405 too."""

    def resolve(self, method: str, path: str) -> tuple[Operation, str | None]:
        return super().resolve("TRACE" if method == "HEAD" else method, path)

    def other(self, request: Request, order_id: str | None) -> Response:
        at_collection = request.scope["path"] == COLLECTION
        if request.method == "OPTIONS" and (at_collection or order_id is not None):
            return self.method_not_allowed(request, self.allowed_methods(at_collection))
        return super().other(request, order_id)

    def allowed_methods(self, at_collection: bool) -> str:
        return "GET, POST" if at_collection else "GET"
