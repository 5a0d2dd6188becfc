"""One part of a run, and the names of its exchanges in the whole run."""

from __future__ import annotations

import re
from dataclasses import dataclass

from order_conformance.core.exit_codes import UsageProblem

MOST_SHARDS = 99


@dataclass(frozen=True)
class Shard:
    """One of several parts of a run, counted from 1."""

    number: int
    count: int

    def __str__(self) -> str:
        """Return the value of ``--shard``, such as 2/4."""
        return f"{self.number}/{self.count}"

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Read the value of ``--shard``.

        Raises:
            UsageProblem: not of the form K/N with K from 1 to N.
        """
        found = re.fullmatch(r"([0-9]{1,2})/([0-9]{1,2})", text)
        if not found or not 1 <= int(found[1]) <= int(found[2]):
            raise UsageProblem(
                f"--shard {text!r}: give the part and the number of parts, such as 2/4 "
                f"(at most {MOST_SHARDS})"
            )
        return cls(int(found[1]), int(found[2]))


def name_in_run(name: str, shard: Shard) -> str:
    """Return the name in the whole run of something that exists in more than one shard."""
    return f"{name}{_suffix(shard)}"


def name_in_shard(name: str, shard: Shard | None) -> str:
    """Return the name in the shard of something in the whole run: often the same."""
    return name.replace(_suffix(shard), "") if shard else name


def _suffix(shard: Shard) -> str:
    return f" (shard {shard})"
