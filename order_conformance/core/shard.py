"""One part of a run, and how its exchanges are called in the whole."""

from __future__ import annotations

import re
from dataclasses import dataclass

from order_conformance.core.outcomes import UsageProblem

MOST_SHARDS = 99


@dataclass(frozen=True)
class Shard:
    """One of several parts, counted from 1."""

    number: int
    count: int

    def __str__(self) -> str:
        """Return it as ``--shard`` names it, such as 2/4."""
        return f"{self.number}/{self.count}"

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
