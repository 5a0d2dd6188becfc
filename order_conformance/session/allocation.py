"""Shards: the suite in several parts, for runs side by side that are one verdict in the end.

A test module is never split, as its tests share what they prepare. Which module is in which
shard follows from the tests alone, so every machine comes to the same parts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Collection, Mapping

    from order_conformance.core.shard import Shard

EACH_SENDS, EACH_CREATES = 60, 30
"""What every shard spends on finding out where it is, and on orders that its tests share."""


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
    loads = [0.0] * shard.count
    parts: list[set[str]] = [set() for _ in loads]
    for module in sorted(weights, key=lambda name: (-weights[name], name)):
        lightest = loads.index(min(loads))
        loads[lightest] += weights[module]
        parts[lightest].add(module)
    return frozenset(parts[shard.number - 1])
