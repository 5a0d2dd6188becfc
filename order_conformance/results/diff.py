"""Compares two runs: what got better, what got worse."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from order_conformance.core.text import printable, shortened

if TYPE_CHECKING:
    from order_conformance.results.record import RequirementResult, RunRecord

ABSENT = "absent"
GOOD, BAD = frozenset({"passed"}), frozenset({"failed", "warned", "waived"})


@dataclass(frozen=True)
class Change:
    """A requirement with another status than before."""

    id: str
    level: str
    before: str
    after: str
    reason: str


@dataclass(frozen=True)
class Comparison:
    """What differs between two runs, and how many requirements are the same."""

    before: str
    after: str
    worse: tuple[Change, ...]
    better: tuple[Change, ...]
    other: tuple[Change, ...]
    same: int

    def as_json(self) -> dict[str, Any]:
        """Return the comparison as a JSON value."""
        return asdict(self)


def compare(before: RunRecord, after: RunRecord) -> Comparison:
    """Compare two runs, requirement by requirement.

    A requirement is worse if it fails now and did not before, or if it passed and can no longer
    be judged; better is the reverse. One that no longer applies, or is new and passes, is neither.
    """
    old = {judged.id: judged for judged in before.requirements}
    new = {judged.id: judged for judged in after.requirements}
    worse, better, other = [], [], []
    for identifier in dict.fromkeys([*new, *old]):
        change = _change(old.get(identifier), new.get(identifier))
        if change is None:
            continue
        if _is_worse(change.before, change.after):
            worse.append(change)
        elif _is_worse(change.after, change.before):
            better.append(change)
        else:
            other.append(change)
    return Comparison(
        before.results["verdict"],
        after.results["verdict"],
        tuple(worse),
        tuple(better),
        tuple(other),
        len({*old, *new}) - len(worse) - len(better) - len(other),
    )


def _change(old: RequirementResult | None, new: RequirementResult | None) -> Change | None:
    before = old.status if old else ABSENT
    after = new.status if new else ABSENT
    known = new or old
    if before == after or known is None:
        return None
    reason = printable(shortened(new.reason)) if new and after not in GOOD else ""
    return Change(known.id, known.level, before, after, reason)


def _is_worse(before: str, after: str) -> bool:
    if after in BAD:
        return before not in BAD or (before, after) == ("warned", "failed")
    return before in GOOD and after in {"cantTell", "untested", ABSENT}
