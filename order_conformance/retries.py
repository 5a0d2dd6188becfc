"""When a request is sent again, and after how long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from order_conformance.exchange import Answer, Request

if TYPE_CHECKING:
    import random

MOST_RETRIES = 5
LONGEST_PAUSE = 60.0
"""Seconds that one request may spend waiting between its attempts."""

FIRST_PAUSE = 0.1

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
TOO_MANY_REQUESTS = 429
UNAVAILABLE = 503
GATEWAY_TROUBLE = frozenset({408, 502, UNAVAILABLE, 504})
"""Statuses of something in front of the server, or of a server that is not up."""


@dataclass(frozen=True)
class Trouble:
    """Why an attempt brought no answer, in words; ``slow`` when time ran out."""

    words: str
    slow: bool = False


@dataclass(frozen=True)
class Pause:
    """Send again after so many seconds."""

    seconds: float


@dataclass(frozen=True)
class NoUse:
    """Do not send again: the trouble stands."""


def pause_before_retry(
    request: Request, outcome: Answer | Trouble, retries: int, chance: random.Random
) -> Pause | NoUse | None:
    """Decide what follows an attempt; None means that the answer is the server's own.

    A create is repeated only where the server says that it did not take it (429, 503):
    after a lost connection nobody knows (RFC 9110 section 9.2.2).
    """
    safe, most = request.method in SAFE_METHODS, MOST_RETRIES
    if isinstance(outcome, Answer):
        if outcome.status != TOO_MANY_REQUESTS and outcome.status not in GATEWAY_TROUBLE:
            return None
        may_repeat = safe or outcome.status in {TOO_MANY_REQUESTS, UNAVAILABLE}
        asked = retry_after(outcome)
    else:
        may_repeat, asked = safe, None
        most = 1 if outcome.slow else MOST_RETRIES
    if not may_repeat or retries >= most:
        return NoUse()
    if asked is not None:
        return Pause(asked)
    return Pause(FIRST_PAUSE * 2**retries * (1 + chance.random() / 2))


def retry_after(answer: Answer) -> float | None:
    """Read Retry-After as seconds from now, whole seconds or a date (RFC 9110 section 10.2.3)."""
    value = (answer.header("retry-after") or "").strip()
    if value.isdecimal() and value.isascii():
        return float(value) if len(value) < 7 else float("inf")  # noqa: PLR2004 - ten days
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
