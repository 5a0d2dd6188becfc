"""``results.json``: the stable core that every report and every other program reads."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from order_conformance import __version__
from order_conformance.core.json_values import finite
from order_conformance.core.outcomes import Level, Outcome
from order_conformance.core.paths import SPEC
from order_conformance.requirements.catalogue import file_digest

if TYPE_CHECKING:
    from pathlib import Path

    from order_conformance.core.redaction import Redactor
    from order_conformance.judging.verdict import Judgement, RequirementOutcome
    from order_conformance.requirements.catalogue import Catalogue
    from order_conformance.target.model import Target

FILE_NAME = "results.json"


class CompletedRun(NamedTuple):
    """A run that is over: what it says, and where it wrote it."""

    judgement: Judgement
    results: dict[str, Any]
    catalogue: Catalogue
    reports: Path


@dataclass(frozen=True)
class RunFacts:
    """What the results say about the run itself."""

    target: Target
    profile: str
    strict: bool
    seed: int
    started: str
    seconds: float
    requests: int
    orders_created: int
    orders_unknown: int = 0
    embedded: bool = False
    shard: str | None = None
    left_out: str | None = None
    dialect: dict[str, Any] = field(default_factory=dict)
    requirement_set: dict[str, str] | None = None


def build_results(judgement: Judgement, catalogue: Catalogue, facts: RunFacts) -> dict[str, Any]:
    """Return the results as in ``spec/results.schema.json``."""
    return {
        "schema_version": "1",
        **counted(judgement),
        "strict": facts.strict,
        "profile": facts.profile,
        "seed": facts.seed,
        "target": {
            "base_url": facts.target.base_url,
            "path_prefix": facts.target.path_prefix,
            "read_only": facts.target.read_only,
            "has_key": facts.target.api_key is not None,
            "embedded": facts.embedded,
        },
        "suite": {
            "version": __version__,
            "spec_digest": file_digest(SPEC / "openapi.yaml"),
            "requirements_digest": catalogue.digest,
        },
        "set": facts.requirement_set,
        "started": facts.started,
        "seconds": round(facts.seconds, 3),
        "requests": facts.requests,
        "orders_created": facts.orders_created,
        "shard": facts.shard,
        "left_out": facts.left_out,
        "requirements": [requirement_row(outcome) for outcome in judgement.outcomes],
        "dialect": facts.dialect,
        "remaining": {"orders": facts.orders_created, "unknown": facts.orders_unknown},
    }


def counted(judgement: Judgement) -> dict[str, Any]:
    """Return the verdict, and the counts that it rests on."""
    return {
        "verdict": judgement.verdict.value,
        "verdict_reason": judgement.reason,
        "exit_code": judgement.exit_code,
        "interrupted": judgement.interrupted,
        "warnings": judgement.warnings,
        "waived": sum(judged.is_waived_failure for judged in judgement.outcomes),
        "waiver_problems": judgement.waiver_problems,
        "summary": {
            level.value: {o.value: judgement.counts[level][o] for o in Outcome} for level in Level
        },
    }


def write_results(results: dict[str, Any], folder: Path, redactor: Redactor) -> None:
    """Write the file in one step: a reader never meets half of it."""
    # Our own words stay as they are, whatever the key is called; messages are masked already.
    masked = results | {"dialect": redactor.value(results["dialect"])}
    text = json.dumps(finite(masked), indent=1, allow_nan=False)
    unfinished = folder / f".{FILE_NAME}.unfinished"
    unfinished.write_text(text + "\n", encoding="utf-8")
    os.replace(unfinished, folder / FILE_NAME)  # noqa: PTH105 - atomic on every system


def requirement_row(judged: RequirementOutcome) -> dict[str, Any]:
    """Return what became of one requirement, as an entry of ``requirements``."""
    requirement = judged.requirement
    return {
        "id": requirement.id,
        "level": requirement.level.value,
        "area": requirement.area,
        "operation": requirement.operation,
        "statement": requirement.statement,
        "outcome": judged.outcome.value,
        "reason": judged.reason or None,
        "blame": judged.blame.value if judged.blame else None,
        "blocked_by": list(judged.blocked_by),
        "waiver": judged.waiver.as_json() if judged.waiver else None,
        "tests": [test.test for test in judged.tests],
        "failures": [
            {
                "test": test.test,
                "summary": test.summary,
                "message": test.message,
                "exchanges": list(test.exchanges),
                "told_by": [list(each) for each in test.covered_by],
            }
            for test in judged.tests
            if test.outcome is Outcome.FAILED
        ],
    }
