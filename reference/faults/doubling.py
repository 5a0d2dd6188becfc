"""Bugs that store more than was accepted, or execute what was refused."""

# Methods are documented in reference/server/; a deviation need not use every argument.
# ruff: noqa: D102

import re
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from reference.deviations import Deviation, fault
from reference.model import Order, Wanted
from reference.refusal import Refusal

_PLAIN_ID = re.compile(r"[0-9]{1,18}")
_GHOST = Wanted(1234, None, (), ())


@fault("order-stored-twice", breaks=["LIST-07"], level="MUST", category="storage")
class OrderStoredTwice(Deviation):
    """Writes through a queue with at-least-once delivery, which sometimes delivers twice."""

    creates = 0

    async def store(self, wanted: Wanted) -> Order:
        order = await super().store(wanted)
        self.creates += 1
        if self.creates % 10 == 0:
            await super().store(wanted)
        return order


class _LeavesGhosts(Deviation):
    """Base: finds a problem of a field only after storing the order without external ids."""

    field = ""

    async def create(self, request: Any, body: bytes | None) -> Any:
        try:
            return await super().create(request, body)
        except Refusal as refusal:
            fields = [problem.field for problem in refusal.problems]
            if fields and all(name.startswith(self.field) for name in fields):
                await self.store(_GHOST)
            raise


@fault("refused-kit-leaves-order", breaks=["ATOM-01"], level="MUST", category="storage")
class RefusedKitLeavesOrder(_LeavesGhosts):
    """Inserts the order and its items before it validates the kits."""

    field = "orderKits"


@fault("refused-external-id-leaves-order", breaks=["ATOM-01"], level="MUST", category="storage")
class RefusedExternalIdLeavesOrder(_LeavesGhosts):
    """Inserts the order first; inserting its external ids may then fail."""

    field = "externalOrderIds"


class _DoesWhatItRefuses(Deviation):
    """Base: answers 405, but after the handler has run."""

    async def finish(self, request: Request, response: Response) -> Response:
        last = request.url.path.rpartition("/")[2]
        order = self.database.get(int(last)) if _PLAIN_ID.fullmatch(last) else None
        if order is not None:
            self.act(request.method, order)
        return await super().finish(request, response)

    def act(self, method: str, order: Order) -> None:
        """Execute the method on an order."""


@fault(
    "delete-refused-but-done",
    breaks=["ATOM-04"],
    level="MUST",
    category="storage",
    also={"ID-02": "the id of the order that is gone is given again"},
)
class DeleteRefusedButDone(_DoesWhatItRefuses):
    """Refuses DELETE in a filter that runs after the handler."""

    def act(self, method: str, order: Order) -> None:
        if method == "DELETE":
            self.database.delete(order.id)


@fault("put-refused-but-done", breaks=["ATOM-04"], level="MUST", category="storage")
class PutRefusedButDone(_DoesWhatItRefuses):
    """Refuses PUT in a filter that runs after the handler."""

    def act(self, method: str, order: Order) -> None:
        if method == "PUT":
            self.database.replace(replace(order, wanted=replace(order.wanted, external_ids=())))
