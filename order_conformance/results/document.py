"""``results.json``: the stable file that every report and every other program reads."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from order_conformance import __version__
from order_conformance.core.json_values import finite
from order_conformance.core.paths import SPEC
from order_conformance.core.vocabulary import Level, Outcome
from order_conformance.requirements.catalogue import file_digest

if TYPE_CHECKING:
    from pathlib import Path

    from order_conformance.core.redaction import Redactor
    from order_conformance.judging.verdict import Judgement, RequirementOutcome
    from order_conformance.requirements.catalogue import Catalogue
    from order_conformance.target.model import Target

FILE_NAME = "results.json"
FORMAT = "2"


class CompletedRun(NamedTuple):
    """A finished run: its verdict, its results, and the folder of its reports."""

    judgement: Judgement
    results: dict[str, Any]
    catalogue: Catalogue
    reports: Path


@dataclass(frozen=True)
class RunFacts:
    """The facts about the run itself."""

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
        "schema_version": FORMAT,
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
    """Return the verdict and the counts behind it."""
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
    """Write the file in one step: nobody reads half of it."""
    # The suite's own words stay as they are; failures are masked already.
    masked = results | {"dialect": redactor.value(results["dialect"])}
    text = json.dumps(finite(masked), indent=1, allow_nan=False)
    unfinished = folder / f".{FILE_NAME}.unfinished"
    unfinished.write_text(text + "\n", encoding="utf-8")
    os.replace(unfinished, folder / FILE_NAME)  # noqa: PTH105 - atomic on every system


def requirement_row(judged: RequirementOutcome) -> dict[str, Any]:
    """Return the outcome of one requirement, as an entry of ``requirements``."""
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
        "failures": [test.failure.as_json() for test in judged.tests if test.failure],
    }
