"""Judges one requirement by the findings of generated requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from order_conformance.core.outcomes import CantTell, Inapplicable, blocked
from order_conformance.core.text import plural
from order_conformance.core.vocabulary import Outcome
from order_conformance.generation.cases import Operation
from order_conformance.judging.findings import NonConformance, Role

if TYPE_CHECKING:
    from collections.abc import Collection

    from order_conformance.generation.findings import Findings
    from order_conformance.session.run import Run


def judge(found: Findings, requirement: str, operation: Operation, run: Run) -> None:
    """Judge one requirement by the findings of one operation.

    Raises:
        NonConformance: with the smallest request of each cause.
        CantTell: a more precise requirement failed, or some requests had no response.
        Inapplicable: the profile or the target allows no such request.
    """
    under = found.under(requirement, operation)
    fresh = [each for each in under if is_covered(run, each.covered_by) is None]
    if fresh:
        more = sum(f.requirement == requirement for f in found.all) - 1
        first = fresh[0]
        also = f"the same happened with {plural(more, 'other generated request')}" if more else ""
        raise NonConformance(
            first.did,
            [each.exchange for each in reversed(fresh)],
            expected=first.expected,
            notice="; ".join(filter(None, [str(first.notice), also])),
            pointers=first.pointers,
            roles=[Role.GOT] * len(fresh),
            covered_by=[each.covered_by for each in fresh],
        )
    if under:
        raise blocked(
            is_covered(run, under[0].covered_by) or requirement,
            "it failed with an equivalent request that is not generated",
        )
    if operation in found.unanswered:
        count, first_reason = len(found.unanswered[operation]), found.unanswered[operation][0]
        raise CantTell(f"{plural(count, 'generated request')} had no response: {first_reason}")
    if not found.answered[operation] and run.target is not None and run.target.read_only:
        raise Inapplicable("the run is read-only")
    if not found.answered[operation] and operation is Operation.CREATE:
        raise CantTell(
            "too little exists to order: add a patient or site, and an item or kit, to [existing]"
        )
    if not found.answered[operation]:
        raise Inapplicable(
            f"the {run.options.profile.name} profile generates no {operation} requests"
        )


def is_covered(run: Run, covered_by: Collection[str]) -> str | None:
    """Return one of these requirements that has failed in this run, if any has."""
    failed = {each.requirement for each in run.outcomes if each.outcome is Outcome.FAILED}
    return min(failed.intersection(covered_by), default=None)
