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
GATEWAY_TROUBLE = frozenset({408, 502, UNAVAILABLE, 504, *range(520, 528), 530})
"""Statuses of something in front of the server, or of a server that is not up.

Those from 520 on are no registered statuses: a delivery network says with them that it
could not reach the server.
"""

NOT_DONE = range(300, 500)
"""Statuses by which a server says that it did not do what was asked."""


@dataclass(frozen=True)
class Trouble:
    """Why an attempt brought no answer, in words.

    Attributes:
        words: the reason, to end a sentence.
        slow: time or patience ran out; more attempts would cost as much again.
        sent: whether the target may have seen the request.
        seconds: how long it took to turn out.
    """

    words: str
    slow: bool = False
    sent: bool = True
    seconds: float = 0.0


@dataclass(frozen=True)
class Attempt:
    """One attempt at a request, its outcome, and the reading of the clock at its end."""

    request: Request
    outcome: Answer | Trouble
    clock: float


@dataclass(frozen=True)
class Pause:
    """Send again after so many seconds."""

    seconds: float


@dataclass(frozen=True)
class NoUse:
    """Do not send again: the trouble stands."""


def is_trouble(outcome: Answer | Trouble) -> bool:
    """Say whether an attempt brought something else than the server's own answer."""
    if isinstance(outcome, Trouble):
        return True
    return outcome.status == TOO_MANY_REQUESTS or outcome.status in GATEWAY_TROUBLE


def may_have_acted(outcome: Answer | Trouble) -> bool:
    """Say whether the target may have done what the request asked, for all that is known.

    An answer of 429 or 503 says that it did not; a lost connection, or a gateway that lost
    its own, leaves it open (RFC 9110 section 9.2.2).
    """
    if isinstance(outcome, Answer):
        return outcome.status not in {TOO_MANY_REQUESTS, UNAVAILABLE}
    return outcome.sent


def may_have_stored(outcome: Answer | Trouble) -> bool:
    """Say whether a create may have left an order behind: it was not plainly refused."""
    if isinstance(outcome, Answer) and not is_trouble(outcome):
        return outcome.status not in NOT_DONE
    return may_have_acted(outcome)


def pause_before_retry(
    request: Request, outcome: Answer | Trouble, retries: int, chance: random.Random
) -> Pause | NoUse | None:
    """Decide what follows an attempt; None means that the answer is the server's own.

    A create is repeated only where it is known that the target did not take it.
    """
    if not is_trouble(outcome):
        return None
    most = 1 if isinstance(outcome, Trouble) and outcome.slow else MOST_RETRIES
    if retries >= most or (request.method not in SAFE_METHODS and may_have_acted(outcome)):
        return NoUse()
    asked = retry_after(outcome) if isinstance(outcome, Answer) else None
    if asked is not None:
        return Pause(asked)
    return Pause(FIRST_PAUSE * 2**retries * (1 + chance.random() / 2))


def retry_after(answer: Answer) -> float | None:
    """Read Retry-After as seconds from the answer on (RFC 9110 section 10.2.3)."""
    value = (answer.header("retry-after") or "").strip()
    if value.isdecimal() and value.isascii():
        return float(value) if len(value) < 7 else float("inf")  # noqa: PLR2004 - ten days
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.fromisoformat(answer.at)).total_seconds())
