"""Guesses at the cause of failures, from the faults that the suite is tested with.

For each known fault it is recorded which tests fail together, and how. A run that fails in the
same way may have the same cause. It is shown as a guess and has no part in the verdict.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import asdict, dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

from order_conformance.core.json_values import read_json
from order_conformance.core.paths import SPEC

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Feature: TypeAlias = tuple[str | int, ...]

KNOWN_FAULTS = SPEC / "known-faults.json"
MOST_GUESSES = 3
GOOD_FIT = 0.5
"""Below it nothing is shown: a wrong guess costs more than none."""
NO_STATUS = 0
NEARLY_AS_GOOD = 0.7
"""The part of the first guess's fit that a second and third guess must reach."""


@dataclass(frozen=True, order=True)
class Mark:
    """How one test failed: the requirement, the test, the kind of failure, the last status."""

    requirement: str
    test: str
    kind: str
    status: int

    @property
    def features(self) -> Iterable[Feature]:
        """Yield what it can have in common with others, from the general to the particular."""
        function = self.test.partition("[")[0]
        yield (self.requirement,)
        yield (self.requirement, "in", function)
        yield (self.requirement, "with", self.test)
        yield (self.requirement, "saw", function, self.kind)
        yield (self.requirement, "got", function, self.status)


@dataclass(frozen=True)
class KnownFault:
    """A fault that the suite is tested with: what such a server does, and how it fails."""

    name: str
    does: str
    marks: frozenset[Mark]


@dataclass(frozen=True)
class Guess:
    """A known fault that a run resembles; ``fit`` is from 0 to 1, where 1 is the same."""

    name: str
    does: str
    fit: float


@dataclass(frozen=True)
class Diagnosis:
    """Requirements that seem to fail for one reason, and guesses at it, the best first."""

    requirements: tuple[str, ...]
    guesses: tuple[Guess, ...]

    def dump(self) -> dict[str, Any]:
        """Return it as an entry of ``guesses`` in results.json."""
        return asdict(self)


def marks_of(requirements: Iterable[Mapping[str, Any]]) -> frozenset[Mark]:
    """Return how tests failed, from the ``requirements`` of results.json."""
    return frozenset(
        Mark(
            requirement=row["id"],
            test=failure["test"].rpartition("::")[2],
            kind=failure["kind"],
            status=failure["steps"][-1]["status"] if failure["steps"] else NO_STATUS,
        )
        for row in requirements
        for failure in row["failures"]
    )


def with_guesses(results: dict[str, Any]) -> dict[str, Any]:
    """Return results with ``guesses``, which each failure names in its ``diagnosis``."""
    found = diagnose(results["requirements"])
    names = {
        requirement: [guess.name for guess in each.guesses]
        for each in found
        for requirement in each.requirements
    }
    for row in results["requirements"]:
        for failure in row["failures"]:
            failure["diagnosis"] = names.get(row["id"], [])
    return results | {"guesses": [each.dump() for each in found]}


def diagnose(
    requirements: Iterable[Mapping[str, Any]], known: Sequence[KnownFault] | None = None
) -> list[Diagnosis]:
    """Return what the failures of a run resemble; those that resemble nothing are left out.

    Args:
        requirements: those of results.json.
        known: the faults to compare with; those of ``spec/known-faults.json`` by default.
    """
    comparison = _Comparison(load_known_faults() if known is None else known)
    unexplained, found = marks_of(requirements), []
    while guesses := comparison.guesses(unexplained):
        explained = comparison.requirements(guesses[0])
        of_it = {mark.requirement for mark in unexplained} & explained
        found.append(Diagnosis(tuple(sorted(of_it)), tuple(guesses)))
        unexplained = frozenset(m for m in unexplained if m.requirement not in explained)
    return found


@cache
def load_known_faults() -> tuple[KnownFault, ...]:
    """Read ``spec/known-faults.json``, which `make kill-matrix` writes."""
    return tuple(
        KnownFault(name, fault["does"], frozenset(Mark(*mark) for mark in fault["marks"]))
        for name, fault in read_json(KNOWN_FAULTS.read_bytes())["faults"].items()
    )


class _Comparison:
    """Compares features of runs: the fewer faults have a feature, the more it weighs."""

    def __init__(self, known: Sequence[KnownFault]) -> None:
        self._known = {fault.name: fault for fault in known}
        self._features = {fault.name: _features(fault.marks) for fault in known}
        self._spread = Counter(each for some in self._features.values() for each in some)

    def requirements(self, guess: Guess) -> set[str]:
        """Return what fails with the fault of a guess."""
        return {mark.requirement for mark in self._known[guess.name].marks}

    def guesses(self, marks: frozenset[Mark]) -> list[Guess]:
        """Return the known faults that failures resemble well, the best first."""
        seen = _features(marks)
        failing_now = {mark.requirement for mark in marks}
        ranked: list[tuple[float, Guess]] = []
        for name, fault in self._known.items():
            failing = {mark.requirement for mark in fault.marks}
            comparable = {feature for feature in seen if feature[0] in failing}
            shared = self._weight(comparable & self._features[name])
            fit = shared / self._weight(comparable | self._features[name]) if shared else 0.0
            if fit >= GOOD_FIT:
                rank = fit * self._weight(comparable) / self._weight(seen)
                ranked.append((rank, Guess(name, fault.does, round(fit, 2))))
        ranked.sort(key=lambda each: (-each[0], each[1].name))
        return [
            guess
            for rank, guess in ranked
            if rank >= NEARLY_AS_GOOD * ranked[0][0]
            and self.requirements(guess) & self.requirements(ranked[0][1]) & failing_now
        ][:MOST_GUESSES]

    def _weight(self, features: Iterable[Feature]) -> float:
        faults = len(self._known)
        return sum(math.log((faults + 1) / (self._spread[each] + 0.5)) for each in features)


def _features(marks: Iterable[Mark]) -> frozenset[Feature]:
    return frozenset(feature for mark in marks for feature in mark.features)
