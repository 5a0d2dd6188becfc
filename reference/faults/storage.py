"""Storage bugs: accepted orders are lost, duplicated or mixed up."""

# Methods are documented in reference/server/; a deviation need not use every argument.
# ruff: noqa: D102

import asyncio
from dataclasses import replace
from typing import Any

from reference.deviations import Deviation, fault
from reference.model import JsonObject, Order, View, Wanted
from reference.refusal import Refusal


@fault(
    "ids-collide-in-parallel",
    breaks=["CONC-01"],
    level="MUST",
    category="storage",
    also={
        "ID-02": "two orders that were made at the same time share an id",
        "ATOM-03": "of two orders with the same id only one can be read",
    },
)
class NoLock(Deviation):
    """Chooses the id and inserts the row in two steps, without a lock."""

    async def store(self, wanted: Wanted) -> Order:
        order = self.make_order(wanted)
        await asyncio.sleep(0.005)
        if self.database.get(order.id) is None:
            self.database.append(order)
        return order


@fault(
    "id-as-text",
    breaks=["ID-01"],
    level="MUST",
    category="identity",
    also={
        "SCHEMA-01": "the id is required to be an integer",
        "SCHEMA-02": "the id is required to be an integer",
        "SCHEMA-03": "the id is required to be an integer",
        "ATOM-03": "an id as text is another value",
        "FETCH-01": "an id as text is another value",
    },
)
class IdAsText(Deviation):
    """Writes the id of a created order as a string, as many serialisers do for 64-bit numbers."""

    def render_order(self, order: Order, view: View) -> JsonObject:
        shown = super().render_order(order, view)
        return {**shown, "id": str(order.id)} if view == "created" else shown


@fault(
    "fetch-drops-site",
    breaks=["ATOM-03"],
    also={"CONTRACT-04": "in a sequence, too, an order for a site is fetched without it"},
    level="MUST",
    category="storage",
)
class FetchDropsSite(Deviation):
    """Fetches by a query that does not join the sites."""

    def render_order(self, order: Order, view: View) -> JsonObject:
        shown = super().render_order(order, view)
        return {**shown, "site": None} if view == "fetched" else shown


@fault("refused-is-stored", breaks=["ATOM-01"], level="MUST", category="storage")
class RefusedStored(Deviation):
    """Inserts first and validates afterwards, without a transaction."""

    async def create(self, request: Any, body: bytes | None) -> Any:
        try:
            return await super().create(request, body)
        except Refusal as refusal:
            document = self.read_document(body or b"")
            ids = document.get("externalOrderIds") if isinstance(document, dict) else None
            if refusal.cause == "unknown-reference" and isinstance(ids, list):
                texts = tuple(text for text in ids if isinstance(text, str))
                await self.store(Wanted(1234, None, (), (), texts))
            raise


@fault(
    "last-patient-never-listed",
    breaks=["ATOM-02"],
    also={"LIST-07": "a walk skips them"},
    level="MUST",
    category="odd-input",
    needs=["existing-ids"],
)
class LastPatientHidden(Deviation):
    """Joins the list with a range of patients that ends one too early."""

    def listed_ids(self) -> list[int]:
        last = max(i for i in self.catalogue.things["patient"] if self.usable("patient", i))
        return [
            order_id
            for order_id in super().listed_ids()
            if (order := self.database.get(order_id)) is None or order.wanted.patient != last
        ]


@fault("old-orders-change", breaks=["ATOM-04"], level="MUST", category="storage")
class OldOrdersChange(Deviation):
    """Moves old orders to an archive without external ids."""

    def find_order(self, order_id: int) -> Order | None:
        order = super().find_order(order_id)
        ids = self.database.ids()
        if order is None or order_id not in ids or len(ids) - ids.index(order_id) < 60:
            return order
        return replace(order, wanted=replace(order.wanted, external_ids=()))


@fault("refused-lines-leave-header", breaks=["ATOM-01"], level="MUST", category="storage")
class RefusedLinesLeaveHeader(Deviation):
    """Commits the order's header before it validates the lines."""

    async def create(self, request: Any, body: bytes | None) -> Any:
        try:
            return await super().create(request, body)
        except Refusal as refusal:
            fields = [problem.field for problem in refusal.problems]
            if fields and all(name.startswith(("orderItems", "orderKits")) for name in fields):
                document = self.read_document(body or b"")
                header = {**document, "orderItems": [{"item": {"id": 1000}}], "orderKits": None}
                await self.store(replace(self.validate(header), items=(), kits=()))
            raise


@fault(
    "kit-orders-not-listed",
    breaks=["ATOM-02"],
    also={"LIST-07": "a walk skips them"},
    level="MUST",
    category="storage",
)
class KitOrdersNotListed(Deviation):
    """Lists orders through an inner join with items, so orders of kits only are missing."""

    def listed_ids(self) -> list[int]:
        return [
            order_id
            for order_id in super().listed_ids()
            if (order := self.database.get(order_id)) is None or order.wanted.items
        ]


@fault(
    "list-shows-one-of-each",
    breaks=["ATOM-03"],
    level="MUST",
    category="storage",
    also={"CONTENT-12": "the list does not show the counts that were sent"},
)
class ListShowsOneOfEach(Deviation):
    """Lists orders by another query, which leaves the counts at their default."""

    def render_order(self, order: Order, view: View) -> JsonObject:
        shown = super().render_order(order, view)
        if view == "listed":
            for line in (*shown["orderItems"], *shown["orderKits"]):
                line["count"] = 1
        return shown


@fault(
    "list-shows-other-option",
    breaks=["ATOM-03"],
    level="MUST",
    category="storage",
    also={"SHIP-02": "the list does not show the option that was sent"},
)
class ListShowsOtherOption(Deviation):
    """Shows the account's default shipping option in the list instead of the order's own."""

    def render_order(self, order: Order, view: View) -> JsonObject:
        shown = super().render_order(order, view)
        return {**shown, "shippingOption": "overnight"} if view == "listed" else shown


@fault("old-orders-lose-counts", breaks=["ATOM-04"], level="MUST", category="storage")
class OldOrdersLoseCounts(Deviation):
    """Compacts orders after sixty newer ones, and resets each count to 1."""

    def find_order(self, order_id: int) -> Order | None:
        order = super().find_order(order_id)
        ids = self.database.ids()
        if order is None or order_id not in ids or len(ids) - ids.index(order_id) < 60:
            return order
        items = tuple(replace(line, count=1) for line in order.wanted.items)
        return replace(order, wanted=replace(order.wanted, items=items))


@fault(
    "first-order-overwritten",
    breaks=["ATOM-04"],
    also={"ATOM-03": "orders are read back with the option that overwrote theirs"},
    level="MUST",
    category="storage",
)
class FirstOrderOverwritten(Deviation):
    """Updates without a WHERE clause: a large order changes the shipping option of all others."""

    async def store(self, wanted: Wanted) -> Order:
        order = await super().store(wanted)
        if len(wanted.items) > 20:
            for order_id in self.database.ids():
                other = self.database.get(order_id)
                if other is not None and other.id != order.id:
                    changed = replace(other.wanted, shipping_option="overnight")
                    self.database.replace(replace(other, wanted=changed))
        return order


@fault("unshipped-not-listed", breaks=["ATOM-02"], level="MUST", category="storage")
class UnshippedNotListed(Deviation):
    """Lists orders through an inner join with shipping options, so those without are missing."""

    default_shipping_option = None

    def listed_ids(self) -> list[int]:
        return [
            order_id
            for order_id in super().listed_ids()
            if (order := self.database.get(order_id)) is None or order.wanted.shipping_option
        ]
