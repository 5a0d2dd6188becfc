"""The Order API as the tests speak it: create, list, fetch, and requests that are none of these."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from order_conformance.door import Unanswered
from order_conformance.exchange import Exchange, NotJson, Request, read_json, write_json
from order_conformance.lost_creates import send_again
from order_conformance.outcomes import CantTell, Inapplicable, blocked
from order_conformance.statuses import LET_NOBODY_IN, OK, SUCCESS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from order_conformance.door import Door
    from order_conformance.evidence import Ledger
    from order_conformance.target import Target

ACCEPT = ("Accept", "application/json")
JSON_BODY = ("Content-Type", "application/json")
LONGEST_ID = 4000


class Api:
    """Operations on the target; each returns the exchange, whatever the server answered."""

    def __init__(self, door: Door, ledger: Ledger) -> None:
        """Speak through the door; note creates in the ledger."""
        self.door = door
        self._ledger = ledger
        self.creates: list[Exchange] = []
        self.others: list[Exchange] = []
        self.lost_markers: set[Any] = set()
        self._accepted_any = False
        self._let_in_before = False

    @property
    def target(self) -> Target:
        """The target, with the key of now."""
        return self.door.target

    @property
    def newest_order(self) -> Any:
        """The id of the order that the run created last; None if there is none."""
        return self._ledger.created[-1] if self._ledger.created else None

    def create(self, order: Any) -> Exchange:
        """Send an order as JSON (guide, "Create Order Endpoint")."""
        return self.create_together([order])[0]

    def create_together(self, orders: Sequence[Any]) -> list[Exchange]:
        """Send several creates at the same time."""
        return self._create([(self._create_request(write_json(o)), markers_of(o)) for o in orders])

    def create_raw(
        self,
        body: bytes,
        *,
        headers: Sequence[tuple[str, str]] = (ACCEPT, JSON_BODY),
        with_key: bool = True,
        markers: Sequence[Any] = (),
    ) -> Exchange:
        """Send any body with any headers to the create operation."""
        request = self._create_request(body, headers, with_key=with_key)
        return self._create([(request, list(markers))])[0]

    def fetch(self, order_id: Any) -> Exchange:
        """Read one order; an id that is no integer is sent as text, percent-encoded."""
        text = str(order_id)
        if len(text) > LONGEST_ID:
            raise blocked("ID-01", f"the id is {len(text)} characters long")
        # What a server calls an id may hold anything, even what UTF-8 cannot carry.
        return self.get(f"/{quote(text, safe='', errors='surrogatepass')}")

    def list_orders(self, **parameters: Any) -> Exchange:
        """Read a page; ``page`` and ``size`` go by the names that the target gives them."""
        names = {"page": self.target.page_parameter, "size": self.target.size_parameter}
        query = "&".join(
            f"{quote(names.get(name, name))}={quote(str(value), safe='')}"
            for name, value in parameters.items()
        )
        return self.get("", query)

    def get(
        self,
        below: str = "",
        query: str = "",
        *,
        headers: Sequence[tuple[str, str]] = (ACCEPT,),
        with_key: bool = True,
    ) -> Exchange:
        """Read a raw path below the order path, with a raw query."""
        path = self.target.order_path + below + (f"?{query}" if query else "")
        exchange = self.door.send(Request("GET", path, tuple(headers), with_key=with_key))
        if self._let_in_before:
            self._check_still_let_in(exchange)
        self._let_in_before |= exchange.status == OK
        return exchange

    def send_other(self, method: str, below: str, body: bytes | None = None) -> Exchange:
        """Send a method that the guide does not name; only ever at an order of this run."""
        if self.target.read_only and method not in {"HEAD", "OPTIONS"}:
            raise Inapplicable("the run is read-only")
        headers = (ACCEPT, JSON_BODY) if body is not None else (ACCEPT,)
        request = Request(method, self.target.order_path + below, headers, body)
        exchange = self.door.send(request)
        self.others.append(exchange)
        if self._let_in_before:
            self._check_still_let_in(exchange)
        return exchange

    def _create_request(
        self,
        body: bytes,
        headers: Iterable[tuple[str, str]] = (ACCEPT, JSON_BODY),
        *,
        with_key: bool = True,
    ) -> Request:
        return Request("POST", self.target.order_path, tuple(headers), body, with_key)

    def _create(self, creates: list[tuple[Request, list[Any]]]) -> list[Exchange]:
        if self.target.read_only:
            raise Inapplicable("the run is read-only")
        self.door.check_orders(len(creates))
        test = self.door.current_test
        entries = [self._ledger.sending(markers, test) for _, markers in creates]
        results = self.door.send_together([request for request, _ in creates])
        settled = [
            self._settle(entry, request, markers, result)
            for entry, (request, markers), result in zip(entries, creates, results, strict=True)
        ]
        accepted_before = self._accepted_any
        exchanges = [
            replace(each, others_accepted=accepted_before)
            for each in settled
            if isinstance(each, Exchange)
        ]
        self._accepted_any |= any(exchange.status in SUCCESS for exchange in exchanges)
        self.creates += exchanges
        for each in settled:
            if isinstance(each, CantTell):
                raise each
        for exchange in exchanges:
            self._check_still_let_in(exchange)
        return exchanges

    def _settle(
        self, entry: int, request: Request, markers: list[Any], result: Exchange | CantTell
    ) -> Exchange | CantTell:
        """Note in the ledger what became of a create; one that got lost may be sent again."""
        stored = None
        is_lost = isinstance(result, Unanswered) and result.may_have_acted
        if isinstance(result, Unanswered) and is_lost:
            self.lost_markers.update(m for m in markers if isinstance(m, str))
            result, stored = send_again(self, request, markers, result)
        if isinstance(result, CantTell):
            if is_lost:
                self._ledger.unanswered(entry, stored)
            else:
                self._ledger.not_stored(entry)
            return result
        created = result.json if result.status in SUCCESS else None
        order_id = created.get("id") if isinstance(created, dict) else None
        self._ledger.answered(entry, result.status, order_id)
        return result

    def _check_still_let_in(self, exchange: Exchange) -> None:
        """Tell a refusal of this request from a key that no longer opens anything."""
        # A gateway whose token is no longer good refuses requests without a key as well.
        may_be_expiry = exchange.request.with_key or self.target.headers
        # The door has looked already where it can renew what lets us in.
        if exchange.status not in LET_NOBODY_IN or not may_be_expiry or self.target.is_renewable:
            return
        probe = self.door.send(Request("GET", self.target.order_path, (ACCEPT,)))
        if probe.status in LET_NOBODY_IN:
            self.door.gave_up = (
                f"the target lets us in no more ({probe.status} to the list); has the key expired, "
                "or does a firewall turn us away after odd input?"
            )
            raise CantTell(self.door.gave_up)


def markers_of(order: Any) -> list[Any]:
    """Return the external ids that an order is sent with, if it has a list of them."""
    markers = order.get("externalOrderIds") if isinstance(order, dict) else None
    return markers if isinstance(markers, list) else []


def sent_markers(exchange: Exchange) -> list[Any]:
    """Return the external ids that a create was sent with; none if its body is no order."""
    try:
        return markers_of(read_json(exchange.request.body or b""))
    except NotJson:
        return []
