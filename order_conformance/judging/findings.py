"""What tests find: a non-conformance, and the outcome of a test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from order_conformance.core.outcomes import Blame, Outcome
    from order_conformance.http.exchange import Exchange


class NonConformance(AssertionError):
    """The server broke the requirement that the running test judges.

    Args:
        summary: what the server did, as the end of "failed: ...".
        exchanges: the evidence, the decisive exchange last.
        expected: what the requirement asks for instead, and why.
        notice: a detail worth pointing at, if any.
        told_by: for each thing found, the requirements that tell the same more precisely; where
            one of each has failed, this failure tells nothing new.
    """

    def __init__(
        self,
        summary: str,
        exchanges: Sequence[Exchange],
        *,
        expected: str,
        notice: str = "",
        covered_by: Iterable[Iterable[str]] = (),
    ) -> None:
        """Keep the parts; the message is laid out when the failure is reported."""
        super().__init__(summary)
        self.summary = summary
        self.exchanges = tuple(exchanges)
        self.expected = expected
        self.notice = notice
        self.covered_by = tuple(tuple(sorted(each)) for each in covered_by)


@dataclass(frozen=True)
class TestOutcome:
    """What became of one test."""

    __test__ = False

    test: str
    requirement: str
    outcome: Outcome
    reason: str = ""
    blame: Blame | None = None
    summary: str = ""
    message: str = ""
    exchanges: tuple[str, ...] = ()
    covered_by: tuple[tuple[str, ...], ...] = ()
    blocked_by: tuple[str, ...] = ()
