"""The result of the run against one of many targets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from order_conformance.results.record import RunRecord

CONFORMANT, INCONCLUSIVE, NON_CONFORMANT, UNUSABLE = 0, 2, 1, 4


FROM_BEST_TO_WORST = (CONFORMANT, INCONCLUSIVE, NON_CONFORMANT, UNUSABLE)


@dataclass(frozen=True)
class TargetResult:
    """The result of one target; without a record, ``reason`` says why there is none."""

    name: str
    exit_code: int
    reason: str
    record: RunRecord | None

    @property
    def verdict(self) -> str:
        """The verdict, or the word none."""
        return str(self.record.results["verdict"]) if self.record else "none"
