"""Bugs in looking up an order: old ones, missing ones, and caches."""

# Methods are documented in reference/server/; a deviation need not use every argument.
# ruff: noqa: D102, D107

from starlette.requests import Request
from starlette.responses import Response

from reference.deviations import Deviation, fault
from reference.model import JsonObject, Order, View
from reference.refusal import Refusal
from reference.server.core import Crash
from reference.settings import Settings

_CRASHES = {"PROTO-10": "it answers 500", "PROTO-09": "it answers 500"}


@fault("history-not-fetchable", breaks=["FETCH-01"], level="MUST", category="fetching")
class HistoryNotFetchable(Deviation):
    """Finds only orders of this process: the index of ids is not loaded at the start."""

    newest_old_one = 0

    def preload(self) -> None:
        super().preload()
        self.newest_old_one = self.database.highest_id()

    def find_order(self, order_id: int) -> Order | None:
        return super().find_order(order_id) if order_id > self.newest_old_one else None


@fault(
    "fetch-of-shipped-crashes",
    breaks=["FETCH-01"],
    level="MUST",
    category="fetching",
    also=_CRASHES,
)
class FetchOfShippedCrashes(Deviation):
    """Loads the devices of a shipped order after the session is closed."""

    def render_order(self, order: Order, view: View) -> JsonObject:
        if view == "fetched" and order.status != "received":
            raise Crash("LazyInitializationException: devices")
        return super().render_order(order, view)


@fault("fetched-devices-by-id", breaks=["SCHEMA-02"], level="MUST", category="shapes")
class FetchedDevicesById(Deviation):
    """Shows the devices of a fetched order as the map in which they are stored."""

    def render_order(self, order: Order, view: View) -> JsonObject:
        shown = super().render_order(order, view)
        if view == "fetched" and shown["devices"]:
            shown["devices"] = {str(device["id"]): device for device in shown["devices"]}
        return shown


@fault("missing-order-remembered", breaks=["ATOM-02"], level="MUST", category="fetching")
class MissingOrderRemembered(Deviation):
    """Caches 404 responses for ever: an order that was requested too early is never found."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._missing: set[str] = set()

    async def fetch(self, request: Request, text: str) -> Response:
        if text in self._missing:
            raise Refusal("not-found", "There is no such order.")
        try:
            return await super().fetch(request, text)
        except Refusal:
            self._missing.add(text)
            raise


@fault(
    "fetch-of-next-id-crashes",
    breaks=["FETCH-02"],
    level="MUST",
    category="fetching",
    also=_CRASHES,
)
class FetchOfNextIdCrashes(Deviation):
    """Accepts an index one past the end, and reads beyond it."""

    def find_order(self, order_id: int) -> Order | None:
        if order_id == self.database.highest_id() + 1:
            raise Crash("list index out of range")
        return super().find_order(order_id)


@fault(
    "fetch-of-long-number-crashes",
    breaks=["FETCH-04"],
    level="MUST",
    category="fetching",
    also=_CRASHES,
)
class FetchOfLongNumberCrashes(Deviation):
    """Checks that an id is numeric, but it has more digits than Python's int() accepts."""

    def read_order_id(self, text: str) -> int:
        if text.isdecimal() and len(text) > 4300:
            raise Crash("Exceeds the limit (4300 digits) for integer string conversion")
        return super().read_order_id(text)


@fault(
    "fetch-cache-mixes-ids",
    breaks=["FETCH-01"],
    level="MUST",
    category="fetching",
    also=dict.fromkeys(
        ("ATOM-02", "ATOM-03", "ATOM-04", "CONC-01", "FETCH-05"),
        "another order is shown when one is fetched",
    ),
)
class FetchCacheMixesIds(Deviation):
    """Caches fetched orders in sixteen slots, and does not check whose slot it is."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._places: dict[int, Order] = {}

    def find_order(self, order_id: int) -> Order | None:
        order = super().find_order(order_id)
        return order and self._places.setdefault(order_id % 16, order)
