"""How deep a run looks: what each profile spends on a requirement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from order_conformance.core.outcomes import Level

if TYPE_CHECKING:
    from collections.abc import Sequence

Value = TypeVar("Value")


@dataclass(frozen=True)
class Profile:
    """The depth of a run; every number is an upper bound.

    Args:
        name: as given to ``--profile``.
        levels: the levels that are judged; requirements of others stay untested.
        cases: explicit values tried for one rule, the first of them; None for all.
        examples: generated inputs for each property, beside the explicit ones.
        shrinks: inputs that may be sent to make a failing one smaller.
        parallel_rounds: how often orders are created side by side.
    """

    name: str
    levels: frozenset[Level]
    cases: int | None
    examples: int
    shrinks: int
    parallel_rounds: int

    @property
    def explores(self) -> bool:
        """Whether inputs are generated beside the explicit ones."""
        return self.examples > 0

    def some(self, values: Sequence[Value]) -> Sequence[Value]:
        """Return those of several explicit values that the profile tries."""
        return values[: self.cases]


PROFILES = {
    profile.name: profile
    for profile in (
        Profile("smoke", frozenset({Level.MUST}), 2, examples=0, shrinks=0, parallel_rounds=1),
        Profile("gate", frozenset(Level), None, examples=9, shrinks=20, parallel_rounds=2),
        Profile("certify", frozenset(Level), None, examples=100, shrinks=60, parallel_rounds=6),
    )
}
