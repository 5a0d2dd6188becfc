"""How much memory the answers of a run take: those that anything still refers to."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from order_conformance.http.exchange import Response

LARGEST_MEMORY = 100 * 1024 * 1024
"""Bytes from which on a run ends: with all else that it needs, it keeps below 300 MB."""

MOST_CONTAINERS = 500_000
"""Lists and objects in one answer that are read: a few bytes each on the wire, many here."""

CONTAINER = 72
"""Bytes that an empty list or object takes, at least."""


class ResponseMemory:
    """Adds up what answers take until they are gone."""

    def __init__(self) -> None:
        """Hold nothing."""
        self.bytes = 0

    def add(self, response: Response) -> None:
        """Count an answer for as long as it lives: its bytes, and what is read out of them."""
        size = 2 * len(response.body) + CONTAINER * containers(response.body)
        self.bytes += size
        weakref.finalize(response, self._release, size).atexit = False

    @property
    def is_full(self) -> bool:
        """Whether nothing more should be asked for."""
        return self.bytes > LARGEST_MEMORY

    def _release(self, size: int) -> None:
        self.bytes -= size


def containers(body: bytes) -> int:
    """Count the lists and objects that a body may hold."""
    return body.count(b"[") + body.count(b"{")
