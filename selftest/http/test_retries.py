"""What follows an attempt: the response is final, it is sent again, or the request gives up."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest

from order_conformance.http.exchange import Request, Response, TransportFailure
from order_conformance.http.retries import Final, GiveUp, RetryAfter, decide_retry, retry_after
from selftest.support.engine_parts import ORDERS

if TYPE_CHECKING:
    from order_conformance.http.retries import RetryDecision

GET, POST = Request("GET", ORDERS), Request("POST", ORDERS, (), b"{}")
LOST, REFUSED, SLOW = (
    TransportFailure("lost"),
    TransportFailure("refused", sent=False),
    TransportFailure("slow", slow=True),
)
OK, BUSY, DOWN, BAD_GATEWAY = (Response(s, (), b"", 0) for s in (200, 429, 503, 502))


def decide(
    request: Request,
    outcome: Response | TransportFailure,
    *,
    retries: int = 0,
    patience: float = 60,
) -> RetryDecision:
    """Decide with a fixed seed."""
    return decide_retry(
        request, outcome, retries=retries, patience=patience, chance=random.Random(1)
    )


def busy(retry_after: str) -> Response:
    """Return a 429 with a Retry-After."""
    return Response(429, (("Retry-After", retry_after),), b"", 0)


@pytest.mark.parametrize(
    ("request_", "outcome", "retries", "follows"),
    [
        (GET, OK, 0, Final),
        (GET, Response(500, (), b"", 0), 0, Final),
        (POST, Response(500, (), b"", 0), 0, Final),
        (GET, BUSY, 0, RetryAfter),
        (GET, DOWN, 4, RetryAfter),
        (GET, DOWN, 5, GiveUp),
        (GET, BAD_GATEWAY, 0, RetryAfter),
        (GET, Response(522, (), b"", 0), 0, RetryAfter),
        (GET, LOST, 0, RetryAfter),
        (GET, SLOW, 0, RetryAfter),
        (GET, SLOW, 1, GiveUp),
        (POST, BUSY, 0, RetryAfter),
        (POST, DOWN, 0, RetryAfter),
        (POST, REFUSED, 0, RetryAfter),
        (POST, BAD_GATEWAY, 0, GiveUp),
        (POST, LOST, 0, GiveUp),
        (POST, SLOW, 0, GiveUp),
    ],
)
def test_what_follows_an_attempt(
    request_: Request, outcome: Response | TransportFailure, retries: int, follows: type
) -> None:
    """Reads are repeated after any failure, creates only if the target cannot have acted."""
    assert isinstance(decide(request_, outcome, retries=retries), follows)


def test_a_final_decision_holds_the_response() -> None:
    """The client keeps it without another look at the outcome."""
    assert decide(GET, OK) == Final(OK)


def test_pauses_double_and_are_spread() -> None:
    """Each is at least twice the first one before it, and at most half as long again."""
    for retries in range(5):
        decision = decide(GET, BUSY, retries=retries)
        assert isinstance(decision, RetryAfter)
        assert 0.1 * 2**retries <= decision.seconds <= 0.15 * 2**retries


def test_retry_after_is_the_pause_unless_it_exceeds_the_patience() -> None:
    """A longer pause would outlast the request's share of the time, or the budget."""
    assert decide(GET, busy("7"), patience=7) == RetryAfter(7)
    assert decide(GET, busy("8"), patience=7) == GiveUp()
    assert decide(GET, BUSY, patience=0) == GiveUp()


@pytest.mark.parametrize(("value", "seconds"), [("0", 0), ("7", 7), (" 30 ", 30)])
def test_retry_after_in_seconds(value: str, seconds: float) -> None:
    """Whole seconds are read as they are."""
    assert retry_after(busy(value)) == seconds


def test_retry_after_as_a_date() -> None:
    """A date counts from the response; one in the past means at once."""
    now = datetime.now(UTC)
    later = retry_after(busy(format_datetime(now + timedelta(seconds=90), usegmt=True)))
    assert later is not None
    assert 80 < later <= 90
    assert retry_after(busy(format_datetime(now - timedelta(days=1), usegmt=True))) == 0


@pytest.mark.parametrize("value", ["", "soon", "-5", "1.5", "٣", "Wed, 99 Foo 2020", "1e9"])
def test_an_invalid_retry_after_is_ignored(value: str) -> None:
    """It neither fails nor makes the run wait."""
    assert retry_after(busy(value)) is None


def test_a_missing_retry_after_is_none() -> None:
    """The pause is then our own choice."""
    assert retry_after(BUSY) is None


def test_a_retry_after_of_any_length_is_read() -> None:
    """It exceeds any patience."""
    assert retry_after(busy("9" * 400)) == float("inf")
