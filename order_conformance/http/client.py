"""The one door: every request of a run goes out here and nowhere else.

It bounds what a request may cost (time, size, retries, budget), keeps the key at home
(same origin only), and turns trouble on the way into ``CantTell``: an outage is never a
finding about the server.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import httpx

from order_conformance.core.clock import Clock
from order_conformance.core.outcomes import CantTell
from order_conformance.http.credential_renewal import CredentialRenewal
from order_conformance.http.exchange import Attempt, Exchange, Request, Response, TransportFailure
from order_conformance.http.memory import LARGEST_MEMORY, ResponseMemory
from order_conformance.http.rate_limiter import AdaptiveRateLimiter
from order_conformance.http.retries import (
    LONGEST_PAUSE,
    SAFE_METHODS,
    TOO_MANY_REQUESTS,
    UNAVAILABLE,
    RetryAfter,
    is_failure,
    may_have_acted,
    may_have_stored,
    pause_before_retry,
    retry_after,
)
from order_conformance.http.transport import HttpTransport

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from order_conformance.http.transport import Transport
    from order_conformance.target.model import Target

MOST_REDIRECTS = 5
MOST_FAILURES_IN_A_ROW = 3
MOST_TIME_LOST = 180.0
"""Seconds that a run may wait, in all, for answers that do not come."""

REDIRECTS = frozenset({301, 302, 303, 307, 308})


class NoResponse(CantTell):
    """A request brought no usable answer; ``may_have_acted``: the target may have served it."""

    def __init__(self, reason: str, *, may_have_acted: bool) -> None:
        """Keep what is known of the request's fate beside the reason."""
        super().__init__(reason)
        self.may_have_acted = may_have_acted


class ExchangeLog(Protocol):
    """Where exchanges are written down."""

    def answered(self, exchange: Exchange, attempts: Sequence[Attempt] = ()) -> None:
        """Record a request with its response, and the attempts that came before it."""

    def unanswered(
        self, exchange_id: str, request: Request, failure: str, attempts: Sequence[Attempt] = ()
    ) -> None:
        """Record a request that brought no usable response, with the reason."""


class HttpClient:
    """Sends requests to the target, one at a time or several together, and keeps the evidence."""

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

        A replay brings a carrier that knows every answer, and a clock for which nobody waits.

        Raises:
            UsageProblem: the certificate files of the target cannot be used.
        """
        self.renewal = CredentialRenewal(target)
        self.requests = 0
        self.orders = 0
        self.current_test = "run"
        self.gave_up: str | None = None
        self.observers: list[Callable[[Exchange], None]] = []
        self._evidence = evidence
        self._random = random.Random(seed)  # noqa: S311 - spreads retries, guards nothing
        self._numbers: Counter[str] = Counter()
        self._failures_in_a_row = 0
        self._time_lost = 0.0
        self.clock = clock or Clock()
        self._memory = ResponseMemory()
        self.rate_limiter = AdaptiveRateLimiter(target.rate_limit, sleep=self.clock.pause)
        self._transport: Transport = transport or HttpTransport(target)
        self._runner = asyncio.Runner()

    @property
    def target(self) -> Target:
        """The target with the credentials of now."""
        return self.renewal.target

    def send(self, request: Request) -> Exchange:
        """Send one request and return its exchange.

        Raises:
            CantTell: no usable answer, whatever the reason; the reason is in its text.
        """
        return self._runner.run(self._send(request))

    def send_together(self, requests: Sequence[Request]) -> list[Exchange | CantTell]:
        """Send requests at the same time; what became of each comes in their order."""
        results = self._runner.run(self._send_all(requests))
        for result in results:
            if isinstance(result, BaseException) and not isinstance(result, CantTell):
                raise result
        return [result for result in results if isinstance(result, Exchange | CantTell)]

    def wait(self, seconds: float) -> None:
        """Let time pass at the target, between two looks at something that may lag."""
        self._runner.run(self.clock.pause(min(seconds, self._time_left())))

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

    def _next_id(self) -> str:
        self._numbers[self.current_test] += 1
        return f"{self.current_test}#{self._numbers[self.current_test]}"

    async def _send(self, request: Request, *, renews: bool = True) -> Exchange:
        exchange_id = self._next_id()
        retries, hops, waited = 0, 0, 0.0
        sent = request
        attempts: list[Attempt] = []
        while True:
            used = self.target
            try:
                self._check_budget()
                outcome = await self._attempt(sent, exchange_id)
            except CantTell as spent:
                if attempts:
                    self._evidence.unanswered(exchange_id, sent, spent.reason, attempts)
                raise
            attempts.append(Attempt(sent, outcome, self.clock.now))
            if isinstance(outcome, Response):
                location = self._redirect_within_origin(sent, outcome)
                if location is not None and hops < MOST_REDIRECTS:
                    hops += 1
                    sent = replace(sent, path=location)
                    continue
            pause = pause_before_retry(sent, outcome, retries, self._random)
            if pause is None and isinstance(outcome, Response):
                self._failures_in_a_row = 0
                if renews and await self._has_renewed(used, exchange_id, attempts):
                    retries += 1
                    continue
                exchange = Exchange(exchange_id, sent, outcome, retries)
                self._evidence.answered(exchange, attempts)
                for observer in self.observers:
                    observer(exchange)
                return exchange
            if not isinstance(pause, RetryAfter) or pause.seconds > min(
                LONGEST_PAUSE - waited, self._time_left()
            ):
                raise await self._give_up_on(exchange_id, attempts, retries)
            waited += pause.seconds
            retries += 1
            await self.rate_limiter.sleep(pause.seconds)

    async def _give_up_on(
        self, exchange_id: str, attempts: list[Attempt], retries: int
    ) -> NoResponse:
        request, outcome = attempts[-1].request, attempts[-1].outcome
        again = f", {retries + 1} times" if retries else ""
        failure = (
            f"it answered {outcome.status}{again}"
            if isinstance(outcome, Response)
            else f"{outcome.words}{again}"
        )
        self._evidence.unanswered(exchange_id, request, failure, attempts)
        self._failures_in_a_row += 1
        if self._failures_in_a_row >= MOST_FAILURES_IN_A_ROW and not await self._is_up():
            self.gave_up = (
                f"the target gave no usable answer to {self._failures_in_a_row} requests in a row "
                f"({failure}); nothing more was sent"
            )
        return NoResponse(
            f"{request.method} {request.path.partition('?')[0]}: {failure}",
            may_have_acted=may_have_acted(outcome),
        )

    async def _has_renewed(self, used: Target, exchange_id: str, attempts: list[Attempt]) -> bool:
        """Renew credentials that have expired; what they refused was not done, and may be again."""
        request, response = attempts[-1].request, attempts[-1].outcome
        if not isinstance(response, Response) or not self.renewal.may_be_expiry(request, response):
            return False

        async def status_of_list() -> int:
            return (await self._send(self._list_request(), renews=False)).status

        try:
            return await self.renewal.has_renewed(used, status_of_list, self._time_left())
        except CantTell as problem:
            self._evidence.unanswered(exchange_id, request, problem.reason, attempts)
            if not isinstance(problem, NoResponse):
                self.gave_up = problem.reason
            raise

    def _list_request(self) -> Request:
        return Request("GET", self.target.order_path, (("Accept", "application/json"),))

    async def _is_up(self) -> bool:
        """Ask for the list: a server that still serves it has trouble with some requests only."""
        if self._spent():
            return True
        request, exchange_id = self._list_request(), self._next_id()
        probe = await self._attempt(request, exchange_id)
        attempts = [Attempt(request, probe, self.clock.now)]
        if is_failure(probe):
            words = (
                probe.words
                if isinstance(probe, TransportFailure)
                else f"it answered {probe.status}"
            )
            self._evidence.unanswered(exchange_id, request, words, attempts)
            return False
        if isinstance(probe, Response):
            self._evidence.answered(Exchange(exchange_id, request, probe), attempts)
        self._failures_in_a_row = 0
        return True

    def check_orders(self, more: int) -> None:
        """Hold so many creates against the budget of orders.

        Raises:
            CantTell: the budget does not reach.
        """
        most = self.target.budget.orders
        if self.orders + more > most:
            raise CantTell(f"the budget of {most} orders is spent; raise [budget] orders")

    def _check_budget(self) -> None:
        spent = self._spent()
        if spent:
            raise CantTell(spent)

    def _spent(self) -> str:
        """Say what ended the run, or is used up; empty if nothing is."""
        budget = self.target.budget
        if self.gave_up is not None:
            return self.gave_up
        if self.requests >= budget.requests:
            return f"the budget of {budget.requests} requests is spent; raise [budget] requests"
        if self._time_left() <= 0:
            return f"the budget of {budget.minutes:g} minutes is spent; raise [budget] minutes"
        return ""

    def _time_left(self) -> float:
        return self.target.budget.minutes * 60 - self.clock.now

    async def _attempt(self, request: Request, exchange_id: str) -> Response | TransportFailure:
        began = await self.rate_limiter.acquire(self._time_left())
        # Others may have spent it while this one waited for its turn.
        self._check_budget()
        creates = request.method == "POST" and request.path == self.target.order_path
        if creates:
            self.check_orders(1)
        self.requests += 1
        self.orders += creates
        credentials = self.target.credentials(with_key=request.with_key)
        outcome = await self._transport.attempt(
            request, credentials, self._time_left(), exchange_id
        )
        self.clock.tick()
        if isinstance(outcome, Response):
            self._memory.add(outcome)
            if self._memory.is_full:
                self.gave_up = (
                    f"the target's answers fill more than {LARGEST_MEMORY >> 20} MB of memory; "
                    "nothing more was sent"
                )
        self.orders -= creates and not may_have_stored(outcome)
        self._adapt_rate(outcome, began)
        if isinstance(outcome, TransportFailure) and outcome.slow:
            self._time_lost += outcome.seconds
            if self._time_lost > max(MOST_TIME_LOST, 6 * self.target.timeout):
                self.gave_up = (
                    f"the run waited {self._time_lost:.0f} s for answers that did not come; "
                    "nothing more was sent"
                )
        return outcome

    def _adapt_rate(self, outcome: Response | TransportFailure, sent: float) -> None:
        """Let the answer decide how fast the run goes on."""
        if not is_failure(outcome):
            self.rate_limiter.succeeded()
        elif isinstance(outcome, Response) and outcome.status in {TOO_MANY_REQUESTS, UNAVAILABLE}:
            asked = retry_after(outcome) or 0.0
            # What is not worth waiting for is for the request alone to give up on.
            is_bearable = asked <= min(LONGEST_PAUSE, self._time_left())
            for_the_rate = outcome.status == TOO_MANY_REQUESTS
            wait = asked if is_bearable else 0.0
            self.rate_limiter.throttled(sent, for_the_rate=for_the_rate, wait=wait)

    def _redirect_within_origin(self, request: Request, response: Response) -> str | None:
        """Return the raw path to follow to; None for creates and for any other origin."""
        location = response.header("location")
        if request.method not in SAFE_METHODS or response.status not in REDIRECTS or not location:
            return None
        base = httpx.URL(self.target.base_url)
        try:
            url = base.copy_with(raw_path=request.path.encode("ascii")).join(location)
        except httpx.InvalidURL:
            return None
        same = (url.scheme, url.host, _port(url)) == (base.scheme, base.host, _port(base))
        return url.raw_path.decode("ascii") if same else None


def _port(url: httpx.URL) -> int | None:
    return url.port or {"http": 80, "https": 443}.get(url.scheme)
