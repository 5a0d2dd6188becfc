"""A sequence of requests to one account, and what the server has to show after each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from order_conformance.core.json_values import is_integer
from order_conformance.core.statuses import OK, REFUSAL, SUCCESS
from order_conformance.core.text import Phrase
from order_conformance.http.curl import curl
from order_conformance.judging.findings import NonConformance
from order_conformance.orders.fields import departure, external_ids
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
"""External ids of each order: one that gets lost is missed only where there was another."""

SMALL_PAGE = 5
"""Orders at the front of the list, where most servers would show one that they refused."""

LONGEST_SHRINKING = 5.0
"""Seconds that may be spent on a shorter sequence, once one has failed."""


class ShrinkBudget:
    """The shortest failing sequence that is known, and when to stop looking for a shorter one."""

    def __init__(self, most_requests: int) -> None:
        """Spend at most so many requests on shorter sequences."""
        self.failure: NonConformance | None = None
        self._requests_left = most_requests
        self._now = 0.0
        self._since: float | None = None

    @property
    def is_settled(self) -> bool:
        """Whether what is known is good enough: nothing more is sent then."""
        return self._since is not None and (
            self._requests_left <= 0 or self._now - self._since > LONGEST_SHRINKING
        )

    def sent(self, now: float) -> None:
        """Count one step of a sequence, which ended at that reading of the run's clock."""
        self._now = now
        if self._since is not None:
            self._requests_left -= 1

    def failed(self, failure: NonConformance) -> NonConformance:
        """Take note of a failing sequence."""
        self._since = self._now if self._since is None else self._since
        if self.failure is None or len(failure.exchanges) < len(self.failure.exchanges):
            self.failure = failure
        return failure


class OrderSequence:
    """Orders that the server accepted and refused so far, and the steps that led there.

    Orders of other clients may come and go, refusals are the server's right, and what is new
    may take the consistency window to show.
    """

    def __init__(self, api: Api, account: Account, orders: Orders, shortest: ShrinkBudget) -> None:
        """Begin without orders."""
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
            self._compare(int(order_id), shown, "create answer")
        if len(self.accepted) > before:
            self.fetch(len(self.accepted) - 1)

    def be_refused(self, broken: Order) -> None:
        """Create an order that breaks a rule, and look at the front of the list.

        Whether it is refused is the business of the requirement whose rule it breaks.
        """
        for order, exchange in self._send(broken):
            if exchange.status in REFUSAL:
                self._refused |= dict.fromkeys(markers_of(order), order)
        self.look_at_a_page(0, SMALL_PAGE)

    def _send(self, *orders: Order) -> list[tuple[Order, Exchange]]:
        marked = [
            {**order, "externalOrderIds": [self._account.marker() for _ in range(MARKERS)]}
            for order in orders
        ]
        exchanges = self._api.create_together(marked)
        self._with_next.update(each.id for each in exchanges[:-1])
        for exchange in exchanges:
            self._took(exchange)
        return list(zip(marked, exchanges, strict=True))

    def fetch(self, which: int) -> None:
        """Fetch any order of the sequence again, if it has one."""
        if not self.accepted:
            return
        order_id = list(self.accepted)[which % len(self.accepted)]
        exchange = self._orders.fetch_when_there(order_id)
        self._took(exchange)
        if exchange.status != OK or not isinstance(exchange.json, dict):
            raise self._failure(
                Phrase("order {}, once accepted, is answered {}", order_id, exchange.status)
            )
        self._compare(order_id, exchange.json, "fetched order")

    def look_at_a_page(self, index: int, size: int) -> None:
        """Read a page; every order of the sequence on it is as it was accepted."""
        exchange = self._orders.listing.ask(index, size)
        self._took(exchange)
        if is_no_page(exchange):
            return  # the business of LIST-01 and LIST-12
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
        """Return the refused order of which the page shows an external id, if it shows any."""
        shown = [text for e in page.content if isinstance(e, dict) for text in external_ids(e)]
        markers = [text for text in shown if isinstance(text, str) and text in self._refused]
        return self._refused[markers[0]] if markers else None

    def _is_stored_again(self, order: Order, index: int, size: int) -> bool:
        """Send a refused order again under an id that no earlier run of this seed can have used."""
        marker = self._account.unused_marker()
        exchange = self._api.create({**order, "externalOrderIds": [marker]})
        self._took(exchange)
        again = self._orders.listing.ask(index, size)
        self._took(again)
        entries = [] if is_no_page(again) else read_page(again).content
        return exchange.status in REFUSAL and any(
            marker in external_ids(entry) for entry in entries if isinstance(entry, dict)
        )

    def find_all(self) -> None:
        """Look for every order of the sequence in the list."""
        found = self._orders.listing.find(self.accepted)
        missing = [order_id for order_id in self.accepted if order_id not in found]
        # A long list may hide orders lawfully; ATOM-02 judges the stretch where it shows new ones.
        if missing and self._orders.listing.is_short:
            raise self._failure(Phrase("order {}, once accepted, is not in the list", missing[0]))

    def _took(self, exchange: Exchange) -> None:
        self._shortest.sent(self._api.client.clock.now)
        self._steps.append(exchange)

    def _compare(self, order_id: int, shown: Order, where: str) -> None:
        changed = departure(self.accepted[order_id], shown)
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
                expected="every order as it was accepted, in every answer that shows it",
                notice=notice,
                reproduce=commands,
            )
        )
