"""Waiting for what may lag: look, wait, look again, until its time is over."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from order_conformance.http.client import HttpClient

FIRST_PAUSE = 0.1
"""Seconds between the first two looks; each further pause is twice as long."""


def poll(door: HttpClient, seconds: float) -> Iterator[int]:
    """Yield the number of each look, from 0.

    The last look is at the end of the time: until then the target may lawfully lag.
    """
    began, pause = door.clock.now, FIRST_PAUSE
    for number in count():
        yield number
        left = began + seconds - door.clock.now
        if left <= 0:
            return
        door.wait(min(pause, left))
        pause *= 2
