"""Merges the shards of a run: their outcomes are joined and judged once."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from order_conformance.core.exit_codes import UsageProblem
from order_conformance.core.shard import Shard, name_in_run
from order_conformance.core.vocabulary import Blame, Outcome
from order_conformance.judging.findings import TestOutcome
from order_conformance.judging.verdict import judge
from order_conformance.recording.evidence import EVIDENCE
from order_conformance.recording.inputs import join_inputs
from order_conformance.recording.json_lines import read_lines
from order_conformance.recording.ledger import LEDGER
from order_conformance.reports import clear_reports
from order_conformance.requirements.catalogue import load_catalogue
from order_conformance.requirements.waivers import NO_WAIVERS
from order_conformance.results.diagnosis import with_guesses
from order_conformance.results.document import CompletedRun, counted, requirement_row, write_results
from order_conformance.results.outcomes import read_outcomes
from order_conformance.results.record import read_run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from order_conformance.core.redaction import Redactor
    from order_conformance.judging.findings import Failure
    from order_conformance.judging.verdict import Judgement
    from order_conformance.requirements.waivers import Waivers

ALIKE = ("suite", "profile", "seed", "strict")
"""What the shards of one run have in common, in addition to their target."""


@dataclass(frozen=True)
class Part:
    """What one shard wrote; a test that it selected but did not run is untested."""

    shard: Shard
    folder: Path
    results: dict[str, Any]
    outcomes: tuple[TestOutcome, ...]


def merge(
    folders: Sequence[Path],
    reports: Path,
    redactor: Redactor,
    waivers: Waivers = NO_WAIVERS,
) -> CompletedRun:
    """Join the shards in these folders; a missing or repeated one makes the run inconclusive.

    Raises:
        UsageProblem: a folder holds no shard, or shards of different runs were given.
    """
    parts = [_read(folder) for folder in folders]
    _check_alike(parts)
    if reports.resolve() in {part.folder.resolve() for part in parts}:
        raise UsageProblem(f"--reports {reports}: is the folder of a shard; name another one")
    parts.sort(key=lambda part: part.shard.number)
    reports.mkdir(parents=True, exist_ok=True)
    clear_reports(reports)
    named = _Names(parts)
    catalogue = load_catalogue()
    outcomes = [named.outcome(each, part.shard) for part in parts for each in part.outcomes]
    judgement = judge(
        catalogue,
        _without_covered([each for each in outcomes if each.outcome is not Outcome.UNTESTED]),
        strict=parts[0].results["strict"],
        interrupted=next((_why(p) for p in parts if p.results["interrupted"]), ""),
        pending=frozenset(o.requirement for o in outcomes if o.outcome is Outcome.UNTESTED),
        left_out=_left_out(parts),
        waivers=waivers,
    )
    results = _results(parts, judgement)
    _join(parts, reports / EVIDENCE, named.exchange)
    _join(parts, reports / LEDGER, lambda entry, _: entry)
    join_inputs([part.folder for part in parts], reports)
    write_results(results, reports, redactor)
    return CompletedRun(judgement, results, catalogue, reports)


def _read(folder: Path) -> Part:
    results = read_run(folder).results
    if not results.get("shard"):
        raise UsageProblem(f"{folder}: is a whole run, not a shard; there is nothing to merge")
    return Part(Shard.parse(results["shard"]), folder, results, tuple(read_outcomes(folder)))


def _check_alike(parts: Sequence[Part]) -> None:
    if not parts:
        raise UsageProblem("no shard was named; name the folders that --reports named")
    first = parts[0]
    for part in parts[1:]:
        for key in ALIKE:
            if part.results[key] != first.results[key]:
                raise UsageProblem(
                    f"{part.folder}: its {key} is {part.results[key]}, that of {first.folder} is "
                    f"{first.results[key]}; join the shards of one run"
                )
        if part.shard.count != first.shard.count or _target(part) != _target(first):
            raise UsageProblem(
                f"{part.folder}: is shard {part.shard} of {_target(part)}, {first.folder} is "
                f"{first.shard} of {_target(first)}; join the shards of one run"
            )


def _target(part: Part) -> str:
    target = part.results["target"]
    if target["embedded"]:
        return "an embedded server"  # each shard starts its own, on its own port
    return str(target["base_url"] + target["path_prefix"])


def _left_out(parts: Sequence[Part]) -> str:
    """Say which shards are missing or repeated, and which tests each left out."""
    times = Counter(part.shard.number for part in parts)
    of = parts[0].shard.count
    missing = [f"{number}/{of}" for number in range(1, of + 1) if not times[number]]
    repeated = [f"{number}/{of}" for number, count in sorted(times.items()) if count > 1]
    return "; ".join(
        [
            *(f"shard {shard} is missing" for shard in missing),
            *(f"shard {shard} was given more than once" for shard in repeated),
            *(f"shard {p.shard}: {p.results['left_out']}" for p in parts if p.results["left_out"]),
        ]
    )


def _why(part: Part) -> str:
    return f"shard {part.shard}: {part.results['verdict_reason']}"


def _without_covered(outcomes: list[TestOutcome]) -> list[TestOutcome]:
    """Replace failures that a requirement of another shard reports more precisely."""
    failures = [outcome.failure for outcome in outcomes if outcome.failure]
    failed = {failure.requirement for failure in failures if not failure.covered_by}
    return [
        _blocked(outcome, block)
        if outcome.failure and (block := _covering(outcome.failure, failed))
        else outcome
        for outcome in outcomes
    ]


def _covering(failure: Failure, failed: set[str]) -> str:
    """Return a failed requirement that covers the failure; empty unless all of it is covered."""
    covering = [failed.intersection(each) for each in failure.covered_by]
    return min(min(covering)) if covering and all(covering) else ""


def _blocked(outcome: TestOutcome, block: str) -> TestOutcome:
    return TestOutcome(
        outcome.test,
        outcome.requirement,
        Outcome.CANT_TELL,
        f"blocked by {block}: {outcome.reason}",
        Blame.SERVER,
        blocked_by=(block,),
    )


def _results(parts: Sequence[Part], judgement: Judgement) -> dict[str, Any]:
    each = [part.results for part in parts]
    dialect: dict[str, Any] = {}
    for results in reversed(each):
        dialect |= results["dialect"]
    return with_guesses(
        {
            **each[0],
            **counted(judgement),
            "shard": None,
            "left_out": None,
            "started": min(results["started"] for results in each),
            "seconds": max(results["seconds"] for results in each),
            "requests": sum(results["requests"] for results in each),
            "orders_created": sum(results["orders_created"] for results in each),
            "requirements": [requirement_row(outcome) for outcome in judgement.outcomes],
            "dialect": dict(sorted(dialect.items())),
            "remaining": {
                name: sum(results["remaining"][name] for results in each)
                for name in ("orders", "unknown")
            },
        }
    )


class _Names:
    """Names that tell shards apart: some tests run in each of them."""

    def __init__(self, parts: Sequence[Part]) -> None:
        tests = (
            {each.test for each in part.outcomes if each.outcome is not Outcome.UNTESTED}
            for part in parts
        )
        times = Counter(test for some in tests for test in some)
        self._alone = {test for test, count in times.items() if count == 1}

    def outcome(self, outcome: TestOutcome, shard: Shard) -> TestOutcome:
        """Return the outcome with the names of its test and exchanges in the whole run."""
        test, failure = self._test(outcome.test, shard), outcome.failure
        if failure is not None:
            failure = replace(
                failure,
                test=test,
                evidence=tuple(self._exchange_id(each, shard) for each in failure.evidence),
                steps=tuple(
                    replace(step, exchange=self._exchange_id(step.exchange, shard))
                    for step in failure.steps
                ),
            )
        return replace(outcome, test=test, failure=failure)

    def exchange(self, entry: dict[str, Any], shard: Shard) -> dict[str, Any]:
        """Return a line of the evidence with the name of its exchange in the whole run."""
        return entry | {"id": self._exchange_id(entry["id"], shard)}

    def _exchange_id(self, name: str, shard: Shard) -> str:
        test, _, number = name.rpartition("#")
        return f"{self._test(test, shard)}#{number}"

    def _test(self, test: str, shard: Shard) -> str:
        return test if test in self._alone else name_in_run(test, shard)


def _join(parts: Sequence[Part], path: Path, name: Any) -> None:
    with path.open("w", encoding="utf-8") as joined:
        for part in parts:
            for entry in read_lines(part.folder / path.name):
                named = name(entry, part.shard) | {"shard": str(part.shard)}
                joined.write(json.dumps(named) + "\n")
