"""Faults of keeping an order: what was accepted is changed, lost, doubled or mixed up."""

# A fault need not use each argument of the point that it overrides.
# ruff: noqa: D102, D107

import asyncio
import unicodedata
from collections import Counter
from dataclasses import replace
from typing import Any

from reference.deviations import Deviation, fault
from reference.model import JsonObject, Order, View, Wanted
from reference.refusal import Problem, Refusal
from reference.server.core import Crash
from reference.settings import Settings


class ExternalIds(Deviation):
    """Changes external ids on their way into the database."""

    def change(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        """Return the external ids as they are stored."""
        return ids

    def read_external_ids(self, value: Any, problems: list[Problem]) -> tuple[str, ...]:
        return self.change(super().read_external_ids(value, problems))


@fault("external-ids-required", breaks=["EXT-01"], level="MUST", category="external-ids")
class ExternalIdsRequired(Deviation):
    """Makes the external ids a required property."""

    def read_external_ids(self, value: Any, problems: list[Problem]) -> tuple[str, ...]:
        if value is None:
            problems.append(Problem("externalOrderIds", "must not be null"))
        return super().read_external_ids(value, problems)


@fault("eleventh-external-id-dropped", breaks=["EXT-02"], level="MUST", category="odd-input")
class EleventhDropped(ExternalIds):
    """Joins no more than ten rows of external ids."""

    def change(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        return ids[:10]


@fault(
    "external-ids-a-set",
    breaks=["EXT-03"],
    level="SHOULD",
    category="external-ids",
)
class ExternalIdsSorted(ExternalIds):
    """Reads the external ids back in the order of the index, not of the request."""

    def change(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted(ids))


@fault("external-ids-trimmed", breaks=["EXT-04"], level="MUST", category="odd-input")
class Trimmed(ExternalIds):
    """Trims every text that comes in."""

    def change(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(text.strip() for text in ids)


@fault(
    "external-ids-upper-cased",
    breaks=["EXT-04"],
    level="MUST",
    category="odd-input",
    also={
        "EXT-02": "a plain id has letters too",
        "EXT-03": "a plain id has letters too",
        "ATOM-01": "the marker of the run is changed",
    },
)
class UpperCased(ExternalIds):
    """Stores external ids in a column without case."""

    def change(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(text.upper() for text in ids)


@fault("external-ids-normalised", breaks=["EXT-04"], level="MUST", category="odd-input")
class Normalised(ExternalIds):
    """Normalises texts to NFC."""

    def change(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(unicodedata.normalize("NFC", text) for text in ids)


@fault("external-ids-truncated-at-64", breaks=["EXT-04"], level="MUST", category="odd-input")
class Truncated(ExternalIds):
    """Keeps external ids in a VARCHAR(64) that cuts silently."""

    def change(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(text[:64] for text in ids)


@fault("single-quote-crash", breaks=["EXT-04"], level="MUST", category="odd-input")
class QuoteCrash(ExternalIds):
    """Builds SQL by pasting texts together."""

    def change(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        if any("'" in text for text in ids):
            raise Crash("syntax error")
        return ids


@fault("nul-crash", breaks=["EXT-04"], level="MUST", category="odd-input")
class NulCrash(ExternalIds):
    """Hands U+0000 to a database that takes none."""

    def change(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        if any("\0" in text for text in ids):
            raise Crash("invalid byte sequence")
        return ids


@fault("ids-collide-in-parallel", breaks=["CONC-01"], level="MUST", category="storage")
class NoLock(Deviation):
    """Chooses the id and writes the row in two steps, without a lock."""

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
    """Writes the id of a created order as text, as careful serialisers of 64 bits do."""

    def render_order(self, order: Order, view: View) -> JsonObject:
        shown = super().render_order(order, view)
        return {**shown, "id": str(order.id)} if view == "created" else shown


@fault("fetch-drops-site", breaks=["ATOM-03"], level="MUST", category="storage")
class FetchDropsSite(Deviation):
    """The query behind fetch does not join the sites."""

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
    level="MUST",
    category="odd-input",
    needs=["existing-ids"],
)
class LastPatientHidden(Deviation):
    """The list is joined by a range of patients that stops one short."""

    def listed_ids(self) -> list[int]:
        last = max(i for i in self.catalogue.things["patient"] if self.usable("patient", i))
        return [
            order_id
            for order_id in super().listed_ids()
            if (order := self.database.get(order_id)) is None or order.wanted.patient != last
        ]


@fault("old-orders-change", breaks=["ATOM-04"], level="MUST", category="storage")
class OldOrdersChange(Deviation):
    """A job moves old orders to an archive that knows no external ids."""

    def find_order(self, order_id: int) -> Order | None:
        order = super().find_order(order_id)
        ids = self.database.ids()
        if order is None or order_id not in ids or len(ids) - ids.index(order_id) < 60:
            return order
        return replace(order, wanted=replace(order.wanted, external_ids=()))


@fault(
    "created-association-lost",
    breaks=["ASSOC-09"],
    level="MUST",
    category="association",
    also={
        "ATOM-03": "fetch shows what create does not",
    },
)
class CreatedAssociationLost(Deviation):
    """Answers a create before the patient is loaded."""

    def render_order(self, order: Order, view: View) -> JsonObject:
        shown = super().render_order(order, view)
        return {**shown, "patient": None} if view == "created" else shown


@fault(
    "fetch-unknown-is-200",
    breaks=["FETCH-02", "FETCH-03"],
    level="MUST",
    category="fetching",
    also={
        "FETCH-04": "an id beyond those given is unknown too",
    },
)
class UnknownIsEmpty(Deviation):
    """Answers 200 with an empty order where there is none."""

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
    """Hands a cached list out and consumes it: each second read lacks an external id."""

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
