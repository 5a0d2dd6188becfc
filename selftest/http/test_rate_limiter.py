"""The rate of a run: its fixed limit, and how it adapts to a target that throttles."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest

from order_conformance.core.outcomes import CantTell
from order_conformance.http.exchange import Request, Response, TransportFailure
from order_conformance.http.rate_limiter import LOWEST_RATE, AdaptiveRateLimiter
from selftest.support.engine_parts import ORDERS, client_for
from selftest.support.misbehaving_server import Gateway, Incoming, response_to, serving

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GET = Request("GET", ORDERS)


class Time:
    """A clock that moves only when it is told to, so that no test waits."""

    def __init__(self) -> None:
        """Start at zero."""
        self.now = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now

    async def let_pass(self, seconds: float) -> None:
        """Let time pass, for everything that waits at the same time."""
        until = self.now + seconds
        await asyncio.sleep(0)
        self.now = max(self.now, until)

    def rate_limiter(self, limit: float | None) -> AdaptiveRateLimiter:
        """Return a rate limiter that uses this clock."""
        return AdaptiveRateLimiter(limit, self, self.let_pass)


class Limiter:
    """A gateway with a limit of requests per second."""

    def __init__(self, time: Time, per_second: int, retry_after: float) -> None:
        """Start without requests; ``retry_after`` 0 means that it does not send Retry-After."""
        self.time, self.per_second, self.retry_after = time, per_second, retry_after
        self.let_in: list[float] = []
        self.refused: list[float] = []

    def lets_in(self) -> bool:
        """Return whether a request is let in now."""
        recent = [moment for moment in self.let_in if moment > self.time.now - 1]
        (self.let_in if len(recent) < self.per_second else self.refused).append(self.time.now)
        return len(recent) < self.per_second


def send(
    rate_limiter: AdaptiveRateLimiter, limiter: Limiter, requests: int, *, takes: float = 0.005
) -> None:
    """Send requests one after the other, each until it is let in; an attempt takes some time."""

    async def send_all() -> None:
        for _ in range(requests):
            retries = 0
            while True:
                sent = await rate_limiter.acquire(60)
                limiter.time.now += takes
                if limiter.lets_in():
                    rate_limiter.succeeded()
                    break
                rate_limiter.throttled(sent, for_the_rate=True, wait=limiter.retry_after)
                await limiter.time.let_pass(limiter.retry_after or 0.1 * 2**retries)
                retries += 1

    asyncio.run(send_all())


def sent_at(rate_limiter: AdaptiveRateLimiter, requests: int) -> list[float]:
    """Return the times at which requests that are sent together go out."""

    async def turn() -> float:
        return await rate_limiter.acquire(60)

    async def all_turns() -> list[float]:
        return await asyncio.gather(*(turn() for _ in range(requests)))

    return sorted(asyncio.run(all_turns()))


def test_without_a_limit_nothing_waits() -> None:
    """A target that never throttles is asked as fast as it responds."""
    time = Time()
    assert sent_at(time.rate_limiter(None), 5) == [0, 0, 0, 0, 0]


@pytest.mark.parametrize("limit", [4.0, 0.5])
def test_a_fixed_limit_is_kept_by_parallel_requests_too(limit: float) -> None:
    """They go out one after the other."""
    time = Time()
    assert sent_at(time.rate_limiter(limit), 4) == [number / limit for number in range(4)]


@pytest.mark.parametrize("retry_after", [1.0, 0.0])
def test_throttling_lowers_the_rate_to_what_the_target_sustains(retry_after: float) -> None:
    """After a burst the run goes on at nearly ten requests a second, and is seldom refused."""
    time = Time()
    limiter, rate_limiter = Limiter(time, 10, retry_after), time.rate_limiter(None)
    send(rate_limiter, limiter, 60)
    learned = time.now
    early, limiter.refused = limiter.refused, []
    send(rate_limiter, limiter, 200)
    assert len(early) < 12
    assert len(limiter.refused) <= 6
    assert 200 / 10 < time.now - learned < 200 / 6


def test_the_rate_recovers_slowly() -> None:
    """A target that throttled once gets as many requests as before, after a while."""
    time = Time()
    rate_limiter = time.rate_limiter(20)
    for _ in range(20):
        asyncio.run(turns(rate_limiter, 1))
        rate_limiter.succeeded()
    rate_limiter.throttled(time.now, for_the_rate=True, wait=2)
    lowered = rate_limiter.rate or 0
    assert 5 <= lowered <= 10
    for _ in range(30):
        rate_limiter.succeeded()
    assert lowered < (rate_limiter.rate or 0) < 15
    for _ in range(1000):
        rate_limiter.succeeded()
    assert rate_limiter.rate == 20, "and it never exceeds the limit of the target file"


def test_refusals_of_requests_sent_together_count_once() -> None:
    """Eight requests that were under way at the same time lower the rate once."""
    time = Time()
    rate_limiter = time.rate_limiter(16)
    time.now = 5
    for _ in range(8):
        rate_limiter.throttled(4.9, for_the_rate=True)
    assert rate_limiter.rate == 8


def test_every_request_heeds_retry_after() -> None:
    """Not only the request that was refused waits."""
    time = Time()
    rate_limiter = time.rate_limiter(None)
    rate_limiter.throttled(0, for_the_rate=False, wait=7)
    assert sent_at(rate_limiter, 3)[0] == 7


def test_single_503s_hardly_slow_a_run() -> None:
    """A 503 for one request in ten says little about the rate."""
    time = Time()
    rate_limiter = time.rate_limiter(50)
    for number in range(500):
        if number % 10:
            rate_limiter.succeeded()
        else:
            rate_limiter.throttled(time.now, for_the_rate=False)
        time.now += 0.02
    assert (rate_limiter.rate or 0) > 30


@pytest.mark.parametrize("limit", [None, 3.0, 0.2])
def test_the_rate_has_a_floor(limit: float | None) -> None:
    """So a run ends even if the target only throttles; a lower limit is kept, though."""
    time = Time()
    rate_limiter = time.rate_limiter(limit)
    for _ in range(50):
        time.now += 1
        rate_limiter.throttled(time.now, for_the_rate=True)
    assert rate_limiter.rate == min(LOWEST_RATE, limit or LOWEST_RATE)


def test_no_request_waits_longer_than_the_run_may_take() -> None:
    """Waiting for a slot does not exceed the budget of time."""
    time = Time()
    rate_limiter = time.rate_limiter(None)
    rate_limiter.throttled(0, for_the_rate=True, wait=60)
    assert asyncio.run(rate_limiter.acquire(5)) == 5


def busy(status: int, retry_after: str | None) -> Response:
    """Return a throttling response."""
    return Response(status, (("Retry-After", retry_after),) if retry_after else (), b"", 0)


@pytest.mark.parametrize(
    ("outcome", "rate", "next_at"),
    [
        (Response(200, (), b"", 0), 10, 0),
        (Response(500, (), b"", 0), 10, 0),
        (TransportFailure("lost"), 10, 0),
        (Response(502, (), b"", 0), 10, 0),
        (busy(503, None), 8, 0),
        (busy(429, None), 5, 0),
        (busy(429, "7"), 5, 7),
        (busy(503, "7"), 8, 7),
        (busy(429, "61"), 5, 0),
    ],
)
def test_the_rate_adapts_to_an_outcome(
    outcome: Response | TransportFailure, rate: float, next_at: float
) -> None:
    """429 and 503 lower it; others wait for Retry-After, unless it is too long for anybody."""
    rate_limiter = Time().rate_limiter(10)
    rate_limiter.adapt(outcome, 0, longest_wait=60)
    assert rate_limiter.rate == rate
    assert sent_at(rate_limiter, 1) == [next_at]


def in_ten_seconds() -> str:
    """Return the date that is about ten seconds away."""
    return format_datetime(datetime.now(UTC) + timedelta(seconds=10), usegmt=True)


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
@pytest.mark.parametrize(
    ("retry_after", "least"), [(lambda: "10", 10), (in_ten_seconds, 8), (None, 0)]
)
def test_the_client_sends_more_slowly_after_throttling(
    tmp_path: Path, status: str, retry_after: Callable[[], str] | None, least: float
) -> None:
    """All requests wait for as long as the refusal says, and are sent at a lower rate then."""
    time = Time()
    told = [f"Retry-After: {retry_after()}"] if retry_after else []
    seen: list[float] = []

    async def once_too_often(_: Gateway, __: Incoming, writer: asyncio.StreamWriter) -> None:
        seen.append(time.now)
        refuses = len(seen) == 1
        writer.write(response_to(status, b"", *told) if refuses else response_to("200 OK", b"{}"))

    with serving(once_too_often) as (base_url, _), client_for(base_url, tmp_path) as client:
        client.rate_limiter = time.rate_limiter(20)
        client.send(GET)
        assert (client.rate_limiter.rate or 0) < 18
        answered = client.send_together([GET] * 4)
    assert not any(isinstance(each, CantTell) for each in answered)
    assert all(moment >= least for moment in seen[1:])
    assert (seen[-1] - seen[1]) / 4 > 1 / 20


def test_a_target_that_always_throttles_ends_the_run(tmp_path: Path) -> None:
    """A 429 that persists is cantTell, in bounded time, and never a finding."""
    time = Time()

    async def refuse(_: Gateway, __: Incoming, writer: asyncio.StreamWriter) -> None:
        writer.write(response_to("429 Too Many Requests", b"", "Retry-After: 5"))

    with serving(refuse) as (base_url, gateway), client_for(base_url, tmp_path) as client:
        client.rate_limiter = time.rate_limiter(None)
        for _ in range(5):
            with pytest.raises(CantTell, match="429"):
                client.send(GET)
        assert client.circuit_breaker.open_because is not None
    assert len(gateway.requests) < 20
    assert time.now < 200


async def turns(rate_limiter: AdaptiveRateLimiter, count: int) -> None:
    """Wait for slots one after the other."""
    for _ in range(count):
        await rate_limiter.acquire(60)
