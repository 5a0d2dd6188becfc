"""Polling for a state that the server may show with a delay."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from order_conformance.http.client import HttpClient

FIRST_PAUSE = 0.1
"""Seconds between the first two polls; each further pause is twice as long."""


def poll(client: HttpClient, seconds: float) -> Iterator[int]:
    """Yield the number of each poll, from 0, for this many seconds.

    The last poll is at the end of that time: until then the target may lag and still conform.
    """
    began, pause = client.clock.now, FIRST_PAUSE
    for number in count():
        yield number
        left = began + seconds - client.clock.now
        if left <= 0:
            return
        client.wait(min(pause, left))
        pause *= 2
