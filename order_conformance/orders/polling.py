"""Waiting for what may lag: look, wait, look again, until its time is over."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from order_conformance.http.client import HttpClient

FIRST_PAUSE = 0.1
"""Seconds between the first two looks; each further pause is twice as long."""


def poll(client: HttpClient, seconds: float) -> Iterator[int]:
    """Yield the number of each look, from 0.

    The last look is at the end of the time: until then the target may lawfully lag.
    """
    began, pause = client.clock.now, FIRST_PAUSE
    for number in count():
        yield number
        left = began + seconds - client.clock.now
        if left <= 0:
            return
        client.wait(min(pause, left))
        pause *= 2
