"""Bugs in reading one order."""

# Methods are documented in reference/server/; a deviation need not use every argument.
# ruff: noqa: D102, D107

import re
from collections import Counter
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from reference.deviations import Deviation, fault
from reference.model import JsonObject, Operation, Order, View
from reference.refusal import Cause, Refusal
from reference.server.core import Crash
from reference.settings import Settings


@fault(
    "fetch-unknown-is-200",
    breaks=["FETCH-02", "FETCH-03"],
    level="MUST",
    category="fetching",
    also={
        "FETCH-04": "an id beyond those given is unknown too",
        "SCHEMA-02": "the empty order has no id",
    },
)
class UnknownIsEmpty(Deviation):
    """Answers 200 with an empty order if there is none."""

    async def fetch(self, request: Any, text: str) -> Any:
        try:
            return await super().fetch(request, text)
        except Refusal as refusal:
            if refusal.cause != "not-found":
                raise
            return self.succeed(request, "fetch", 200, {"id": None})


@fault(
    "fetch-changes-order",
    breaks=["FETCH-05"],
    level="MUST",
    category="fetching",
    also={"ATOM-04": "the read at the end may be an incomplete one"},
)
class FetchChanges(Deviation):
    """Hands out a cached list and modifies it: each second read lacks an external id."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._reads: Counter[int] = Counter()

    def render_order(self, order: Order, view: View) -> JsonObject:
        shown = super().render_order(order, view)
        if view == "fetched":
            self._reads[order.id] += 1
            if self._reads[order.id] % 2 == 0:
                shown["externalOrderIds"] = shown["externalOrderIds"][1:]
        return shown


@fault(
    "fetch-misses-site-orders",
    breaks=["FETCH-01", "ATOM-02"],
    level="MUST",
    category="fetching",
)
class FetchMissesSiteOrders(Deviation):
    """Fetches through an inner join with patients, so orders for sites are not found."""

    def find_order(self, order_id: int) -> Order | None:
        order = super().find_order(order_id)
        return None if order is not None and order.wanted.patient is None else order


@fault(
    "fetch-wraps-order",
    breaks=["FETCH-01"],
    level="MUST",
    category="fetching",
    also={
        "SCHEMA-02": "an envelope is not an order",
        "ATOM-02": "no order of the run could be read",
        "ATOM-03": "nothing that was sent is where it should be",
        "CONC-01": "nothing that was sent is where it should be",
    },
)
class FetchWrapsOrder(Deviation):
    """Wraps the fetched order in an envelope."""

    async def fetch(self, request: Request, text: str) -> Response:
        order = self.find_order(self.read_order_id(text))
        if order is None:
            return await super().fetch(request, text)
        return self.succeed(request, "fetch", 200, {"order": self.render_order(order, "fetched")})


@fault(
    "fetch-unknown-crashes",
    breaks=["FETCH-02", "FETCH-03"],
    level="MUST",
    category="fetching",
    also={"PROTO-10": "it answers 500", "PROTO-09": "it answers 500"},
)
class FetchUnknownCrashes(Deviation):
    """Reads from the row without checking that there is one."""

    def find_order(self, order_id: int) -> Order | None:
        order = super().find_order(order_id)
        if order is None:
            raise Crash("None has no attribute 'id'")
        return order


@fault("fetch-unknown-is-400", breaks=["FETCH-03"], level="SHOULD", category="fetching")
class FetchUnknownIs400(Deviation):
    """Answers 400 to every client error, even if the order does not exist."""

    def status_of(self, cause: Cause) -> int:
        return 400 if cause == "not-found" else super().status_of(cause)


@fault("fetch-id-parsed-from-start", breaks=["FETCH-04"], level="MUST", category="fetching")
class FetchIdParsedFromStart(Deviation):
    """Parses an id like parseInt: anything after the digits is ignored."""

    def read_order_id(self, text: str) -> int:
        digits = re.match(r"[0-9]+", text)
        return super().read_order_id(digits.group() if digits else text)


@fault(
    "fetch-text-id-crashes",
    breaks=["FETCH-04"],
    level="MUST",
    category="fetching",
    also={"PROTO-10": "it answers 500", "PROTO-09": "it answers 500"},
)
class FetchTextIdCrashes(Deviation):
    """Converts the id in the path to a number without handling the error."""

    def read_order_id(self, text: str) -> int:
        try:
            return super().read_order_id(text)
        except Refusal:
            raise Crash("NumberFormatException") from None


@fault("fetch-sign-ignored", breaks=["FETCH-04"], level="MUST", category="fetching")
class FetchSignIgnored(Deviation):
    """Keeps only the digits of an id, so that -1 finds order 1."""

    def read_order_id(self, text: str) -> int:
        return super().read_order_id(text.removeprefix("-"))


@fault("router-takes-any-tail-for-the-list", breaks=["FETCH-04"], level="MUST", category="fetching")
class AnyTailIsTheList(Deviation):
    """Matches routes by prefix: any non-numeric path below the collection returns the list."""

    def resolve(self, method: str, path: str) -> tuple[Operation, str | None]:
        operation, order_id = super().resolve(method, path)
        if operation == "fetch" and order_id is not None and not order_id.isascii():
            return operation, order_id
        word = operation == "fetch" and (order_id or "").isalpha()
        return ("list", None) if word else (operation, order_id)


@fault(
    "fetch-alternates-replicas",
    breaks=["FETCH-05"],
    level="MUST",
    category="fetching",
    also={"ATOM-04": "the read at the end may come from the other replica"},
)
class FetchAlternatesReplicas(Deviation):
    """Reads from two replicas in turn, one of which lacks the newest column."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._reads: Counter[int] = Counter()

    def render_order(self, order: Order, view: View) -> JsonObject:
        shown = super().render_order(order, view)
        if view == "fetched":
            self._reads[order.id] += 1
            if self._reads[order.id] % 2 == 0:
                shown["shippingOption"] = None
        return shown


@fault(
    "not-modified-without-asking",
    breaks=["FETCH-05"],
    level="MUST",
    category="fetching",
    also={"PROTO-14": "an order is fetched twice with two sorts of Accept"},
)
class NotModifiedWithoutAsking(Deviation):
    """Answers 304 to the second fetch in a row of an order, without If-None-Match."""

    latest = ""

    async def fetch(self, request: Request, text: str) -> Response:
        response = await super().fetch(request, text)
        if self.latest == text:
            return Response(status_code=304)
        self.latest = text
        return response

    async def list_orders(self, request: Request) -> Response:
        self.latest = ""
        return await super().list_orders(request)
