"""``outcomes.jsonl``: the outcome of each test of a shard, which is all that merging judges."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from order_conformance.core.exit_codes import UsageProblem
from order_conformance.core.json_values import finite
from order_conformance.core.vocabulary import Outcome
from order_conformance.judging.findings import TestOutcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

OUTCOMES = "outcomes.jsonl"


def write_outcomes(
    folder: Path, outcomes: Iterable[TestOutcome], pending: Mapping[str, Iterable[str]]
) -> None:
    """Write a line for each test; those that did not run, by requirement, are untested."""
    not_run = [
        TestOutcome(test, requirement, Outcome.UNTESTED)
        for requirement, tests in pending.items()
        for test in sorted(tests)
    ]
    with (folder / OUTCOMES).open("w", encoding="utf-8") as file:
        for outcome in [*outcomes, *not_run]:
            file.write(json.dumps(finite(outcome.as_json()), allow_nan=False) + "\n")


def read_outcomes(folder: Path) -> list[TestOutcome]:
    """Read the outcome of each test of a shard.

    Raises:
        UsageProblem: the file is missing, or a line is not the outcome of a test.
    """
    path = folder / OUTCOMES
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        return [TestOutcome.from_json(json.loads(line)) for line in lines]
    except OSError as problem:
        raise UsageProblem(
            f"{path}: cannot be read ({problem.strerror}); name the whole folder of a shard"
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise UsageProblem(
            f"{path}: has a line that is not the outcome of a test ({type(problem).__name__}); "
            "run the shard again"
        ) from None
