"""A sequence of requests, and what the server has to show after each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from order_conformance.core.json_values import is_integer
from order_conformance.core.statuses import OK, REFUSAL, SUCCESS
from order_conformance.core.text import Phrase
from order_conformance.http.curl import curl
from order_conformance.judging.findings import NonConformance
from order_conformance.orders.fields import difference_from_sent, external_ids
from order_conformance.orders.markers import markers_of
from order_conformance.orders.page import is_no_page, read_page

if TYPE_CHECKING:
    from order_conformance.core.mismatch import Mismatch
    from order_conformance.http.exchange import Exchange
    from order_conformance.orders.creates import Api
    from order_conformance.orders.factory import Account
    from order_conformance.orders.page import Page
    from order_conformance.orders.placed import Orders

Order = dict[str, Any]

MARKERS = 2
"""External ids of each order: with two of them, it shows if one gets lost."""

SMALL_PAGE = 5
"""Orders on the first page, where most servers would show an order that was stored by mistake."""

LONGEST_SHRINKING = 5.0
"""Seconds that may be spent on finding a shorter sequence, once one has failed."""


class ShrinkBudget:
    """The shortest failing sequence so far, and when to stop looking for a shorter one."""

    def __init__(self, most_requests: int) -> None:
        """Allow this many requests for shorter sequences."""
        self.failure: NonConformance | None = None
        self._requests_left = most_requests
        self._now = 0.0
        self._since: float | None = None

    @property
    def is_settled(self) -> bool:
        """Whether the budget is spent; nothing more is sent then."""
        return self._since is not None and (
            self._requests_left <= 0 or self._now - self._since > LONGEST_SHRINKING
        )

    def sent(self, now: float) -> None:
        """Count one step of a sequence, which ended at this time of the run's clock."""
        self._now = now
        if self._since is not None:
            self._requests_left -= 1

    def failed(self, failure: NonConformance) -> NonConformance:
        """Keep a failing sequence if it is the shortest; return the failure."""
        self._since = self._now if self._since is None else self._since
        if self.failure is None or len(failure.exchanges) < len(self.failure.exchanges):
            self.failure = failure
        return failure


class OrderSequence:
    """The orders that the server has accepted and refused, and the steps that led there.

    Orders of other clients may come and go, the server may refuse any order, and a new one may
    take the consistency window to appear.
    """

    def __init__(self, api: Api, account: Account, orders: Orders, shortest: ShrinkBudget) -> None:
        """Start without orders."""
        self.accepted: dict[int, Order] = {}
        self._api, self._account, self._orders = api, account, orders
        self._shortest = shortest
        self._refused: dict[Any, Order] = {}
        self._steps: list[Exchange] = []
        self._with_next: set[str] = set()

    def create(self, *orders: Order) -> None:
        """Create one order, or several at the same time, and fetch the last that was accepted."""
        before = len(self.accepted)
        for order, exchange in self._send(*orders):
            shown = exchange.json
            order_id = shown.get("id") if isinstance(shown, dict) else None
            if exchange.status not in SUCCESS or not is_integer(order_id):
                continue
            if order_id in self.accepted:
                raise self._failure(Phrase("the server gave the id {} to a second order", order_id))
            self.accepted[int(order_id)] = order
            self._compare(int(order_id), shown, "create response")
        if len(self.accepted) > before:
            self.fetch(len(self.accepted) - 1)

    def create_broken(self, broken: Order) -> None:
        """Create an order that breaks a rule, and read the first page.

        The requirement whose rule it breaks judges whether it is refused.
        """
        for order, exchange in self._send(broken):
            if exchange.status in REFUSAL:
                self._refused |= dict.fromkeys(markers_of(order), order)
        self.read_a_page(0, SMALL_PAGE)

    def _send(self, *orders: Order) -> list[tuple[Order, Exchange]]:
        marked = [
            {**order, "externalOrderIds": [self._account.marker() for _ in range(MARKERS)]}
            for order in orders
        ]
        exchanges = self._api.create_together(marked)
        self._with_next.update(each.id for each in exchanges[:-1])
        for exchange in exchanges:
            self._record(exchange)
        return list(zip(marked, exchanges, strict=True))

    def fetch(self, which: int) -> None:
        """Fetch any order of the sequence again, if it has one."""
        if not self.accepted:
            return
        order_id = list(self.accepted)[which % len(self.accepted)]
        exchange = self._orders.fetch_when_there(order_id)
        self._record(exchange)
        if exchange.status != OK or not isinstance(exchange.json, dict):
            raise self._failure(
                Phrase("order {}, once accepted, is answered {}", order_id, exchange.status)
            )
        self._compare(order_id, exchange.json, "fetched order")

    def read_a_page(self, index: int, size: int) -> None:
        """Read a page; judge that each order of the sequence on it is as it was accepted."""
        exchange = self._orders.listing.ask(index, size)
        self._record(exchange)
        if is_no_page(exchange):
            return  # LIST-01 and LIST-12 judge that
        page = read_page(exchange)
        ours = [order_id for order_id in page.ids if order_id in self.accepted]
        for order_id in ours:
            if ours.count(order_id) > 1:
                raise self._failure(Phrase("order {} is on the page twice", order_id))
            self._compare(order_id, page.entry(order_id) or {}, "list entry")
        refused = self._refused_on(page)
        if refused is not None and self._is_stored_again(refused, index, size):
            raise self._failure("an order that was refused is on the page")

    def _refused_on(self, page: Page) -> Order | None:
        """Return a refused order whose external id is on the page, if there is one."""
        shown = [text for e in page.content if isinstance(e, dict) for text in external_ids(e)]
        markers = [text for text in shown if isinstance(text, str) and text in self._refused]
        return self._refused[markers[0]] if markers else None

    def _is_stored_again(self, order: Order, index: int, size: int) -> bool:
        """Send a refused order with an unused external id; return whether the page then shows it.

        An earlier run of the same seed may have stored the first external id.
        """
        marker = self._account.unused_marker()
        exchange = self._api.create({**order, "externalOrderIds": [marker]})
        self._record(exchange)
        again = self._orders.listing.ask(index, size)
        self._record(again)
        entries = [] if is_no_page(again) else read_page(again).content
        return exchange.status in REFUSAL and any(
            marker in external_ids(entry) for entry in entries if isinstance(entry, dict)
        )

    def find_all(self) -> None:
        """Judge that every order of the sequence is in the list."""
        found = self._orders.listing.find(self.accepted)
        missing = [order_id for order_id in self.accepted if order_id not in found]
        # A long list may hide orders lawfully; ATOM-02 judges the part where it shows new ones.
        if missing and self._orders.listing.is_short:
            raise self._failure(Phrase("order {}, once accepted, is not in the list", missing[0]))

    def _record(self, exchange: Exchange) -> None:
        self._shortest.sent(self._api.client.clock.now)
        self._steps.append(exchange)

    def _compare(self, order_id: int, shown: Order, where: str) -> None:
        changed = difference_from_sent(self.accepted[order_id], shown)
        if changed:
            raise self._failure(
                Phrase(f"the {where} of order {{}} is not as it was sent", order_id), changed
            )

    def _failure(self, did: str, notice: str | Mismatch = "") -> NonConformance:
        commands = [
            f"{curl(step.request, self._api.target)}"
            f"{' &' if step.id in self._with_next else ''}  # {step.response.status}"
            for step in self._steps
        ]
        return self._shortest.failed(
            NonConformance(
                did,
                self._steps,
                expected="every order as it was accepted, in every response that shows it",
                notice=notice,
                reproduce=commands,
            )
        )
