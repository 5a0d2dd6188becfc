"""Bugs that leave an order without external ids behind, which only the total shows."""

# Methods are documented in reference/server/; a deviation need not use every argument.
# ruff: noqa: D102

from contextlib import suppress

from starlette.requests import Request
from starlette.responses import Response

from reference.deviations import Deviation, fault
from reference.model import Line, Operation, Wanted
from reference.refusal import Refusal
from reference.server.base import KEY_HEADER

_GHOST = Wanted(1234, None, (Line(1000, 1),), ())


class _LeavesGhosts(Deviation):
    """Base: stores some of the orders that it refuses."""

    def is_stored(self, refusal: Refusal) -> bool:
        """Whether a refusal for these problems leaves an order behind."""
        raise NotImplementedError

    async def create(self, request: Request, body: bytes | None) -> Response:
        try:
            return await super().create(request, body)
        except Refusal as refusal:
            if self.is_stored(refusal):
                await self.store(_GHOST)
            raise


@fault("unknown-patient-leaves-order", breaks=["ATOM-01"], level="MUST", category="storage")
class UnknownPatientLeavesOrder(_LeavesGhosts):
    """Inserts the order before it checks the reference to the patient."""

    def is_stored(self, refusal: Refusal) -> bool:
        return any(
            problem.field == "patient.id" and problem.cause == "unknown-reference"
            for problem in refusal.problems
        )


@fault("kit-count-leaves-order", breaks=["ATOM-01"], level="MUST", category="storage")
class KitCountLeavesOrder(_LeavesGhosts):
    """Inserts the order, then its kits one by one, until a count violates a constraint."""

    def is_stored(self, refusal: Refusal) -> bool:
        return any(
            problem.field.startswith("orderKits") and problem.field.endswith("count")
            for problem in refusal.problems
        )


@fault("malformed-body-leaves-order", breaks=["ATOM-01"], level="MUST", category="storage")
class MalformedBodyLeavesOrder(_LeavesGhosts):
    """Creates a draft for every POST before it parses the body."""

    def is_stored(self, refusal: Refusal) -> bool:
        return refusal.cause == "malformed"


@fault("post-to-order-is-stored", breaks=["ATOM-01"], level="MUST", category="storage")
class PostToOrderIsStored(Deviation):
    """Passes every POST to the create handler before it checks the path."""

    async def receive(self, request: Request) -> bytes | None:
        body = await super().receive(request)
        if request.method == "POST" and self.resolve("GET", request.scope["path"])[0] == "fetch":
            with suppress(Refusal):
                await self.store(self.validate(self.read_document(body or b"")))
        return body


@fault(
    "wrong-key-leaves-order",
    breaks=["AUTH-07"],
    level="MUST",
    category="authentication",
    needs=["api-key"],
)
class WrongKeyLeavesOrder(Deviation):
    """Stores an order before it finds out that the key belongs to no client."""

    def authenticate(self, request: Request, operation: Operation) -> None:
        try:
            super().authenticate(request, operation)
        except Refusal:
            if operation == "create" and request.headers.get(KEY_HEADER):
                self.database.append(self.make_order(_GHOST))
            raise
