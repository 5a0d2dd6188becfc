"""Servers that accept or refuse other orders, and conform."""

# Methods are documented in reference/server/; a deviation need not use every argument.
# ruff: noqa: ARG002, D102, D107

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from reference.deviations import Deviation, twin
from reference.model import Kind, Line, Operation, Order, Wanted
from reference.refusal import Cause, Problem, Refusal
from reference.server.base import COLLECTION
from reference.settings import Settings


@twin("lenient-media", earns={"PROTO-05": "a body of any media type is read if it parses"})
class LenientMedia(Deviation):
    """Reads the body as JSON whatever its media type."""

    def check_media_type(self, request: Request) -> None:
        pass


@twin("merging", earns={"CONTENT-13": "several lines of one id become one"})
class Merging(Deviation):
    """Merges lines for the same item or kit."""

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
    """Answers 404 if an order names a patient, site, item or kit that does not exist."""

    def status_of(self, cause: Cause) -> int:
        return 404 if cause == "unknown-reference" else super().status_of(cause)


@twin("plain-external-ids")
class PlainExternalIds(Deviation):
    """Refuses external ids that are empty, long, padded, or contain more than printable ASCII."""

    def read_external_ids(self, value: Any, problems: list[Problem]) -> tuple[str, ...]:
        ids = super().read_external_ids(value, problems)
        for text in ids:
            plain = text.isascii() and text.isprintable() and text == text.strip()
            if not (plain and 1 <= len(text) <= 255):
                problems.append(Problem("externalOrderIds", "1 to 255 printable characters"))
        return ids


@twin("unique-external-ids")
class UniqueExternalIds(Deviation):
    """Answers 409 if another order already has one of the external ids."""

    async def store(self, wanted: Wanted) -> Order:
        with self.database.lock:
            new = set(wanted.external_ids)
            for order_id in self.database.ids() if new else []:
                other = self.database.get(order_id)
                if other is not None and not new.isdisjoint(other.wanted.external_ids):
                    raise Refusal("conflict", "Another order has this external id.")
            return await super().store(wanted)


@twin("idempotent-external-ids")
class IdempotentExternalIds(Deviation):
    """Treats a known external id as a repeated request, and returns the existing order."""

    async def store(self, wanted: Wanted) -> Order:
        new = set(wanted.external_ids)
        with self.database.lock:
            for order_id in self.database.ids() if new else []:
                earlier = self.database.get(order_id)
                if earlier is not None and new & set(earlier.wanted.external_ids):
                    return earlier
            return await super().store(wanted)


@twin("uniform-404")
class Uniform404(Deviation):
    """Answers 404 to any path segment that is not the id of an order."""

    def status_of(self, cause: Cause) -> int:
        return 404 if cause == "bad-id" else super().status_of(cause)


@twin("few-methods")
class FewMethods(Deviation):
    """Supports only GET and POST: HEAD and OPTIONS are answered 405."""

    def resolve(self, method: str, path: str) -> tuple[Operation, str | None]:
        return super().resolve("TRACE" if method == "HEAD" else method, path)

    def other(self, request: Request, order_id: str | None) -> Response:
        at_collection = request.scope["path"] == COLLECTION
        if request.method == "OPTIONS" and (at_collection or order_id is not None):
            return self.method_not_allowed(request, self.allowed_methods(at_collection))
        return super().other(request, order_id)

    def allowed_methods(self, at_collection: bool) -> str:
        return "GET, POST" if at_collection else "GET"


@twin("unique-external-ids-within-order", earns={"EXT-03": "an id given twice is kept once"})
class UniqueWithinOrder(Deviation):
    """Stores each external id of an order once."""

    def read_external_ids(self, value: Any, problems: list[Problem]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(super().read_external_ids(value, problems)))


@twin("external-ids-sorted", earns={"EXT-03": "the ids are kept as a sorted set"})
class ExternalIdsAsSet(Deviation):
    """Stores external ids as a sorted set."""

    def read_external_ids(self, value: Any, problems: list[Problem]) -> tuple[str, ...]:
        return tuple(sorted(set(super().read_external_ids(value, problems))))


@twin("digits-for-ids", earns={"ASSOC-12": "ids may be strings of digits"})
class DigitsForIds(Deviation):
    """Accepts a string of digits as an id."""

    def read_id(self, kind: Kind, value: Any, field: str, problems: list[Problem]) -> int | None:
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19:
            value = int(value)
        return super().read_id(kind, value, field, problems)


@twin("twenty-lines")
class TwentyLines(Deviation):
    """Refuses more than 20 lines of a kind."""

    def read_lines(
        self, kind: Kind, value: Any, field: str, problems: list[Problem]
    ) -> tuple[Line, ...]:
        lines = super().read_lines(kind, value, field, problems)
        if len(lines) > 20:
            problems.append(Problem(field, "at most 20 lines"))
        return lines


@twin("ten-of-each")
class TenOfEach(Deviation):
    """Refuses a count above 10."""

    def read_count(self, value: Any, field: str, problems: list[Problem]) -> int | None:
        count = super().read_count(value, field, problems)
        if count is not None and count > 10:
            problems.append(Problem(field, "must be at most 10"))
        return count


@twin("repeated-ids-refused")
class RepeatedIdsRefused(Deviation):
    """Refuses two lines for the same item or kit."""

    def read_lines(
        self, kind: Kind, value: Any, field: str, problems: list[Problem]
    ) -> tuple[Line, ...]:
        lines = super().read_lines(kind, value, field, problems)
        if len({line.id for line in lines}) < len(lines):
            problems.append(Problem(field, "names something twice"))
        return lines


@twin("few-short-external-ids")
class FewShortExternalIds(Deviation):
    """Refuses more than ten external ids, and any with more than 50 characters."""

    def read_external_ids(self, value: Any, problems: list[Problem]) -> tuple[str, ...]:
        ids = super().read_external_ids(value, problems)
        if len(ids) > 10 or any(len(text) > 50 for text in ids):
            problems.append(Problem("externalOrderIds", "at most 10 of at most 50 characters"))
        return ids


@twin("any-shipping-option")
class AnyShippingOption(Deviation):
    """Offers any string as a shipping option, and keeps it."""

    def read_shipping_option(self, value: Any, problems: list[Problem]) -> str | None:
        return value if isinstance(value, str) else super().read_shipping_option(value, problems)


@twin("standard-only")
class StandardOnly(Deviation):
    """Accepts only standard shipping."""

    shipping_options = ("standard",)


@twin("idempotent-creates")
class IdempotentCreates(Deviation):
    """Answers a request that is identical, byte by byte, to an earlier one with that order."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._known: dict[Wanted, Order] = {}

    async def store(self, wanted: Wanted) -> Order:
        if not wanted.external_ids:
            return await super().store(wanted)
        with self.database.lock:
            if wanted not in self._known:
                self._known[wanted] = await super().store(wanted)
            return self._known[wanted]


@twin("equal-orders-refused")
class EqualOrdersRefused(Deviation):
    """Answers 409 to an order that equals an earlier one, as a duplicate."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._stored: set[Wanted] = set()

    async def store(self, wanted: Wanted) -> Order:
        with self.database.lock:
            if wanted in self._stored:
                raise Refusal("conflict", "There is such an order.")
            self._stored.add(wanted)
            return await super().store(wanted)


@twin("notes-ignored")
class NotesIgnored(Deviation):
    """Ignores notes, which the guide's sample request does not contain."""

    def read_notes(self, value: Any, problems: list[Problem]) -> tuple[str, ...]:
        return ()


@twin("bodies-of-64-kilobytes")
class BodiesOf64Kilobytes(Deviation):
    """Refuses a body above 64 KiB, as proxies do."""

    async def create(self, request: Request, body: bytes | None) -> Response:
        return await super().create(request, body if body and len(body) <= 65_536 else None)
