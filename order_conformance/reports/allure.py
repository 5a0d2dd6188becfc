"""``allure-results/``: for Allure Report, one test for each requirement, exchanges attached.

An area is a feature, a requirement is a story, its level is the severity. Of Allure's statuses
``broken`` means that it could not be judged, ``unknown`` is a warning.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import TYPE_CHECKING, Any

from allure_commons.logger import AllureFileLogger
from allure_commons.model2 import (
    ATTACHMENT_PATTERN,
    Attachment,
    Label,
    StatusDetails,
    TestResult,
    TestStepResult,
)
from allure_commons.types import LabelType, Severity

from order_conformance.core.text import printable
from order_conformance.judging.failure_message import failure_text
from order_conformance.results.failures import distinct

if TYPE_CHECKING:
    from pathlib import Path

    from order_conformance.judging.findings import Failure
    from order_conformance.results.record import RequirementResult, RunRecord

MOST_ATTACHED = 4
SEVERITY = {"MUST": Severity.CRITICAL, "SHOULD": Severity.MINOR}
BLAMES = {
    "server": "The server breaks the guide",
    "guide": "The guide only recommends this",
    "environment": "The environment prevented it",
    "suite": "Errors of the suite itself",
}


def fill_allure(run: RunRecord, folder: Path) -> None:
    """Write the results, their attachments, the environment and the categories."""
    logger = AllureFileLogger(str(folder), clean=True)  # type: ignore[no-untyped-call]
    wanted = {
        exchange
        for judged in run.requirements
        for failure, _ in distinct(judged.failures)
        for exchange in failure.evidence[-MOST_ATTACHED:]
    }
    evidence = {r["id"]: r for r in run.exchanges() if r["id"] in wanted}
    for judged in run.requirements:
        result = _result(judged, run, evidence, logger)
        logger.report_result(result)  # type: ignore[no-untyped-call]
    environment = "".join(f"{k}={v}\n" for k, v in _environment(run).items())
    (folder / "environment.properties").write_text(environment, encoding="ascii")
    categories = json.dumps(_categories(), indent=1)
    (folder / "categories.json").write_text(categories + "\n", encoding="utf-8")


def _result(
    judged: RequirementResult, run: RunRecord, evidence: dict[str, Any], logger: AllureFileLogger
) -> TestResult:
    span = run.span(judged)
    start = round(span.first.timestamp() * 1000)
    tests = "\n".join(f"- {test}" for test in judged.tests)
    return TestResult(
        uuid=str(uuid.uuid4()),
        historyId=hashlib.sha256(judged.id.encode()).hexdigest(),
        testCaseId=judged.id,
        fullName=f"order-conformance.{judged.id}",
        name=f"{judged.id} {judged.statement}",
        description=f"{judged.rationale}\n\nSource: {judged.source}\n\nTests:\n{tests}",
        status=_status(judged, strict=run.strict),
        statusDetails=_details(judged),
        stage="finished",
        start=start,
        stop=start + round(span.waited * 1000),
        steps=[_step(f, more, start, evidence, logger) for f, more in distinct(judged.failures)],
        labels=[
            Label(LabelType.EPIC, "Order API"),
            Label(LabelType.FEATURE, run.areas[judged.area]),
            Label(LabelType.STORY, f"{judged.id} {judged.statement}"),
            Label(LabelType.SEVERITY, SEVERITY[judged.level].value),
            Label(LabelType.PARENT_SUITE, "Order API conformance"),
            Label(LabelType.SUITE, run.areas[judged.area]),
            Label(LabelType.TAG, judged.level),
            Label(LabelType.TAG, judged.operation),
            Label(LabelType.FRAMEWORK, "order-conformance"),
        ],
    )


def _status(judged: RequirementResult, *, strict: bool) -> str:
    match judged.status:
        case "passed":
            return "passed"
        case "failed":
            return "failed"
        case "warned":
            return "failed" if strict else "unknown"
        case "cantTell":
            return "broken"
        case _:
            return "broken" if judged.keeps_from_conformant(strict=strict) else "skipped"


def _details(judged: RequirementResult) -> StatusDetails | None:
    if judged.outcome == "passed":
        return None
    blame = f"[{judged.blame}] " if judged.blame else ""
    trace = "\n\n".join(map(failure_text, judged.failures))
    return StatusDetails(message=f"{blame}{printable(judged.reason)}", trace=trace or None)


def _step(
    failure: Failure, more: int, start: int, evidence: dict[str, Any], logger: AllureFileLogger
) -> TestStepResult:
    attachments = []
    for exchange in failure.evidence[-MOST_ATTACHED:]:
        if exchange not in evidence:
            continue
        # Plain text: a viewer must not run or render what a server sent.
        source = ATTACHMENT_PATTERN.format(prefix=uuid.uuid4(), ext="txt")
        transcript = _transcript(evidence[exchange])
        logger.report_attached_data(transcript, source)  # type: ignore[no-untyped-call]
        attachments.append(Attachment(name=exchange, source=source, type="text/plain"))
    also = f" ({more} more like it)" if more else ""
    return TestStepResult(
        name=f"{printable(failure.title)}{also}",
        status="failed",
        statusDetails=StatusDetails(message=printable(failure.notice or failure.expected)),
        attachments=attachments,
        start=start,
        stop=start,
    )


def _transcript(record: dict[str, Any]) -> str:
    request, response = record["request"], record.get("response")
    lines = [f"{request['method']} {request['path']}"]
    lines += [f"{name}: {value}" for name, value in request["headers"]]
    lines += ["", request["body"] or "", ""]
    if response is None:
        return printable("\n".join([*lines, record.get("failure", "")]))
    lines += [str(response["status"])]
    lines += [f"{name}: {value}" for name, value in response["headers"]]
    return printable("\n".join([*lines, "", response["body"]]))


def _environment(run: RunRecord) -> dict[str, str]:
    results = run.results
    facts = {
        "verdict": results["verdict"],
        "target": results["target"]["base_url"],
        "profile": results["profile"],
        "seed": results["seed"],
        "suite": results["suite"]["version"],
        **{f"dialect.{name}": value for name, value in results["dialect"].items()},
    }
    return {
        _property(name, also=":= "): _property(v if isinstance(v, str) else json.dumps(v))
        for name, v in facts.items()
    }


def _property(text: str, also: str = "") -> str:
    """Escape a key or value of a Java properties file."""
    special = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", **{c: f"\\{c}" for c in also}}
    return "".join(special.get(c) or (c if " " <= c <= "~" else _utf16(c)) for c in text)


def _utf16(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))


def _categories() -> list[dict[str, Any]]:
    return [
        {
            "name": title,
            "messageRegex": rf"(?s)\[{blame}\].*",
            "matchedStatuses": ["failed", "broken", "unknown"],
        }
        for blame, title in BLAMES.items()
    ]
