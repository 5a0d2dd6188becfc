"""Which test modules belong to which shard, and which share of the budgets a shard has.

A module is never split, because its tests share fixtures. The allocation depends on the tests
alone, so every machine computes the same one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Collection, Mapping

    from order_conformance.core.shard import Shard

EACH_SENDS, EACH_CREATES = 60, 30
"""Requests and orders that every shard needs for discovery and for shared fixtures."""


def share_of(modules: Collection[str], of: int, spent: Counter[str], each: int) -> float:
    """Return the share of a budget that a shard gets, in proportion to the cost of its tests.

    Args:
        modules: the modules of the shard.
        of: how many shards there are.
        spent: the cost of each module.
        each: the cost of a shard besides its tests.
    """
    mine = sum(spent[module] for module in modules)
    return (mine + each) / (spent.total() + each * of)


def modules_of(shard: Shard, weights: Mapping[str, float]) -> frozenset[str]:
    """Return the modules of a shard: the costliest go first, each to the least loaded shard.

    Args:
        shard: which shard.
        weights: the cost of every module.
    """
    loads = [0.0] * shard.count
    parts: list[set[str]] = [set() for _ in loads]
    for module in sorted(weights, key=lambda name: (-weights[name], name)):
        lightest = loads.index(min(loads))
        loads[lightest] += weights[module]
        parts[lightest].add(module)
    return frozenset(parts[shard.number - 1])
