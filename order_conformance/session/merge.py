"""Joins the shards of a run into one verdict, with one evidence and one ledger."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from order_conformance.core.outcomes import Blame, Outcome, UsageProblem
from order_conformance.core.shard import Shard, name_in_run
from order_conformance.judging.findings import TestOutcome
from order_conformance.judging.verdict import judge
from order_conformance.recording.evidence import EVIDENCE
from order_conformance.recording.inputs import join_inputs
from order_conformance.recording.json_lines import read_lines
from order_conformance.recording.ledger import LEDGER
from order_conformance.reports import clear_reports
from order_conformance.requirements.catalogue import load_catalogue
from order_conformance.requirements.waivers import NO_WAIVERS
from order_conformance.results.diagnosis import diagnose
from order_conformance.results.document import CompletedRun, counted, requirement_row, write_results
from order_conformance.results.record import read_run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from order_conformance.core.redaction import Redactor
    from order_conformance.judging.verdict import Judgement
    from order_conformance.requirements.waivers import Waivers

ALIKE = ("suite", "profile", "seed", "strict")
"""What the shards of one run have in common, beside their target."""


@dataclass(frozen=True)
class Part:
    """What one shard wrote."""

    shard: Shard
    folder: Path
    results: dict[str, Any]

    @property
    def tests(self) -> set[str]:
        """The tests that it ran."""
        return {test for row in self.results["requirements"] for test in row["tests"]}

    def outcomes(self) -> Iterator[TestOutcome]:
        """Yield the outcomes of its tests, as far as results.json tells them apart."""
        for row in self.results["requirements"]:
            failing = {failure["test"] for failure in row["failures"]}
            for failure in row["failures"]:
                yield TestOutcome(
                    failure["test"],
                    row["id"],
                    Outcome.FAILED,
                    blame=Blame(row["blame"]),
                    summary=failure["summary"],
                    message=failure["message"],
                    exchanges=tuple(failure["exchanges"]),
                    covered_by=tuple(map(tuple, failure["told_by"])),
                )
            outcome = Outcome.PASSED if failing else Outcome(row["outcome"])
            if outcome is Outcome.UNTESTED:
                continue
            others = [test for test in row["tests"] if test not in failing]
            for test in others or [] if failing else others or [f"shard {self.shard}"]:
                blame = None if failing or row["blame"] is None else Blame(row["blame"])
                reason = "" if failing else row["reason"] or ""
                blocks = tuple(row["blocked_by"])
                yield TestOutcome(test, row["id"], outcome, reason, blame, blocked_by=blocks)


def merge(
    folders: Sequence[Path],
    reports: Path,
    redactor: Redactor,
    waivers: Waivers = NO_WAIVERS,
) -> CompletedRun:
    """Join the shards in these folders; a missing or doubled one leaves the verdict open.

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
    judgement = judge(
        catalogue,
        _without_covered([named.outcome(each, p.shard) for p in parts for each in p.outcomes()]),
        strict=parts[0].results["strict"],
        interrupted=next((_why(p) for p in parts if p.results["interrupted"]), ""),
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
        raise UsageProblem(f"{folder}: is a whole run, not a shard; nothing is to be joined")
    return Part(Shard.parse(results["shard"]), folder, results)


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
        return "an embedded server"  # each shard has one of its own, on a port of its own
    return str(target["base_url"] + target["path_prefix"])


def _left_out(parts: Sequence[Part]) -> str:
    """Say which shards are missing or doubled, and what was left out of any of them."""
    times = Counter(part.shard.number for part in parts)
    of = parts[0].shard.count
    missing = [f"{number}/{of}" for number in range(1, of + 1) if not times[number]]
    doubled = [f"{number}/{of}" for number, count in sorted(times.items()) if count > 1]
    return "; ".join(
        [
            *(f"shard {shard} is missing" for shard in missing),
            *(f"shard {shard} was given more than once" for shard in doubled),
            *(f"shard {p.shard}: {p.results['left_out']}" for p in parts if p.results["left_out"]),
        ]
    )


def _why(part: Part) -> str:
    return f"shard {part.shard}: {part.results['verdict_reason']}"


def _without_covered(outcomes: list[TestOutcome]) -> list[TestOutcome]:
    """Let failures stand back that a requirement of another shard tells more precisely."""
    failed = {o.requirement for o in outcomes if o.outcome is Outcome.FAILED and not o.covered_by}

    def stand_back(outcome: TestOutcome) -> TestOutcome:
        told = [failed.intersection(group) for group in outcome.covered_by]
        if not told or not all(told):
            return outcome
        block = min(min(told))
        return TestOutcome(
            outcome.test,
            outcome.requirement,
            Outcome.CANT_TELL,
            f"blocked by {block}: {outcome.summary}",
            Blame.SERVER,
            blocked_by=(block,),
        )

    return [stand_back(outcome) for outcome in outcomes]


def _results(parts: Sequence[Part], judgement: Judgement) -> dict[str, Any]:
    each = [part.results for part in parts]
    rows = [requirement_row(outcome) for outcome in judgement.outcomes]
    dialect: dict[str, Any] = {}
    for results in reversed(each):
        dialect |= results["dialect"]
    return {
        **each[0],
        **counted(judgement),
        "shard": None,
        "left_out": None,
        "started": min(results["started"] for results in each),
        "seconds": max(results["seconds"] for results in each),
        "requests": sum(results["requests"] for results in each),
        "orders_created": sum(results["orders_created"] for results in each),
        "requirements": rows,
        "dialect": dict(sorted(dialect.items())),
        "guesses": [diagnosis.dump() for diagnosis in diagnose(rows)],
        "remaining": {
            name: sum(results["remaining"][name] for results in each)
            for name in ("orders", "unknown")
        },
    }


class _Names:
    """Names for what more than one shard did: some tests judge what the run itself sent."""

    def __init__(self, parts: Sequence[Part]) -> None:
        times = Counter(test for part in parts for test in part.tests)
        self._alone = {test for test, count in times.items() if count == 1}

    def outcome(self, outcome: TestOutcome, shard: Shard) -> TestOutcome:
        """Return the outcome with the names of its test and exchanges."""
        exchanges = tuple(self._exchange_id(each, shard) for each in outcome.exchanges)
        message = outcome.message
        for old, new in zip(outcome.exchanges, exchanges, strict=True):
            message = message.replace(f"  evidence   {old}", f"  evidence   {new}")
        test = self._test(outcome.test, shard)
        return replace(outcome, test=test, exchanges=exchanges, message=message)

    def exchange(self, entry: dict[str, Any], shard: Shard) -> dict[str, Any]:
        """Return a line of the evidence with the name of its exchange."""
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
