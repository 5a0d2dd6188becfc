"""When a request is sent again, and after how long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from order_conformance.http.exchange import Request, Response, TransportFailure

if TYPE_CHECKING:
    import random

MOST_RETRIES = 5
LONGEST_PAUSE = 60.0
"""Seconds that one request may spend waiting between its attempts."""

FIRST_PAUSE = 0.1

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
TOO_MANY_REQUESTS = 429
UNAVAILABLE = 503
GATEWAY_FAILURE = frozenset({408, 502, UNAVAILABLE, 504, *range(520, 528), 530})
"""Statuses of something in front of the server, or of a server that is not up.

Those from 520 on are no registered statuses: a delivery network says with them that it
could not reach the server.
"""

NOT_DONE = range(300, 500)
"""Statuses by which a server says that it did not do what was asked."""


@dataclass(frozen=True)
class RetryAfter:
    """Send again after so many seconds."""

    seconds: float


@dataclass(frozen=True)
class GiveUp:
    """Do not send again: the trouble stands."""


def is_failure(outcome: Response | TransportFailure) -> bool:
    """Say whether an attempt brought something else than the server's own answer."""
    if isinstance(outcome, TransportFailure):
        return True
    return outcome.status == TOO_MANY_REQUESTS or outcome.status in GATEWAY_FAILURE


def may_have_acted(outcome: Response | TransportFailure) -> bool:
    """Say whether the target may have done what the request asked, for all that is known.

    An answer of 429 or 503 says that it did not; a lost connection, or a gateway that lost
    its own, leaves it open (RFC 9110 section 9.2.2).
    """
    if isinstance(outcome, Response):
        return outcome.status not in {TOO_MANY_REQUESTS, UNAVAILABLE}
    return outcome.sent


def may_have_stored(outcome: Response | TransportFailure) -> bool:
    """Say whether a create may have left an order behind: it was not plainly refused."""
    if isinstance(outcome, Response) and not is_failure(outcome):
        return outcome.status not in NOT_DONE
    return may_have_acted(outcome)


def pause_before_retry(
    request: Request, outcome: Response | TransportFailure, retries: int, chance: random.Random
) -> RetryAfter | GiveUp | None:
    """Decide what follows an attempt; None means that the answer is the server's own.

    A create is repeated only where it is known that the target did not take it.
    """
    if not is_failure(outcome):
        return None
    most = 1 if isinstance(outcome, TransportFailure) and outcome.slow else MOST_RETRIES
    if retries >= most or (request.method not in SAFE_METHODS and may_have_acted(outcome)):
        return GiveUp()
    asked = retry_after(outcome) if isinstance(outcome, Response) else None
    if asked is not None:
        return RetryAfter(asked)
    return RetryAfter(FIRST_PAUSE * 2**retries * (1 + chance.random() / 2))


def retry_after(response: Response) -> float | None:
    """Read Retry-After as seconds from the answer on (RFC 9110 section 10.2.3)."""
    value = (response.header("retry-after") or "").strip()
    if value.isdecimal() and value.isascii():
        return float(value) if len(value) < 7 else float("inf")  # noqa: PLR2004 - ten days
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.fromisoformat(response.at)).total_seconds())
