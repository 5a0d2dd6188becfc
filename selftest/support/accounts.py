"""The reference server with an account of any size, and with any latency.

``python -m selftest.support.accounts N [--latency MS] [TWIN ...]``. The orders of its history
are generated when they are requested, so a million of them cost nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, overload

import reference.server.core
from reference import running
from reference.application import create_app
from reference.database import Database
from reference.history import past_order
from reference.settings import Settings
from selftest.support.misbehaving_runs import KEY, ROOT

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from reference.model import Order


class Ids(Sequence[int]):
    """The ids from 1 to a number, followed by some more, without storing the first ones."""

    def __init__(self, history: Sequence[int], later: Sequence[int]) -> None:
        """Join the ids of the history and those of later orders."""
        self._history, self._later = history, later

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._history) + len(self._later)

    @overload
    def __getitem__(self, place: int) -> int: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[int]: ...
    def __getitem__(self, place: Any) -> Any:
        """Return one id, or those of a slice; a reversal of all of them is not stored either."""
        if isinstance(place, slice) and place == slice(None, None, -1):
            return Ids(self._later[::-1], self._history[::-1])
        places = range(len(self))[place]
        return self._at(places) if isinstance(places, int) else [self._at(at) for at in places]

    def _at(self, place: int) -> int:
        held = len(self._history)
        return self._history[place] if place < held else self._later[place - held]


class LongDatabase(Database):
    """Contains a history without storing it; later orders are stored as usual."""

    length = 0

    def ids(self) -> Any:
        """Return the id of each order, oldest first."""
        return Ids(range(1, self.length + 1), super().ids())

    def get(self, order_id: int) -> Order | None:
        """Return the order with this id, or None."""
        if 1 <= order_id <= self.length:
            return past_order(order_id - 1, order_id)
        return super().get(order_id)

    def highest_id(self) -> int:
        """Return the highest id in use."""
        return max(self.length, super().highest_id())


class Latency:
    """Delays each response; any number of requests is served at the same time."""

    def __init__(self, app: ASGIApp, milliseconds: int) -> None:
        """Wrap an application."""
        self._app, self._seconds = app, milliseconds / 1000

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait, and then serve the request."""
        if scope["type"] == "http":
            await asyncio.sleep(self._seconds)
        await self._app(scope, receive, send)


@contextmanager
def account_of(orders: int, *options: str) -> Iterator[str]:
    """Serve an account with this many orders; yield the base URL."""
    process = subprocess.Popen(
        [sys.executable, "-m", "selftest.support.accounts", str(orders), *options],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().rpartition(" ")[2].strip()
    finally:
        process.communicate()


def main() -> None:
    """Serve on a free port until standard input ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("length", type=int)
    parser.add_argument("--latency", type=int, default=0, help="milliseconds before each response")
    parser.add_argument("twins", nargs="*")
    options = parser.parse_args()
    LongDatabase.length = options.length
    reference.server.core.Database = LongDatabase  # type: ignore[attr-defined]
    with running.bind("127.0.0.1", 0) as bound:
        app = create_app(Settings(api_key=KEY, twins=tuple(options.twins)))
        if options.latency:
            app.add_middleware(Latency, milliseconds=options.latency)
        running.exit_with_parent()
        running.run(app, bound)


if __name__ == "__main__":
    main()
