"""Another client of the same account, which keeps creating orders of its own."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterator

ORDER = {"patient": {"id": 1235}, "orderItems": [{"item": {"id": 1001}, "count": 3}]}
ORDERS = "/api/v3/order"


@contextmanager
def neighbour(base_url: str, key: str | None, every: float) -> Iterator[list[int]]:
    """Create an order every ``every`` seconds; yield the ids of those created so far."""
    created: list[int] = []
    over = threading.Event()
    headers = {} if key is None else {"Impilo-API-Key": key}

    def work() -> None:
        with httpx.Client(base_url=base_url, headers=headers, timeout=10) as client:
            while not over.wait(every):
                created.append(client.post(ORDERS, json=ORDER).json()["id"])

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield created
    finally:
        over.set()
        thread.join()
