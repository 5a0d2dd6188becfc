"""Other ways to number orders that conform."""

# Methods are documented in reference/server/; a deviation need not use every argument.
# ruff: noqa: D102, D107

import random

from reference.deviations import Deviation, twin
from reference.settings import Settings


@twin("big-ids")
class BigIds(Deviation):
    """Order ids beyond 2^53, which neither an int32 nor a double can hold exactly."""

    def next_id(self) -> int:
        return max(super().next_id(), 2**53 - 9)


@twin("gappy-ids")
class GappyIds(Deviation):
    """Decreasing ids, with gaps of random width."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._gaps = random.Random(20)

    def next_id(self) -> int:
        return min(self.database.ids(), default=9_000_000_000) - self._gaps.randint(1, 999)


@twin("random-ids")
class RandomIds(Deviation):
    """Random ids from the positive range of a signed 64-bit integer."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._random = random.Random(63)

    def next_id(self) -> int:
        return self._random.randint(2**40, 2**63 - 1)


@twin("sharded-ids")
class ShardedIds(Deviation):
    """Two shards number their orders independently: the upper half of an id is the shard."""

    def next_id(self) -> int:
        number = len(self.database.ids())
        return (1 + number % 2 << 32) + 1 + number // 2
