"""The orders of this run: placed, read back, found in the list, and compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeGuard

from order_conformance.exchange import NotJson
from order_conformance.outcomes import Inapplicable, blocked
from order_conformance.paging import is_integer
from order_conformance.statuses import OK, SUCCESS
from order_conformance.waiting import looks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from order_conformance.api import Api
    from order_conformance.exchange import Exchange
    from order_conformance.listing import Listing


@dataclass(frozen=True)
class Placed:
    """An order of this run: what was sent, and what the create answered."""

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


@dataclass(frozen=True)
class View:
    """One of the three places where an order is shown."""

    name: str
    order: dict[str, Any]
    exchange: Exchange


class Orders:
    """Places orders and reads them back; what another requirement forbids blocks."""

    def __init__(self, api: Api, listing: Listing) -> None:
        """Start without orders."""
        self.api = api
        self.listing = listing
        self.placed: list[Placed] = []
        self.not_fetched: list[tuple[Placed, Exchange]] = []
        self._fetched: dict[int, View] = {}
        self._listed: dict[int, View] = {}

    def place(self, order: dict[str, Any], *, under: str) -> Placed:
        """Create an order that the guide allows.

        Raises:
            CantTell: it was not accepted; blocked by the requirement ``under`` which it is.
        """
        return self.take(order, self.api.create(order), under=under)

    def take(self, order: dict[str, Any], exchange: Exchange, *, under: str) -> Placed:
        """Return the order that an exchange created; see ``place``."""
        if exchange.status not in SUCCESS:
            raise blocked(under, f"a lawful order was answered {exchange.status}")
        known = next((each for each in self.placed if each.exchange is exchange), None)
        if known is None:
            known = Placed(order, exchange, order_in(exchange))
            self.placed.append(known)
        return known

    def fetched(self, placed: Placed) -> View:
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
        for _ in looks(self.api.door, self.api.target.consistency_window):
            exchange = self.api.fetch(order_id)
            if exchange.status == OK:
                break
        return exchange

    @property
    def first_fetched(self) -> list[tuple[Placed, View]]:
        """Orders of the run with what they were when first fetched, the earliest first."""
        by_id = {placed.id: placed for placed in self.placed}
        return [(by_id[i], view) for i, view in self._fetched.items() if i in by_id]

    def listed(self, placed: Sequence[Placed]) -> list[View]:
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
                    self._listed[order_id] = View("list entry", entry, page.exchange)
        for each in placed:
            if each.id not in self._listed:
                if not self.listing.is_short:
                    raise Inapplicable("the list is long and hides our orders")
                raise blocked("ATOM-02", f"order {each.id} was not seen in the list")
        return [self._listed[each.id] for each in placed]

    def read_back(self, placed: Placed) -> list[View]:
        """Return what the create answered and what a fetch shows; the list is not asked."""
        return [View("create answer", placed.order, placed.exchange), self.fetched(placed)]

    def views(self, placed: Sequence[Placed]) -> list[tuple[Placed, list[View]]]:
        """Return every place where each order is shown: create answer, fetched, listed.

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


def order_in(exchange: Exchange) -> dict[str, Any]:
    """Return the order that an answer of success shows.

    Raises:
        CantTell: blocked by PROTO-01 (no JSON) or SCHEMA-01 (no object).
    """
    try:
        order = exchange.answer.json
    except NotJson as problem:
        raise blocked("PROTO-01", f"the created order could not be read: {problem}") from None
    if not isinstance(order, dict):
        raise blocked("SCHEMA-01", "the created order is no JSON object")
    return order


def order_shown(exchange: Exchange) -> dict[str, Any]:
    """Return the order that an answer shows, whatever its status; empty if it is no object."""
    return exchange.json if isinstance(exchange.json, dict) else {}


def association_id(order: dict[str, Any], kind: str) -> Any:
    """Return the id of an order's ``patient`` or ``site``; None when it shows none."""
    associated = order.get(kind)
    return associated.get("id") if isinstance(associated, dict) else None


def totals(order: dict[str, Any], kind: str) -> dict[Any, float]:
    """Return the total count of each item or kit id (``kind`` is ``item`` or ``kit``).

    Lines with the same id are added up: a server may merge them. A count that is no number
    stands for itself.
    """
    counted: dict[Any, float] = {}
    lines = order.get("orderItems" if kind == "item" else "orderKits")
    for line in lines if isinstance(lines, list) else ():
        thing = line.get(kind) if isinstance(line, dict) else None
        thing_id = thing.get("id") if isinstance(thing, dict) else None
        if isinstance(thing_id, str | int | float):
            count = line.get("count")
            key, number = (thing_id, count) if is_number(count) else ((thing_id, repr(count)), 1)
            counted[key] = counted.get(key, 0) + number
    return counted


def is_number(value: Any) -> TypeGuard[int | float]:
    """Say whether a JSON value is a number; true is none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def external_ids(order: dict[str, Any]) -> list[Any]:
    """Return the external ids that an order shows; absent and null are none."""
    shown = order.get("externalOrderIds")
    if shown is None:
        return []
    return shown if isinstance(shown, list) else [shown]


def stable_fields(order: dict[str, Any]) -> dict[str, Any]:
    """Return what must not differ between two looks at an order (design: stable fields).

    The sequence and repetitions of external ids may: EXT-03 warns of a server that keeps a set.
    """
    by_spelling = {repr(each): each for each in external_ids(order)}
    return {
        "id": order.get("id"),
        "externalOrderIds": [by_spelling[spelling] for spelling in sorted(by_spelling)],
        "patient": association_id(order, "patient"),
        "site": association_id(order, "site"),
        "orderItems": totals(order, "item"),
        "orderKits": totals(order, "kit"),
        "shippingOption": order.get("shippingOption"),
    }


def kept_fields(sent: dict[str, Any], shown: dict[str, Any]) -> set[str]:
    """Return the stable fields that an order shows as they were sent."""
    ours, theirs = stable_fields(sent), stable_fields(shown)
    return {name for name, value in ours.items() if name != "id" and value == theirs[name]}


def difference(
    one: dict[str, Any], other: dict[str, Any], *, sent: dict[str, Any] | None = None
) -> str:
    """Say in which stable field two looks at an order differ first; empty if in none.

    A shipping option or a count that was not ``sent`` is the server's to choose, now or later.
    """
    ours, theirs = stable_fields(one), stable_fields(other)
    for name in ours:
        if name == "shippingOption" and sent is not None and name not in sent:
            continue
        free = _uncounted(sent, name)
        if _without_counts(ours[name], free) != _without_counts(theirs[name], free):
            value, other_value = short(ours[name]), short(theirs[name])
            return f"`{name}` is {value} in the one and {other_value} in the other"
    return ""


def _uncounted(sent: dict[str, Any] | None, name: str) -> set[Any]:
    """Return the ids of the lines that were sent without a count."""
    kind = {"orderItems": "item", "orderKits": "kit"}.get(name)
    if sent is None or kind is None or not isinstance(sent.get(name), list):
        return set()
    lines = [line for line in sent[name] if isinstance(line, dict) and line.get("count") is None]
    return {thing_of(key) for key in totals({name: lines}, kind)}


def _without_counts(value: Any, free: set[Any]) -> Any:
    """Return what ``totals`` has counted, of some ids only that they are there."""
    if not free:
        return value
    return {thing_of(key): None if thing_of(key) in free else count for key, count in value.items()}


def thing_of(key: Any) -> Any:
    """Return the id that ``totals`` has counted; one whose count is no number is a part of it."""
    return key[0] if isinstance(key, tuple) else key


def lacks_only(entry: dict[str, Any], whole: dict[str, Any]) -> bool:
    """Say whether a list entry is only incomplete, which is the business of LIST-13."""
    ours, theirs = stable_fields(entry), stable_fields(whole)
    return all(not ours[name] or ours[name] == theirs[name] for name in ours)


def short(value: Any) -> str:
    """Return a value as a reader wants to see it inside a sentence."""
    return cut(repr(value))


def cut(text: str) -> str:
    """Return a text without its middle where it is long."""
    return text if len(text) <= 120 else f"{text[:80]} ... {text[-30:]}"  # noqa: PLR2004
