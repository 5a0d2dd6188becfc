"""Bugs with the id of an order."""

# Methods are documented in reference/server/; a deviation need not use every argument.
# ruff: noqa: D102

import asyncio
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from reference.deviations import Deviation, fault
from reference.model import JsonObject, Order, View, Wanted
from reference.refusal import Problem
from reference.server.core import Crash


@fault(
    "id-null-on-create",
    breaks=["ID-01"],
    level="MUST",
    category="identity",
    also={
        "SCHEMA-01": "the schema requires the id to be an integer",
        "ATOM-03": "reads show the id",
    },
)
class IdNullOnCreate(Deviation):
    """Sends the create response before the database has assigned an id."""

    def render_order(self, order: Order, view: View) -> JsonObject:
        shown = super().render_order(order, view)
        return {**shown, "id": None} if view == "created" else shown


_SHARED = "of two orders with the same id only the older can be seen"


@fault(
    "site-orders-numbered-apart",
    breaks=["ID-02"],
    level="MUST",
    category="identity",
    also=dict.fromkeys(
        (
            "ASSOC-09",
            "ATOM-02",
            "ATOM-03",
            "EXT-04",
            "ATOM-04",
            "CONC-01",
            "CONTENT-12",
            "EXT-01",
            "EXT-02",
            "FETCH-05",
            "LIST-06",
            "LIST-07",
            "LIST-13",
            "SCHEMA-07",
            "SHIP-02",
        ),
        _SHARED,
    ),
)
class SiteOrdersNumberedApart(Deviation):
    """Stores orders for sites in a separate table with its own id sequence."""

    def make_order(self, wanted: Wanted) -> Order:
        order = super().make_order(wanted)
        if wanted.site is None:
            return order
        newest = [i for i in self.database.ids() if self._is_for_patient(i)]
        return Order(newest[-1] if newest else order.id, wanted, order.created_at)

    def _is_for_patient(self, order_id: int) -> bool:
        order = self.database.get(order_id)
        return order is not None and order.wanted.patient is not None


@fault(
    "id-rounded-to-double",
    breaks=["ID-02"],
    level="MUST",
    category="identity",
    also=dict.fromkeys(
        (
            "ASSOC-09",
            "ATOM-02",
            "ATOM-03",
            "ATOM-04",
            "CONC-01",
            "CONTENT-12",
            "CONTENT-13",
            "EXT-01",
            "EXT-02",
            "EXT-03",
            "EXT-04",
            "FETCH-01",
            "FETCH-02",
            "FETCH-05",
            "LIST-04",
            "LIST-06",
            "LIST-07",
            "LIST-13",
            "SCHEMA-07",
            "SHIP-02",
        ),
        "an order is shown under the id of its neighbour",
    ),
)
class IdRoundedToDouble(Deviation):
    """Numbers orders from 2^53 on and converts the ids to doubles: two orders share one."""

    def next_id(self) -> int:
        return max(super().next_id(), 2**53)

    def render_order(self, order: Order, view: View) -> JsonObject:
        return {**super().render_order(order, view), "id": int(float(order.id))}


@fault(
    "parallel-requests-mixed-up",
    breaks=["CONC-01"],
    level="MUST",
    category="storage",
    also={
        "ASSOC-09": "the order that is shown may be for another party",
        "LIST-07": "one of the orders is stored again in place of another",
    },
)
class ParallelRequestsMixedUp(Deviation):
    """Stores the current request in a field of a singleton."""

    current: Wanted

    async def store(self, wanted: Wanted) -> Order:
        self.current = wanted
        await asyncio.sleep(0.01)
        return await super().store(self.current)


@fault(
    "second-parallel-create-lost",
    breaks=["CONC-01"],
    level="MUST",
    category="storage",
    also={"ATOM-02": "what is lost is in no list", "LIST-07": "what is lost is on no page"},
)
class SecondParallelCreateLost(Deviation):
    """Writes back a copy of the whole table: what was written in the meantime is lost."""

    writing = 0

    async def create(self, request: Request, body: bytes | None) -> Response:
        self.writing += 1
        try:
            return await super().create(request, body)
        finally:
            self.writing -= 1

    async def store(self, wanted: Wanted) -> Order:
        order = await super().store(wanted)
        await asyncio.sleep(0.01)
        if self.writing > 1:
            self.database.delete(order.id)
        return order


@fault("id-from-body", breaks=["ID-02", "ATOM-04"], level="MUST", category="identity")
class IdFromBody(Deviation):
    """Binds the body to the entity, including its id, and overwrites the order with that id."""

    sent_id: object = None

    def read_order(self, body: JsonObject, problems: list[Problem]) -> Wanted:
        self.sent_id = body.get("id")
        return super().read_order(body, problems)

    async def store(self, wanted: Wanted) -> Order:
        if type(self.sent_id) is not int or self.sent_id not in self.database.ids():
            return await super().store(wanted)
        order = Order(self.sent_id, wanted, self.now())
        self.database.replace(order)
        return order


class _KnowsExternalIds(Deviation):
    """Base: looks for an order with one of the external ids of the new one."""

    def namesake(self, wanted: Wanted) -> Order | None:
        """Return the first order with one of these external ids."""
        for order_id in self.database.ids() if wanted.external_ids else ():
            order = self.database.get(order_id)
            if order is not None and set(order.wanted.external_ids) & set(wanted.external_ids):
                return order
        return None


@fault("external-id-moves-to-newest", breaks=["ATOM-04"], level="MUST", category="external-ids")
class ExternalIdMovesToNewest(_KnowsExternalIds):
    """Uses the external id as the primary key of a table: the newest order takes it over."""

    async def store(self, wanted: Wanted) -> Order:
        while other := self.namesake(wanted):
            left = tuple(i for i in other.wanted.external_ids if i not in wanted.external_ids)
            self.database.replace(replace(other, wanted=replace(other.wanted, external_ids=left)))
        return await super().store(wanted)


@fault("external-id-upserts", breaks=["ATOM-04"], level="MUST", category="external-ids")
class ExternalIdUpserts(_KnowsExternalIds):
    """Overwrites an existing order that has one of the external ids."""

    async def store(self, wanted: Wanted) -> Order:
        other = self.namesake(wanted)
        if other is None:
            return await super().store(wanted)
        merged = replace(other, wanted=wanted)
        self.database.replace(merged)
        return merged


@fault(
    "external-id-taken-crashes",
    breaks=["PROTO-09"],
    level="MUST",
    category="external-ids",
    also={"PROTO-10": "it answers 500"},
)
class ExternalIdTakenCrashes(_KnowsExternalIds):
    """Relies on a unique index to detect repeated external ids, and does not handle the error."""

    async def store(self, wanted: Wanted) -> Order:
        if self.namesake(wanted) is not None:
            raise Crash("duplicate key value violates unique constraint")
        return await super().store(wanted)


@fault("shared-external-id-dropped", breaks=["EXT-02"], level="MUST", category="external-ids")
class SharedExternalIdDropped(_KnowsExternalIds):
    """Skips an external id that another order has already (ON CONFLICT DO NOTHING)."""

    def make_order(self, wanted: Wanted) -> Order:
        other = self.namesake(wanted)
        taken = other.wanted.external_ids if other else ()
        left = tuple(i for i in wanted.external_ids if i not in taken)
        return super().make_order(replace(wanted, external_ids=left))
