"""Creates: written to the ledger before they are sent, and looked for when they get lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from order_conformance.core.json_values import write_json
from order_conformance.core.outcomes import CantTell, Inapplicable
from order_conformance.core.statuses import SUCCESS
from order_conformance.http.client import NoResponse
from order_conformance.http.exchange import Exchange, Request
from order_conformance.orders.client import ACCEPT, JSON_BODY, OrderClient
from order_conformance.orders.lost_creates import send_again
from order_conformance.orders.markers import markers_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from order_conformance.http.client import HttpClient
    from order_conformance.recording.ledger import Ledger


class Api(OrderClient):
    """The whole Order API: the operations of ``OrderClient``, and create."""

    def __init__(self, client: HttpClient, ledger: Ledger) -> None:
        """Send through the HTTP client of the run; write creates to the ledger."""
        super().__init__(client)
        self._ledger = ledger
        self.creates: list[Exchange] = []
        self.lost_markers: set[Any] = set()
        self.has_accepted_any = False

    @property
    def newest_order(self) -> Any:
        """The id of the order that the run created last; None if it created none."""
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
        """Send any body with any headers to the create operation; ``markers`` go to the ledger."""
        request = self._create_request(body, headers, with_key=with_key)
        return self._create([(request, list(markers))])[0]

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
        self.client.budget.check_orders(len(creates))
        test = self.client.current_test
        entries = [self._ledger.sending(markers, test) for _, markers in creates]
        results = self.client.send_together([request for request, _ in creates])
        settled = [
            self._settle(entry, request, markers, result)
            for entry, (request, markers), result in zip(entries, creates, results, strict=True)
        ]
        exchanges = [each for each in settled if isinstance(each, Exchange)]
        self.has_accepted_any |= any(exchange.status in SUCCESS for exchange in exchanges)
        self.creates += exchanges
        for each in settled:
            if isinstance(each, CantTell):
                raise each
        for exchange in exchanges:
            self.check_still_let_in(exchange)
        return exchanges

    def _settle(
        self, entry: int, request: Request, markers: list[Any], result: Exchange | CantTell
    ) -> Exchange | CantTell:
        """Write the outcome of a create to the ledger; one that got lost may be sent again."""
        stored = None
        is_lost = isinstance(result, NoResponse) and result.may_have_acted
        if isinstance(result, NoResponse) and is_lost:
            self.lost_markers.update(m for m in markers if isinstance(m, str))
            result, stored = send_again(self, request, markers, result, self.newest_order)
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
