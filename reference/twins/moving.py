"""Servers on which something changes while a client reads."""

# Methods are documented in reference/server/; a deviation need not use every argument.
# ruff: noqa: D102, D107

from dataclasses import replace
from time import monotonic

from starlette.requests import Request
from starlette.responses import Response

from reference.deviations import Deviation, twin
from reference.history import past_order
from reference.model import JsonObject, Order, View, Wanted
from reference.settings import Settings

_STATUSES = ("received", "processing", "shipped", "delivered")


@twin("moving-status")
class MovingStatus(Deviation):
    """Status, events, tracking numbers and devices differ at each read, as work proceeds."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._renderings = 0

    def render_order(self, order: Order, view: View) -> JsonObject:
        self._renderings += 1
        status = _STATUSES[self._renderings % len(_STATUSES)]
        return super().render_order(replace(order, status=status), view)


class _ForeignOrders(Deviation):
    """Another client creates an order after every third request."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._requests = 0

    async def finish(self, request: Request, response: Response) -> Response:
        self._requests += 1
        if self._requests % 3 == 0:
            with self.database.lock:
                self.act(self._requests // 3)
        return await super().finish(request, response)

    def act(self, number: int) -> None:
        """Change the list as other clients would, for the `number`-th time."""
        self.database.append(past_order(number, self.next_id()))


@twin("foreign-orders")
class ForeignOrders(_ForeignOrders):
    """Another client's orders appear at the front of the list (newest first)."""


@twin("foreign-orders-oldest-first")
class ForeignOrdersOldestFirst(_ForeignOrders):
    """Another client's orders appear at the end of the list (oldest first)."""

    newest_first = False


@twin("eventual")
class Eventual(Deviation):
    """A read replica: a new order can be fetched and listed only 300 ms later."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._visible_from: dict[int, float] = {}

    async def store(self, wanted: Wanted) -> Order:
        with self.database.lock:
            order = await super().store(wanted)
            self._visible_from[order.id] = monotonic() + 0.3
        return order

    def _visible(self, order_id: int) -> bool:
        return self._visible_from.get(order_id, 0.0) <= monotonic()

    def find_order(self, order_id: int) -> Order | None:
        return super().find_order(order_id) if self._visible(order_id) else None

    def listed_ids(self) -> list[int]:
        return [order_id for order_id in super().listed_ids() if self._visible(order_id)]


@twin("foreign-orders-in-the-middle")
class ForeignOrdersInTheMiddle(_ForeignOrders):
    """Another client's orders appear anywhere: the list follows a hash of the id."""

    def listed_ids(self) -> list[int]:
        return sorted(super().listed_ids(), key=lambda order_id: order_id * 2654435761 % 2**32)


@twin("foreign-orders-every-request")
class ForeignOrdersEveryRequest(_ForeignOrders):
    """Another client creates an order after every single request."""

    async def finish(self, request: Request, response: Response) -> Response:
        with self.database.lock:
            self.database.append(past_order(self._requests, self.next_id()))
        return await super().finish(request, response)


@twin("orders-replaced")
class OrdersReplaced(_ForeignOrders):
    """Another client creates orders and deletes old ones: the list moves, its total does not."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._theirs: list[int] = []

    def act(self, number: int) -> None:
        self._theirs.append(self.next_id())
        super().act(number)
        if len(self._theirs) > 1:
            self.database.delete(self._theirs.pop(0))


@twin("orders-removed")
class OrdersRemoved(_ForeignOrders):
    """A job deletes earlier orders of others: the total decreases."""

    removable = 150

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._theirs: list[int] = []

    def preload(self) -> None:
        super().preload()
        for number in range(self.removable):
            self._theirs.append(self.next_id())
            super().act(number)

    def act(self, number: int) -> None:  # noqa: ARG002
        if self._theirs:
            self.database.delete(self._theirs.pop(0))


@twin("sorted-by-change")
class SortedByChange(_ForeignOrders):
    """The list starts with the latest change, and the warehouse changes an order at times."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._changed: dict[int, int] = {}

    def act(self, number: int) -> None:
        ids = self.database.ids()
        self._changed[ids[number * 7 % len(ids)]] = number

    def listed_ids(self) -> list[int]:
        return sorted(super().listed_ids(), key=lambda i: -self._changed.get(i, 0))


class _ListLags(Deviation):
    """Base: fetches are consistent, but the list and its total show a new order later."""

    seconds = 0.3

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._listed_from: dict[int, float] = {}

    async def store(self, wanted: Wanted) -> Order:
        with self.database.lock:
            order = await super().store(wanted)
            self._listed_from[order.id] = monotonic() + self.seconds
        return order

    def listed_ids(self) -> list[int]:
        now = monotonic()
        return [i for i in super().listed_ids() if self._listed_from.get(i, 0.0) <= now]


@twin("eventual-list")
class EventualList(_ListLags):
    """A search index behind the list: a new order can be fetched now, and listed 300 ms later."""


@twin("eventual-list-slow")
class EventualListSlow(_ListLags):
    """A search index behind the list that lags by a second."""

    seconds = 1.0
