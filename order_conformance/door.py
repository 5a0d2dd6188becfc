"""The one door: every request of a run goes out here and nowhere else.

It bounds what a request may cost (time, size, retries, budget), keeps the key at home
(same origin only), and turns trouble on the way into ``CantTell``: an outage is never a
finding about the server.
"""

from __future__ import annotations

import asyncio
import random
import ssl
import time
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx

from order_conformance import __version__
from order_conformance.exchange import Answer, Exchange, Request
from order_conformance.outcomes import CantTell, UsageProblem
from order_conformance.retries import (
    LONGEST_PAUSE,
    SAFE_METHODS,
    Pause,
    Trouble,
    pause_before_retry,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from order_conformance.evidence import EvidenceLog
    from order_conformance.target import Target

LARGEST_ANSWER = 16 * 1024 * 1024
"""Bytes of a decoded body that are read before the door hangs up."""

LONGEST_REQUEST = 30.0
"""Seconds that one request may take in all, however slowly its answer drips."""

MOST_REDIRECTS = 5
MOST_FAILURES_IN_A_ROW = 3
CONNECTIONS = 8
IDLE_CONNECTION = 2.0
"""Seconds after which an idle connection is not used again: servers hang up after some five."""

REDIRECTS = frozenset({301, 302, 307, 308})


class Door:
    """Sends requests to the target, one at a time or several together, and keeps the evidence."""

    def __init__(self, target: Target, evidence: EvidenceLog, seed: int) -> None:
        """Prepare the connection pool; nothing is sent yet.

        Raises:
            UsageProblem: the certificate files of the target cannot be used.
        """
        self.target = target
        self.requests = 0
        self.current_test = "run"
        self.gave_up: str | None = None
        self.watchers: list[Callable[[Exchange], None]] = []
        self._evidence = evidence
        self._random = random.Random(seed)  # noqa: S311 - spreads retries, guards nothing
        self._numbers: Counter[str] = Counter()
        self._failures_in_a_row = 0
        self._began = time.monotonic()
        self._next_slot = 0.0
        self._runner = asyncio.Runner()
        timeout = httpx.Timeout(target.timeout, connect=min(5.0, target.timeout))
        self._client = httpx.AsyncClient(
            verify=_tls(target),
            timeout=timeout,
            limits=httpx.Limits(
                max_connections=CONNECTIONS,
                max_keepalive_connections=CONNECTIONS,
                keepalive_expiry=IDLE_CONNECTION,
            ),
            # Proxies of the environment are for the way out, not for this machine.
            trust_env=not target.is_loopback,
        )
        self._client.headers.clear()
        self._client.headers["User-Agent"] = f"order-conformance/{__version__}"
        self._client.headers["Accept-Encoding"] = "gzip"

    def send(self, request: Request) -> Exchange:
        """Send one request and return its exchange.

        Raises:
            CantTell: no usable answer, whatever the reason; the reason is in its text.
        """
        return self._runner.run(self._send(request))

    def send_together(self, requests: Sequence[Request]) -> list[Exchange]:
        """Send requests at the same time; the exchanges come in the order of the requests.

        Raises:
            CantTell: one of them brought no usable answer (the others are in the evidence).
        """
        results = self._runner.run(self._send_all(requests))
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return [result for result in results if isinstance(result, Exchange)]

    def wait(self, seconds: float) -> None:
        """Let time pass at the target, between two looks at something that may lag."""
        self._runner.run(asyncio.sleep(seconds))

    def close(self) -> None:
        """Close every connection; safe to call twice."""
        if not self._client.is_closed:
            self._runner.run(self._close())
        self._runner.close()

    async def _close(self) -> None:
        # An interrupted request is still under way; its connection must not outlive the pool.
        under_way = asyncio.all_tasks() - {asyncio.current_task()}
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        await self._client.aclose()

    async def _send_all(self, requests: Sequence[Request]) -> list[Exchange | BaseException]:
        return await asyncio.gather(*map(self._send, requests), return_exceptions=True)

    async def _send(self, request: Request) -> Exchange:
        self._numbers[self.current_test] += 1
        exchange_id = f"{self.current_test}#{self._numbers[self.current_test]}"
        retries, hops, waited = 0, 0, 0.0
        sent = request
        while True:
            self._check_budget()
            outcome = await self._attempt(sent)
            if isinstance(outcome, Answer):
                self._failures_in_a_row = 0
                location = self._redirect_within_origin(sent, outcome)
                if location is not None and hops < MOST_REDIRECTS:
                    hops += 1
                    sent = replace(sent, path=location)
                    continue
            pause = pause_before_retry(sent, outcome, retries, self._random)
            if pause is None and isinstance(outcome, Answer):
                exchange = Exchange(exchange_id, sent, outcome, retries)
                self._evidence.answered(exchange)
                for watcher in self.watchers:
                    watcher(exchange)
                return exchange
            if not isinstance(pause, Pause) or waited + pause.seconds > LONGEST_PAUSE:
                raise self._give_up_on(exchange_id, sent, outcome, retries)
            waited += pause.seconds
            retries += 1
            await asyncio.sleep(pause.seconds)

    def _give_up_on(
        self, exchange_id: str, request: Request, outcome: Answer | Trouble, retries: int
    ) -> CantTell:
        again = f", {retries + 1} times" if retries else ""
        trouble = (
            f"it answered {outcome.status}{again}"
            if isinstance(outcome, Answer)
            else f"{outcome.words}{again}"
        )
        self._evidence.unanswered(exchange_id, request, trouble)
        self._failures_in_a_row += 1
        if self._failures_in_a_row >= MOST_FAILURES_IN_A_ROW:
            self.gave_up = (
                f"the target gave no usable answer to {self._failures_in_a_row} requests in a row "
                f"({trouble}); nothing more was sent"
            )
        return CantTell(f"{request.method} {request.path.partition('?')[0]}: {trouble}")

    def _check_budget(self) -> None:
        if self.gave_up is not None:
            raise CantTell(self.gave_up)
        budget = self.target.budget
        if self.requests >= budget.requests:
            raise CantTell(
                f"the budget of {budget.requests} requests is spent; raise [budget] requests"
            )
        if time.monotonic() - self._began > budget.minutes * 60:
            raise CantTell(
                f"the budget of {budget.minutes:g} minutes is spent; raise [budget] minutes"
            )

    async def _attempt(self, request: Request) -> Answer | Trouble:
        """Send once; returns the answer or, in words, the trouble on the way."""
        await self._keep_to_the_rate()
        self.requests += 1
        try:
            async with asyncio.timeout(LONGEST_REQUEST):
                return await self._exchange(request)
        except TimeoutError:
            return Trouble(f"no whole answer within {LONGEST_REQUEST:g} s", slow=True)
        except httpx.ConnectTimeout:
            return Trouble(f"no connection to {self.target.base_url} in time", slow=True)
        except httpx.TimeoutException:
            return Trouble(f"no answer within {self.target.timeout:g} s", slow=True)
        except httpx.ConnectError as problem:
            return Trouble(f"cannot connect to {self.target.base_url} ({_words(problem)})")
        except httpx.LocalProtocolError:
            raise  # our own request was no HTTP: nothing the target could help
        except httpx.HTTPError as problem:
            return Trouble(f"the connection failed ({_words(problem)})")

    async def _exchange(self, request: Request) -> Answer | Trouble:
        headers = list(request.headers)
        if request.with_key and self.target.api_key:
            headers.append((self.target.key_header, self.target.api_key))
        url = httpx.URL(self.target.base_url).copy_with(raw_path=request.path.encode("ascii"))
        began = time.monotonic()
        async with self._client.stream(
            request.method, url, headers=headers, content=request.body
        ) as response:
            body = bytearray()
            async for chunk in response.aiter_bytes(64 * 1024):
                body += chunk
                if len(body) > LARGEST_ANSWER:
                    return Trouble(f"the answer is larger than {LARGEST_ANSWER} bytes", slow=True)
            return Answer(
                status=response.status_code,
                headers=tuple(response.headers.multi_items()),
                body=bytes(body),
                seconds=time.monotonic() - began,
            )

    async def _keep_to_the_rate(self) -> None:
        if self.target.rate_limit is None:
            return
        slot = max(self._next_slot, time.monotonic())
        self._next_slot = slot + 1 / self.target.rate_limit
        await asyncio.sleep(slot - time.monotonic())

    def _redirect_within_origin(self, request: Request, answer: Answer) -> str | None:
        """Return the raw path to follow to; None for creates and for any other origin."""
        location = answer.header("location")
        if request.method not in SAFE_METHODS or answer.status not in REDIRECTS or not location:
            return None
        base = httpx.URL(self.target.base_url)
        try:
            url = base.copy_with(raw_path=request.path.encode("ascii")).join(location)
        except httpx.InvalidURL:
            return None
        same = (url.scheme, url.host, url.port) == (base.scheme, base.host, base.port)
        return url.raw_path.decode("ascii") if same else None


def _tls(target: Target) -> ssl.SSLContext | bool:
    if not target.base_url.startswith("https"):
        return False
    try:
        context = ssl.create_default_context(cafile=target.ca_bundle)
        if target.client_certificate:
            context.load_cert_chain(target.client_certificate, target.client_key)
    except (OSError, ssl.SSLError) as problem:
        raise UsageProblem(
            f"[tls] {target.ca_bundle or target.client_certificate}: cannot be used "
            f"({_words(problem)}); name readable PEM files"
        ) from None
    return context


def _words(problem: BaseException) -> str:
    return str(problem) or type(problem).__name__
