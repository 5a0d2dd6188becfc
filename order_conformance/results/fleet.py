"""The result of the run against one of many targets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from order_conformance.core.exit_codes import ExitCode

if TYPE_CHECKING:
    from order_conformance.results.record import RunRecord

FROM_BEST_TO_WORST = (
    ExitCode.CONFORMANT,
    ExitCode.INCONCLUSIVE,
    ExitCode.NON_CONFORMANT,
    ExitCode.USAGE_ERROR,
)


@dataclass(frozen=True)
class TargetResult:
    """The result of one target; without a record, ``reason`` says why there is none."""

    name: str
    exit_code: ExitCode
    reason: str
    record: RunRecord | None

    @property
    def verdict(self) -> str:
        """The verdict, or the word none."""
        return str(self.record.results["verdict"]) if self.record else "none"
