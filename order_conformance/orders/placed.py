"""The orders of this run: placed, read back, found in the list, and compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from order_conformance.core.json_values import NotJson, is_integer, read_json
from order_conformance.core.outcomes import Inapplicable, blocked
from order_conformance.core.statuses import OK, SUCCESS
from order_conformance.orders.polling import poll

if TYPE_CHECKING:
    from collections.abc import Sequence

    from order_conformance.http.exchange import Exchange
    from order_conformance.orders.creates import Api
    from order_conformance.orders.order_list import OrderList


@dataclass(frozen=True)
class PlacedOrder:
    """An order of this run: what was sent, and the response to its create."""

    sent: dict[str, Any]
    exchange: Exchange
    order: dict[str, Any]

    @property
    def id(self) -> int:
        """The id that the server gave.

        Raises:
            CantTell: blocked by ID-01.
        """
        order_id = self.order.get("id")
        if not is_integer(order_id):
            raise blocked("ID-01", "the created order has no integer id")
        return int(order_id)

    @property
    def as_created(self) -> View:
        """The order as the response to its create shows it."""
        return View("create response", self.order, self.exchange)


@dataclass(frozen=True)
class View:
    """One of the three places where an order is shown."""

    name: str
    order: dict[str, Any]
    exchange: Exchange
    path: tuple[str | int, ...] = ()
    """Keys and indices that lead to the order in the response."""


class Orders:
    """Places orders and reads them back; blocked where another requirement is broken."""

    def __init__(self, api: Api, listing: OrderList) -> None:
        """Start with no orders."""
        self.api = api
        self.listing = listing
        self.placed: list[PlacedOrder] = []
        self.not_fetched: list[tuple[PlacedOrder, Exchange]] = []
        self._fetched: dict[int, View] = {}
        self._listed: dict[int, View] = {}

    def place(self, order: dict[str, Any], *, blocked_by: str) -> PlacedOrder:
        """Create an order that the guide allows.

        Raises:
            CantTell: it was not accepted; blocked by the requirement that says it should be.
        """
        exchange = self.api.create(order)
        if exchange.status not in SUCCESS:
            raise blocked(blocked_by, f"a lawful order was answered {exchange.status}")
        return self.add(order, exchange)

    def add(self, order: dict[str, Any], exchange: Exchange) -> PlacedOrder:
        """Add an order that was accepted to those of the run, once, and return it."""
        known = next((each for each in self.placed if each.exchange is exchange), None)
        if known is None:
            known = PlacedOrder(order, exchange, order_in(exchange))
            self.placed.append(known)
        return known

    def fetched(self, placed: PlacedOrder) -> View:
        """Read a placed order, once; polled within the consistency window.

        Raises:
            CantTell: blocked by ATOM-02.
        """
        if placed.id not in self._fetched:
            exchange = self.fetch_when_there(placed.id)
            if exchange.status != OK or not isinstance(exchange.json, dict):
                self.not_fetched.append((placed, exchange))
                raise blocked("ATOM-02", f"order {placed.id} was answered {exchange.status}")
            if exchange.json.get("id") != placed.id:
                self.not_fetched.append((placed, exchange))
                raise blocked("FETCH-01", f"asked for order {placed.id}, the server shows another")
            self._fetched[placed.id] = View("fetched order", exchange.json, exchange)
        return self._fetched[placed.id]

    def fetch_when_there(self, order_id: int) -> Exchange:
        """Fetch an order of this run, again while it is not there within the window."""
        for _ in poll(self.api.client, self.api.target.consistency_window):
            exchange = self.api.fetch(order_id)
            if exchange.status == OK:
                break
        return exchange

    @property
    def first_fetched(self) -> list[tuple[PlacedOrder, View]]:
        """Orders of the run with what they were when first fetched, the earliest first."""
        by_id = {placed.id: placed for placed in self.placed}
        return [(by_id[i], view) for i, view in self._fetched.items() if i in by_id]

    def listed(self, placed: Sequence[PlacedOrder]) -> list[View]:
        """Return the list entries of placed orders, looked up together, each once.

        Raises:
            CantTell: blocked by ATOM-02: one is not in the list.
            Inapplicable: the list is long and shows new orders at neither end.
        """
        if any(each.id not in self._listed for each in placed):
            missing = [each.id for each in placed if each.id not in self._listed]
            for order_id, page in self.listing.find(missing).items():
                entry = page.entry(order_id)
                if entry is not None:
                    path = ("content", page.content.index(entry))
                    self._listed[order_id] = View("list entry", entry, page.exchange, path)
        for each in placed:
            if each.id not in self._listed:
                if not self.listing.is_short:
                    raise Inapplicable("the list is long and hides our orders")
                raise blocked("ATOM-02", f"order {each.id} was not seen in the list")
        return [self._listed[each.id] for each in placed]

    def read_back(self, placed: PlacedOrder) -> list[View]:
        """Return how the create and a fetch show an order; the list is not read."""
        return [placed.as_created, self.fetched(placed)]

    def views_of(self, placed: PlacedOrder) -> list[View]:
        """Return how one order is shown; see ``views``."""
        [(_, views)] = self.views([placed])
        return views

    def views(self, placed: Sequence[PlacedOrder]) -> list[tuple[PlacedOrder, list[View]]]:
        """Return how each order is shown by its create, by a fetch and by the list.

        A long list that hides new orders is left out.
        """
        try:
            entries: list[View | None] = list(self.listed(placed))
        except Inapplicable:
            entries = [None] * len(placed)
        return [
            (
                each,
                [view for view in (*self.read_back(each), entry) if view is not None],
            )
            for each, entry in zip(placed, entries, strict=True)
        ]


def order_sent(exchange: Exchange) -> dict[str, Any]:
    """Return the order that a create sent; empty if its body is not a JSON object."""
    try:
        order = read_json(exchange.request.body or b"")
    except NotJson:
        return {}
    return order if isinstance(order, dict) else {}


def order_in(exchange: Exchange) -> dict[str, Any]:
    """Return the order that the response to an accepted create shows.

    Raises:
        CantTell: blocked by PROTO-01 (not JSON) or SCHEMA-01 (not an object).
    """
    try:
        order = exchange.response.json
    except NotJson as problem:
        raise blocked("PROTO-01", f"the created order could not be read: {problem}") from None
    if not isinstance(order, dict):
        raise blocked("SCHEMA-01", "the created order is not a JSON object")
    return order


def order_shown(exchange: Exchange) -> dict[str, Any]:
    """Return the order that a response shows, whatever its status; empty if it is not an object."""
    return exchange.json if isinstance(exchange.json, dict) else {}
