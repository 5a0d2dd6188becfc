"""The reference server with an account of any length: ``python -m selftest.troubled.accounts N``.

The orders of its history are made when somebody looks at them, so a million of them cost
nothing. Further arguments name twins.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, overload

import reference.server.core
from reference import running
from reference.application import create_app
from reference.database import Database
from reference.history import past_order
from reference.settings import Settings
from selftest.troubled.runs import KEY

if TYPE_CHECKING:
    from reference.model import Order


class Ids(Sequence[int]):
    """The ids from 1 to a number, and some more behind them; never written out."""

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
        """Return one id, or those of a slice; all of them the other way round stay unwritten."""
        if isinstance(place, slice) and place == slice(None, None, -1):
            return Ids(self._later[::-1], self._history[::-1])
        places = range(len(self))[place]
        return self._at(places) if isinstance(places, int) else [self._at(at) for at in places]

    def _at(self, place: int) -> int:
        held = len(self._history)
        return self._history[place] if place < held else self._later[place - held]


class LongDatabase(Database):
    """Holds a history without storing it; later orders are stored as ever."""

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
        """Return the largest id in use."""
        return max(self.length, super().highest_id())


def main() -> None:
    """Serve on a free port until standard input ends."""
    LongDatabase.length = int(sys.argv[1])
    reference.server.core.Database = LongDatabase  # type: ignore[attr-defined]
    with running.bind("127.0.0.1", 0) as bound:
        app = create_app(Settings(api_key=KEY, twins=tuple(sys.argv[2:])))
        running.exit_with_parent()
        running.run(app, bound)


if __name__ == "__main__":
    main()
