"""The HTTP client of a run: it sends every request, and writes down what comes back.

Everything that keeps a request in bounds has a module of its own: the budget, the circuit
breaker, the rate limiter, redirects, the renewal of credentials, and retries.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from order_conformance.core.clock import Clock
from order_conformance.core.outcomes import CantTell
from order_conformance.http.budget import BudgetTracker
from order_conformance.http.circuit_breaker import CircuitBreaker
from order_conformance.http.credential_renewal import CredentialRenewal
from order_conformance.http.exchange import Attempt, Exchange, Request, Response, TransportFailure
from order_conformance.http.rate_limiter import AdaptiveRateLimiter
from order_conformance.http.redirects import MOST_REDIRECTS, redirected
from order_conformance.http.retries import (
    LONGEST_PAUSE,
    Final,
    RetryAfter,
    decide_retry,
    in_words,
    is_failure,
    may_have_acted,
    may_have_stored,
)
from order_conformance.http.transport import HttpTransport

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from order_conformance.http.exchange import ExchangeLog
    from order_conformance.http.transport import Transport
    from order_conformance.target.model import Target


class NoResponse(CantTell):
    """A request brought no usable response; ``may_have_acted``: the target may have served it."""

    def __init__(self, reason: str, *, may_have_acted: bool) -> None:
        """Store the reason, and what is known about the request's effect."""
        super().__init__(reason)
        self.may_have_acted = may_have_acted


@dataclass
class Delivery:
    """A request on its way: where it goes next, and the attempts so far."""

    id: str
    request: Request
    attempts: list[Attempt] = field(default_factory=list)
    redirects: int = 0
    retries: int = 0
    waited: float = 0.0


class HttpClient:
    """Sends requests to the target, one at a time or several together, and keeps the evidence.

    It is the one door: every request of a run is sent here, Schemathesis' requests included. So
    limits hold for all of them, the key goes nowhere else, and an outage becomes a ``CantTell``
    that is never taken for a finding about the server.
    """

    def __init__(
        self,
        target: Target,
        evidence: ExchangeLog,
        seed: int,
        *,
        transport: Transport | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Prepare the connection pool; nothing is sent yet.

        A replay brings a transport that returns recorded responses, and a clock that does not
        wait.

        Raises:
            UsageProblem: the certificate files of the target cannot be used.
        """
        self.clock = clock or Clock()
        self.budget = BudgetTracker(target.budget, self.clock)
        self.circuit_breaker = CircuitBreaker(target.timeout)
        self.rate_limiter = AdaptiveRateLimiter(target.rate_limit, sleep=self.clock.pause)
        self.renewal = CredentialRenewal(target)
        self.current_test = "run"
        self.observers: list[Callable[[Exchange], None]] = []
        self._evidence = evidence
        self._random = random.Random(seed)  # noqa: S311 - spreads retries, guards nothing
        self._numbers: Counter[str] = Counter()
        self._transport: Transport = transport or HttpTransport(target)
        self._runner = asyncio.Runner()

    @property
    def target(self) -> Target:
        """The target with its current credentials."""
        return self.renewal.target

    @property
    def requests(self) -> int:
        """How many requests were sent so far."""
        return self.budget.requests

    def send(self, request: Request) -> Exchange:
        """Send one request and return its exchange.

        Raises:
            CantTell: there was no usable response; the text says why.
        """
        return self._runner.run(self._send(request))

    def send_together(self, requests: Sequence[Request]) -> list[Exchange | CantTell]:
        """Send requests at the same time; results are in request order."""
        results = self._runner.run(self._send_all(requests))
        for result in results:
            if isinstance(result, BaseException) and not isinstance(result, CantTell):
                raise result
        return [result for result in results if isinstance(result, Exchange | CantTell)]

    def wait(self, seconds: float) -> None:
        """Wait before the target is asked again about something that may lag."""
        self._runner.run(self.clock.pause(min(seconds, self.budget.time_left)))

    def close(self) -> None:
        """Close every connection; safe to call twice."""
        if not self._transport.is_closed:
            self._runner.run(self._close())
        self._runner.close()

    async def _close(self) -> None:
        # An interrupted request is still under way; its connection must not outlive the pool.
        under_way = asyncio.all_tasks() - {asyncio.current_task()}
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        await self._transport.close()

    async def _send_all(self, requests: Sequence[Request]) -> list[Exchange | BaseException]:
        return await asyncio.gather(*map(self._send, requests), return_exceptions=True)

    async def _send(self, request: Request, *, renews: bool = True) -> Exchange:
        """Send a request until it has a response to keep: follow redirects, renew, retry."""
        delivery = Delivery(self._next_id(), request)
        while True:
            used = self.target
            outcome = await self._attempt_once(delivery)
            next_hop = redirected(delivery.request, outcome, self.target.base_url)
            if next_hop is not None and delivery.redirects < MOST_REDIRECTS:
                delivery.request = next_hop
                delivery.redirects += 1
                continue
            decision = decide_retry(
                delivery.request,
                outcome,
                retries=delivery.retries,
                patience=min(LONGEST_PAUSE - delivery.waited, self.budget.time_left),
                chance=self._random,
            )
            if isinstance(decision, Final):
                self.circuit_breaker.succeeded()
                if not (renews and await self._renew(delivery, used)):
                    return self._exchange(delivery, decision.response)
            elif isinstance(decision, RetryAfter):
                delivery.waited += decision.seconds
                await self.rate_limiter.sleep(decision.seconds)
            else:
                raise await self._failure(delivery)
            delivery.retries += 1

    async def _attempt_once(self, delivery: Delivery) -> Response | TransportFailure:
        """Make the next attempt of a delivery, and add it to its attempts.

        Raises:
            CantTell: nothing more may be sent.
        """
        try:
            self._check_may_send()
            outcome = await self._attempt(delivery.request, delivery.id)
        except CantTell as refused:
            if delivery.attempts:
                self._evidence.unanswered(
                    delivery.id, delivery.request, refused.reason, delivery.attempts
                )
            raise
        delivery.attempts.append(Attempt(delivery.request, outcome, self.clock.now))
        return outcome

    async def _attempt(self, request: Request, exchange_id: str) -> Response | TransportFailure:
        sent = await self.rate_limiter.acquire(self.budget.time_left)
        # Other requests may have spent the budget while this one waited.
        self._check_may_send()
        creates = request.method == "POST" and request.path == self.target.order_path
        self.budget.charge(creates=creates)
        credentials = self.target.credentials(with_key=request.with_key)
        outcome = await self._transport.attempt(
            request, credentials, self.budget.time_left, exchange_id
        )
        self.clock.tick()
        self.circuit_breaker.record(outcome)
        if creates and not may_have_stored(outcome):
            self.budget.refund_order()
        self.rate_limiter.adapt(outcome, sent, min(LONGEST_PAUSE, self.budget.time_left))
        return outcome

    def _check_may_send(self) -> None:
        reason = self._refuses_because()
        if reason:
            raise CantTell(reason)

    def _refuses_because(self) -> str:
        """Return why nothing more is sent; empty while requests may be sent."""
        return self.circuit_breaker.open_because or self.budget.exhausted()

    def _exchange(self, delivery: Delivery, response: Response) -> Exchange:
        """Return a finished exchange, after it was recorded and shown to every observer."""
        exchange = Exchange(delivery.id, delivery.request, response, delivery.retries)
        self._evidence.answered(exchange, delivery.attempts)
        for observer in self.observers:
            observer(exchange)
        return exchange

    async def _failure(self, delivery: Delivery) -> NoResponse:
        """Record that a delivery failed; open the circuit if the target seems to be down."""
        request, outcome = delivery.request, delivery.attempts[-1].outcome
        times = f", {delivery.retries + 1} times" if delivery.retries else ""
        failure = f"{in_words(outcome)}{times}"
        self._evidence.unanswered(delivery.id, request, failure, delivery.attempts)
        if self.circuit_breaker.failed() and not await self._is_up():
            self.circuit_breaker.open_as_down(failure)
        return NoResponse(
            f"{request.method} {request.path.partition('?')[0]}: {failure}",
            may_have_acted=may_have_acted(outcome),
        )

    async def _is_up(self) -> bool:
        """Return whether the target still serves the list, and fails on some requests only."""
        if self._refuses_because():
            return True
        probe = Delivery(self._next_id(), self._list_request())
        outcome = await self._attempt(probe.request, probe.id)
        probe.attempts.append(Attempt(probe.request, outcome, self.clock.now))
        if is_failure(outcome):
            self._evidence.unanswered(probe.id, probe.request, in_words(outcome), probe.attempts)
            return False
        if isinstance(outcome, Response):
            exchange = Exchange(probe.id, probe.request, outcome)
            self._evidence.answered(exchange, probe.attempts)
        self.circuit_breaker.succeeded()
        return True

    async def _renew(self, delivery: Delivery, used: Target) -> bool:
        """Return whether there are new credentials for a request that was refused.

        It can be sent again: what a server refused for its credentials was not done.
        """
        outcome = delivery.attempts[-1].outcome
        if not self.renewal.may_be_expiry(delivery.request, outcome):
            return False

        async def status_of_list() -> int:
            return (await self._send(self._list_request(), renews=False)).status

        try:
            return await self.renewal.renew(used, status_of_list, self.budget.time_left)
        except CantTell as problem:
            self._evidence.unanswered(
                delivery.id, delivery.request, problem.reason, delivery.attempts
            )
            if not isinstance(problem, NoResponse):
                self.circuit_breaker.open(problem.reason)
            raise

    def _list_request(self) -> Request:
        return Request("GET", self.target.order_path, (("Accept", "application/json"),))

    def _next_id(self) -> str:
        self._numbers[self.current_test] += 1
        return f"{self.current_test}#{self._numbers[self.current_test]}"
