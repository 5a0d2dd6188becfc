"""``ctrf.json``: the Common Test Report Format (https://ctrf.io), one test for each requirement."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from order_conformance import __version__
from order_conformance.judging.failure_message import failure_text

if TYPE_CHECKING:
    from order_conformance.results.record import RequirementResult, RunRecord

SPEC_VERSION = "0.0.0"
STATUSES = ("passed", "failed", "skipped", "pending", "other")
# A warning is neither passed nor failed, nor is a requirement that could not be judged. The exit
# code of the run decides about a pipeline, not this file.
_STATUS = {
    "passed": "passed",
    "failed": "failed",
    "warned": "other",
    "waived": "other",
    "cantTell": "other",
    "inapplicable": "skipped",
    "untested": "pending",
}


def write_ctrf(run: RunRecord) -> str:
    """Return the report as JSON."""
    results = run.results
    tests = [_test(judged, run) for judged in run.requirements]
    start = _milliseconds(run.began.timestamp())
    duration = _milliseconds(results["seconds"])
    ended = run.began + timedelta(seconds=results["seconds"])
    document = {
        "reportFormat": "CTRF",
        "specVersion": SPEC_VERSION,
        # The same results always give the same report.
        "reportId": str(uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(results, sort_keys=True))),
        "timestamp": ended.isoformat(timespec="milliseconds"),
        "generatedBy": f"order-conformance {__version__}",
        "results": {
            "tool": {"name": "order-conformance", "version": results["suite"]["version"]},
            "summary": {
                "tests": len(tests),
                **{name: sum(test["status"] == name for test in tests) for name in STATUSES},
                "suites": len(run.areas),
                "start": start,
                "stop": start + duration,
                "duration": duration,
                "extra": {
                    "verdict": results["verdict"],
                    "reason": results["verdict_reason"],
                    "exitCode": results["exit_code"],
                },
            },
            "tests": tests,
            "environment": {
                "appName": "Order API",
                "testEnvironment": results["target"]["base_url"],
                "healthy": results["verdict"] == "conformant",
                "extra": {
                    "profile": results["profile"],
                    "seed": results["seed"],
                    "strict": results["strict"],
                    "dialect": results["dialect"],
                },
            },
        },
    }
    return json.dumps(document, indent=1) + "\n"


def _test(judged: RequirementResult, run: RunRecord) -> dict[str, Any]:
    span = run.span(judged)
    failed = judged.status == "warned" and run.strict
    test: dict[str, Any] = {
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"order-conformance:{judged.id}")),
        "name": f"{judged.id} {judged.statement}",
        "status": "failed" if failed else _STATUS[judged.status],
        "rawStatus": judged.status,
        "duration": _milliseconds(span.waited),
        "start": _milliseconds(span.first.timestamp()),
        "stop": _milliseconds(span.last.timestamp()),
        "suite": [run.areas[judged.area]],
        "type": "conformance",
        "tags": [judged.level, judged.area, judged.operation],
        "labels": {"requirement": judged.id, "level": judged.level},
    }
    if judged.source:
        test["labels"]["source"] = judged.source
    if judged.reason:
        test["message"] = judged.reason
    if judged.failures:
        test["trace"] = "\n\n".join(map(failure_text, judged.failures))
    if judged.tests:
        test["filePath"] = judged.tests[0].partition("::")[0]
    return test


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)
