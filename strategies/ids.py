"""The ids that strategies draw from: those that exist at the target, and those that do not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hypothesis.strategies import SearchStrategy

Kind = Literal["patient", "site", "item", "kit"]
KINDS: tuple[Kind, ...] = ("patient", "site", "item", "kit")

BEYOND_INT32 = 2**32
"""Added to an existing id: the sum does not exist, unless a server truncates it to 32 bits."""

BEYOND_INT64 = 2**64
"""The same for a server that truncates ids to 64 bits."""


@dataclass(frozen=True)
class Ids:
    """Which ids exist, and for each kind one that does not.

    Args:
        known: the kinds of which an id is known to exist.
        existing: returns the existing ids of a kind; it may raise if there are none.
        unknown: an id of each kind that does not exist; the following ones do not either.
    """

    known: frozenset[Kind]
    existing: Callable[[Kind], tuple[int, ...]]
    unknown: Mapping[Kind, int]

    def of(self, kind: Kind) -> SearchStrategy[int]:
        """Draw an existing id."""
        return st.sampled_from(self.existing(kind))

    def none_of(self, kind: Kind) -> SearchStrategy[int]:
        """Draw an id that does not exist; truncated or without its sign, some would."""
        free = self.unknown[kind]
        existing = self.existing(kind) if kind in self.known else ()
        decaying = [-i for i in existing if i > 0] + [
            i + beyond for i in existing for beyond in (BEYOND_INT32, BEYOND_INT64)
        ]
        # Ids may be made of a shard and a number: then the changed one may exist as well.
        nothing = [i for i in (-1, *decaying) if i not in existing]
        return st.integers(free, free + 1000) | st.sampled_from(nothing)

    def among(self, *kinds: Kind) -> list[Kind]:
        """Return those kinds of which an id is known to exist."""
        return [kind for kind in kinds if kind in self.known]
