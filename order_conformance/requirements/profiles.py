"""How thoroughly a run tests: the limits of each profile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from order_conformance.core.vocabulary import Level

if TYPE_CHECKING:
    from collections.abc import Sequence

Value = TypeVar("Value")


@dataclass(frozen=True)
class Profile:
    """How thoroughly a run tests; every number is an upper bound.

    Args:
        name: as given to ``--profile``.
        levels: the levels that are tested; the requirements of other levels stay untested.
        cases: how many of the explicit values are tried for a rule; None for all of them.
        examples: generated inputs for each property, in addition to the explicit ones.
        shrinks: inputs that may be sent to find a smaller failing one.
        parallel_rounds: how often orders are created in parallel.
    """

    name: str
    levels: frozenset[Level]
    cases: int | None
    examples: int
    shrinks: int
    parallel_rounds: int

    @property
    def explores(self) -> bool:
        """Whether inputs are generated in addition to the explicit ones."""
        return self.examples > 0

    def some(self, values: Sequence[Value]) -> Sequence[Value]:
        """Return the first of several explicit values, as many as the profile tries."""
        return values[: self.cases]


PROFILES = {
    profile.name: profile
    for profile in (
        Profile("smoke", frozenset({Level.MUST}), 2, examples=0, shrinks=0, parallel_rounds=1),
        Profile("gate", frozenset(Level), None, examples=9, shrinks=20, parallel_rounds=2),
        Profile("certify", frozenset(Level), None, examples=100, shrinks=60, parallel_rounds=6),
    )
}
