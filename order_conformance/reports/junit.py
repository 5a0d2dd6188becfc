"""``junit.xml``: one test case for each requirement, in the format that every CI system reads.

Red are exactly the requirements for which the run does not end with 0: a failed MUST is a failure,
a MUST that could not be judged is an error, a failed SHOULD is a failure only with ``--strict``.
A warning passes, with its text. All others that did not pass are skipped, with the reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from order_conformance.core.text import printable
from order_conformance.judging.failure_message import failure_text

if TYPE_CHECKING:
    from order_conformance.results.record import RequirementResult, RunRecord

NAME = "order-conformance"


def write_junit(run: RunRecord) -> str:
    """Return the XML document."""
    root = ET.Element("testsuites", name=NAME)
    for area, title in run.areas.items():
        suite = ET.SubElement(root, "testsuite", name=f"{area} {title}")
        _properties(suite, _run_properties(run))
        for judged in run.in_area(area):
            _case(suite, judged, run)
        _count(suite, run)
    if run.results["exit_code"] and not root.findall(".//failure") + root.findall(".//error"):
        # The run was interrupted, and no requirement shows it.
        suite = ET.SubElement(root, "testsuite", name="verdict")
        case = ET.SubElement(suite, "testcase", classname=NAME, name="verdict", time="0")
        reason = printable(run.results["verdict_reason"])
        ET.SubElement(case, "error", type=run.results["verdict"], message=reason)
        _count(suite, run)
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    root.set("time", f"{run.results['seconds']:.3f}")
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _case(suite: ET.Element, judged: RequirementResult, run: RunRecord) -> None:
    case = ET.SubElement(
        suite,
        "testcase",
        classname=f"{NAME}.{judged.area}",
        name=f"{judged.id} {judged.statement}",
        time=f"{run.span(judged).waited:.3f}",
    )
    if judged.tests:
        case.set("file", judged.tests[0].partition("::")[0])
    facts = {
        "requirement": judged.id,
        "level": judged.level,
        "operation": judged.operation,
        "source": judged.source,
        "outcome": judged.status,
        "blame": judged.blame,
    }
    _properties(case, {name: value for name, value in facts.items() if value})
    reason = printable(judged.reason)
    messages = "\n\n".join(map(failure_text, judged.failures))
    if judged.keeps_from_conformant(strict=run.strict):
        kind = "failure" if judged.outcome == "failed" else "error"
        found = ET.SubElement(case, kind, type=judged.blame or judged.outcome, message=reason)
        found.text = messages or reason
    elif judged.status == "warned":
        ET.SubElement(case, "system-out").text = messages
    elif judged.outcome != "passed":
        words = f"waived {printable(judged.waiver)}" if judged.waiver else judged.outcome
        ET.SubElement(case, "skipped", message=f"{words}: {reason}")


def _properties(parent: ET.Element, facts: dict[str, str]) -> None:
    properties = ET.SubElement(parent, "properties")
    for name, value in facts.items():
        ET.SubElement(properties, "property", name=name, value=printable(value))


def _run_properties(run: RunRecord) -> dict[str, str]:
    results = run.results
    return {
        "verdict": results["verdict"],
        "target": results["target"]["base_url"],
        "profile": results["profile"],
        "seed": str(results["seed"]),
    }


def _count(suite: ET.Element, run: RunRecord) -> None:
    suite.set("tests", str(len(suite.findall("testcase"))))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    suite.set("errors", str(len(suite.findall("testcase/error"))))
    suite.set("skipped", str(len(suite.findall("testcase/skipped"))))
    seconds = sum(float(case.get("time", "0")) for case in suite.findall("testcase"))
    suite.set("time", f"{seconds:.3f}")
    suite.set("timestamp", run.began.strftime("%Y-%m-%dT%H:%M:%S"))
