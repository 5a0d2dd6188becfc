"""Shards: the suite in several parts, for runs side by side that are one verdict in the end.

A test module is never split, as its tests share what they prepare. Which module is in which
shard follows from the tests alone, so every machine comes to the same parts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from order_conformance.outcomes import UsageProblem

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Collection, Mapping

MOST_SHARDS = 99
EACH_SENDS, EACH_CREATES = 60, 30
"""What every shard spends on finding out where it is, and on orders that its tests share."""


@dataclass(frozen=True)
class Shard:
    """One of several parts, counted from 1."""

    number: int
    of: int

    def __str__(self) -> str:
        """Return it as ``--shard`` names it, such as 2/4."""
        return f"{self.number}/{self.of}"

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Read it as ``--shard`` names it.

        Raises:
            UsageProblem: not of the form K/N with K from 1 to N.
        """
        found = re.fullmatch(r"([0-9]{1,2})/([0-9]{1,2})", text)
        if not found or not 1 <= int(found[1]) <= int(found[2]):
            raise UsageProblem(
                f"--shard {text!r}: give the part and how many there are, such as 2/4 "
                f"(at most {MOST_SHARDS})"
            )
        return cls(int(found[1]), int(found[2]))


def name_in_run(name: str, shard: Shard) -> str:
    """Return what the whole run calls something that more than one shard has."""
    return f"{name}{_suffix(shard)}"


def name_in_shard(name: str, shard: Shard | None) -> str:
    """Return what the shard itself calls it; the same where it is the shard's alone."""
    return name.replace(_suffix(shard), "") if shard else name


def _suffix(shard: Shard) -> str:
    return f" (shard {shard})"


def share_of(modules: Collection[str], of: int, spent: Counter[str], each: int) -> float:
    """Return which part of what the whole run may spend a shard may: as much as it costs.

    Args:
        modules: the modules of the shard.
        of: how many shards there are.
        spent: what each module costs.
        each: what every shard spends beside its tests.
    """
    mine = sum(spent[module] for module in modules)
    return (mine + each) / (spent.total() + each * of)


def modules_of(shard: Shard, weights: Mapping[str, float]) -> frozenset[str]:
    """Return the modules of a shard: the heaviest go first, each to the lightest shard so far.

    Args:
        shard: the part.
        weights: every module, with what it costs.
    """
    loads = [0.0] * shard.of
    parts: list[set[str]] = [set() for _ in loads]
    for module in sorted(weights, key=lambda name: (-weights[name], name)):
        lightest = loads.index(min(loads))
        loads[lightest] += weights[module]
        parts[lightest].add(module)
    return frozenset(parts[shard.number - 1])
