"""Whether a request is sent again, and after how long.

Written here because retry libraries do not know whether an order may have been stored: a create
that is repeated after a lost connection could exist twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, TypeAlias

from order_conformance.http.exchange import Request, Response, TransportFailure

if TYPE_CHECKING:
    import random

MOST_RETRIES = 5
LONGEST_PAUSE = 60.0
"""Seconds that one request may spend waiting between its attempts."""

FIRST_PAUSE = 0.1
"""Seconds before the first retry; each further pause is twice as long."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
TOO_MANY_REQUESTS = 429
UNAVAILABLE = 503
GATEWAY_FAILURE = frozenset({408, 502, UNAVAILABLE, 504, *range(520, 528), 530})
"""Statuses sent by something in front of the server, or by a server that is not up.

Those from 520 on are not registered: content delivery networks send them when they cannot reach
the server.
"""

NOT_DONE = range(300, 500)
"""Statuses by which a server says that it did not do what was asked."""


@dataclass(frozen=True)
class Final:
    """Keep the response: it is the server's own."""

    response: Response


@dataclass(frozen=True)
class RetryAfter:
    """Send the request again after this many seconds."""

    seconds: float


@dataclass(frozen=True)
class GiveUp:
    """Report the failure: another attempt would not help, or would not be safe."""


RetryDecision: TypeAlias = Final | RetryAfter | GiveUp


def decide_retry(
    request: Request,
    outcome: Response | TransportFailure,
    *,
    retries: int,
    patience: float,
    chance: random.Random,
) -> RetryDecision:
    """Decide what follows an attempt.

    A create is repeated only where it is known that the target did not act on it.

    Args:
        request: what was sent.
        outcome: what came of it.
        retries: how often it was sent again before.
        patience: seconds that it may wait at most before the next attempt.
        chance: spreads the pauses, so that requests that fail together are not repeated together.
    """
    if isinstance(outcome, Response) and not is_failure(outcome):
        return Final(outcome)
    most = 1 if isinstance(outcome, TransportFailure) and outcome.slow else MOST_RETRIES
    if retries >= most or (request.method not in SAFE_METHODS and may_have_acted(outcome)):
        return GiveUp()
    pause = retry_after(outcome) if isinstance(outcome, Response) else None
    if pause is None:
        pause = FIRST_PAUSE * 2**retries * (1 + chance.random() / 2)
    return RetryAfter(pause) if pause <= patience else GiveUp()


def is_failure(outcome: Response | TransportFailure) -> bool:
    """Return whether an attempt brought anything but a response of the server itself."""
    if isinstance(outcome, TransportFailure):
        return True
    return outcome.status == TOO_MANY_REQUESTS or outcome.status in GATEWAY_FAILURE


def may_have_acted(outcome: Response | TransportFailure) -> bool:
    """Return whether the target may have done what the request asked.

    A 429 or 503 says that it did not. A lost connection, or a gateway that lost its own
    connection, leaves it open (RFC 9110 section 9.2.2).
    """
    if isinstance(outcome, Response):
        return outcome.status not in {TOO_MANY_REQUESTS, UNAVAILABLE}
    return outcome.sent


def may_have_stored(outcome: Response | TransportFailure) -> bool:
    """Return whether a create may have left an order behind: it was not clearly refused."""
    if isinstance(outcome, Response) and not is_failure(outcome):
        return outcome.status not in NOT_DONE
    return may_have_acted(outcome)


def in_words(outcome: Response | TransportFailure) -> str:
    """Return why an attempt failed, to end a sentence."""
    return (
        outcome.words if isinstance(outcome, TransportFailure) else f"it answered {outcome.status}"
    )


def retry_after(response: Response) -> float | None:
    """Return Retry-After in seconds from the response on (RFC 9110 section 10.2.3), or None."""
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
