"""The circuit breaker: what opens it, and what keeps it closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from order_conformance.core.outcomes import CantTell
from order_conformance.http.circuit_breaker import (
    MOST_FAILURES_IN_A_ROW,
    MOST_TIME_LOST,
    CircuitBreaker,
)
from order_conformance.http.exchange import Request, Response, TransportFailure
from order_conformance.http.memory import LARGEST_MEMORY
from selftest.support.engine_parts import ORDERS, client_for
from selftest.support.misbehaving_server import FINE, Incoming, Script, serving

if TYPE_CHECKING:
    from pathlib import Path

GET, POST = Request("GET", ORDERS), Request("POST", ORDERS, (), b"{}")


def reason(breaker: CircuitBreaker) -> str:
    """Return why it is open; empty while it is closed."""
    return breaker.open_because or ""


def test_it_starts_closed_and_opens_with_a_reason() -> None:
    """The reason says that it is open; the latest one stays."""
    breaker = CircuitBreaker(timeout=1)
    assert not reason(breaker)
    breaker.open("the key has expired")
    assert reason(breaker) == "the key has expired"
    breaker.open("the target cannot be reached")
    assert reason(breaker) == "the target cannot be reached"


def test_failures_in_a_row_put_the_target_in_doubt() -> None:
    """Any usable response in between starts the count anew."""
    breaker = CircuitBreaker(timeout=1)
    assert not any(breaker.failed() for _ in range(MOST_FAILURES_IN_A_ROW - 1))
    breaker.succeeded()
    assert not any(breaker.failed() for _ in range(MOST_FAILURES_IN_A_ROW - 1))
    assert breaker.failed()
    assert not reason(breaker), "the client asks for the list first"
    breaker.open_as_down("it answered 503")
    assert reason(breaker) == (
        "the target gave no usable response to 3 requests in a row (it answered 503); "
        "nothing more was sent"
    )


@pytest.mark.parametrize(("timeout", "most"), [(10, MOST_TIME_LOST), (60, 360)])
def test_time_lost_opens_it(timeout: float, most: float) -> None:
    """Only slow failures count, and a long time-out leaves time for several of them."""
    breaker = CircuitBreaker(timeout)
    breaker.record(TransportFailure("lost", seconds=1000))
    breaker.record(Response(200, (), b"", 1000))
    breaker.record(TransportFailure("slow", slow=True, seconds=most))
    assert not reason(breaker)
    breaker.record(TransportFailure("slow", slow=True, seconds=1))
    assert f"waited {most + 1:.0f} s" in reason(breaker)


def test_memory_opens_it() -> None:
    """As soon as the responses that are still referred to take too much."""
    breaker = CircuitBreaker(timeout=1)
    for _ in range(3):
        breaker.record(Response(200, (), bytes(LARGEST_MEMORY // 3), 0))
        assert not reason(breaker)
    kept = [Response(200, (), bytes(LARGEST_MEMORY // 3), 0) for _ in range(2)]
    for response in kept:
        breaker.record(response)
    assert "MB of memory" in reason(breaker)


def test_a_target_that_still_serves_the_list_keeps_it_closed(tmp_path: Path) -> None:
    """Some requests may make a server fail; the others are judged nevertheless."""

    def by_method(request: Incoming) -> bytes:
        return b"" if request.is_create else FINE

    with serving(Script(by_method)) as (base_url, _), client_for(base_url, tmp_path) as client:
        for _attempt in range(4):
            with pytest.raises(CantTell):
                client.send(POST)
        assert client.circuit_breaker.open_because is None
        assert client.send(GET).status == 200


def test_a_target_that_is_down_opens_it(tmp_path: Path) -> None:
    """After three requests without a response nothing more is sent."""
    with serving(Script(b"")) as (base_url, gateway), client_for(base_url, tmp_path) as client:
        for _attempt in range(3):
            with pytest.raises(CantTell):
                client.send(POST)
        sent = len(gateway.requests)
        with pytest.raises(CantTell, match="nothing more was sent"):
            client.send(GET)
        assert len(gateway.requests) == sent
