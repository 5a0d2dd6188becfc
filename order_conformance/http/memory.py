"""How much memory the responses of a run take: those that something still refers to."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from order_conformance.http.exchange import Response

LARGEST_MEMORY = 100 * 1024 * 1024
"""Bytes of responses at which a run ends, so that the whole process stays below 300 MB."""

MOST_CONTAINERS = 500_000
"""Lists and objects that one response may hold: each takes a few bytes on the wire, and far more
once it is parsed."""

CONTAINER = 72
"""Bytes that an empty list or object takes at least."""


class ResponseMemory:
    """Adds up the sizes of responses for as long as they exist."""

    def __init__(self) -> None:
        """Start with no response."""
        self.bytes = 0

    def add(self, response: Response) -> None:
        """Count the body of a response, and its parsed JSON, until the response is deleted."""
        size = 2 * len(response.body) + CONTAINER * containers(response.body)
        self.bytes += size
        weakref.finalize(response, self._release, size).atexit = False

    @property
    def is_full(self) -> bool:
        """Whether no more responses should be requested."""
        return self.bytes > LARGEST_MEMORY

    def _release(self, size: int) -> None:
        self.bytes -= size


def containers(body: bytes) -> int:
    """Count the lists and objects that a body may hold."""
    return body.count(b"[") + body.count(b"{")
