"""The reports for machines, each read by a reader that is not ours or held to its own schema."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from junitparser import Error, Failure, JUnitXml, Properties, Skipped, TestCase

from order_conformance.core.redaction import Redactor
from order_conformance.reports import write_reports
from selftest.support.report_schemas import ALLURE_RESULT, CTRF, HAR
from selftest.support.sample_runs import CATALOGUE, EVERY_STATUS, HOSTILE, TARGET, Made

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HOSTILE_RUN = Made(
    failed={"ASSOC-03": HOSTILE, "CONTENT-13": HOSTILE},
    cant_tell={"AUTH-01": HOSTILE},
    inapplicable={"AUTH-02": HOSTILE},
    dialect={HOSTILE: HOSTILE},
    interrupted=HOSTILE,
)
RUNS = {
    "conformant": Made(),
    "every status": EVERY_STATUS,
    "hostile": HOSTILE_RUN,
    "strict": Made(failed={"CONTENT-13": "well"}, strict=True),
    "interrupted": Made(interrupted="interrupted by SIGINT"),
}


@pytest.fixture(scope="module")
def reports_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return the folder of a run with all its reports."""
    folders: dict[str, Path] = {}

    def of(name: str) -> Path:
        if name not in folders:
            folders[name] = RUNS[name].write(tmp_path_factory.mktemp("run"))
            assert write_reports(folders[name]) == []
        return folders[name]

    return of


def cases_of(folder: Path) -> dict[str, TestCase]:
    """Read the JUnit file, and return its cases by requirement."""
    document = JUnitXml.fromfile(str(folder / "junit.xml"))
    return {(case.name or "").split()[0]: case for suite in document for case in suite}


def kinds(case: TestCase) -> list[type]:
    """Return what stands in a case: failures, errors, skips."""
    return [type(result) for result in case.result]


def test_junit_has_one_case_for_each_requirement_in_its_true_colour(
    reports_of: Callable[[str], Path],
) -> None:
    """A failed MUST is a failure, an unjudged MUST an error, a failed SHOULD neither."""
    cases = cases_of(reports_of("every status"))
    assert list(cases) == list(CATALOGUE.requirements)
    assert kinds(cases["ASSOC-03"]) == [Failure]
    assert kinds(cases["AUTH-01"]) == [Error]
    assert kinds(cases["AUTH-06"]) == [Skipped]
    assert kinds(cases["SHIP-03"]) == [Skipped]
    assert kinds(cases["SCHEMA-06"]) == [Skipped]
    assert kinds(cases["ASSOC-01"]) == []
    assert kinds(cases["CONTENT-13"]) == []
    assert "CONTENT-13 SHOULD failed" in (cases["CONTENT-13"].system_out or "")
    written = cases["CONTENT-13"].child(Properties)  # type: ignore[no-untyped-call]
    properties = {each.name: each.value for each in written}
    assert properties["requirement"] == "CONTENT-13"
    assert properties["level"] == "SHOULD"
    assert properties["operation"] == CATALOGUE["CONTENT-13"].operation
    assert properties["outcome"] == "warned"
    assert properties["source"] == CATALOGUE["CONTENT-13"].source


def test_junit_counts_what_it_holds(reports_of: Callable[[str], Path]) -> None:
    """The counts in the file are those of its cases."""
    document = JUnitXml.fromfile(str(reports_of("every status") / "junit.xml"))
    written = (document.tests, document.failures, document.errors, document.skipped)
    document.update_statistics()  # type: ignore[no-untyped-call]
    assert written == (document.tests, document.failures, document.errors, document.skipped)
    assert written == (len(CATALOGUE.requirements), 2, 1, 3)


@pytest.mark.parametrize("name", list(RUNS))
def test_junit_is_red_exactly_when_the_run_does_not_end_with_0(
    reports_of: Callable[[str], Path], name: str
) -> None:
    """A pipeline that looks at the file alone comes to the verdict of the run."""
    folder = reports_of(name)
    results = json.loads((folder / "results.json").read_text("utf-8"))
    red = [case for case in cases_of(folder).values() if {Failure, Error} & set(kinds(case))]
    assert bool(red) == (results["exit_code"] != 0)


@pytest.mark.parametrize("name", list(RUNS))
def test_ctrf_fits_its_schema_and_counts_what_it_holds(
    reports_of: Callable[[str], Path], name: str
) -> None:
    """The format's rules hold, and a warning is neither passed nor failed."""
    document = json.loads((reports_of(name) / "ctrf.json").read_text("utf-8"))
    jsonschema.Draft7Validator(CTRF).validate(document)
    summary, tests = document["results"]["summary"], document["results"]["tests"]
    assert summary["tests"] == len(tests) == len(CATALOGUE.requirements)
    for status in ("passed", "failed", "skipped", "pending", "other"):
        assert summary[status] == sum(test["status"] == status for test in tests)
    status_of = {test["labels"]["requirement"]: test["status"] for test in tests}
    if name == "every status":
        assert status_of["ASSOC-03"] == "failed"
        assert status_of["CONTENT-13"] == status_of["AUTH-01"] == "other"
    if name == "strict":
        assert status_of["CONTENT-13"] == "failed"


@pytest.mark.parametrize("name", list(RUNS))
def test_har_holds_every_exchange_in_whole(reports_of: Callable[[str], Path], name: str) -> None:
    """Each line of the evidence is an entry, with what was sent and what came back."""
    folder = reports_of(name)
    document = json.loads((folder / "evidence.har").read_text("utf-8"))
    jsonschema.Draft202012Validator(HAR).validate(document)
    lines = (folder / "evidence.jsonl").read_text("utf-8").splitlines()
    entries = document["log"]["entries"]
    for entry, record in zip(entries, map(json.loads, lines), strict=True):
        assert entry["comment"] == record["id"]
        assert datetime.fromisoformat(entry["startedDateTime"]).tzinfo
        assert entry["request"]["url"].startswith("http://127.0.0.1:9/")
        if "response" in record:
            assert entry["response"]["content"]["text"] == record["response"]["body"]
            assert entry["request"]["postData"]["text"] == record["request"]["body"]
            assert entry["request"]["url"] == "http://127.0.0.1:9/base/api/v3/order?q=%3Cb%3E"
            assert entry["request"]["queryString"] == [{"name": "q", "value": "<b>"}]
        else:
            assert entry["response"]["status"] == 0


def test_allure_has_one_result_for_each_requirement(reports_of: Callable[[str], Path]) -> None:
    """Area is feature, requirement story, level severity; exchanges are attached as text."""
    folder = reports_of("every status") / "allure-results"
    results: dict[str, Any] = {}
    for path in folder.glob("*-result.json"):
        result = json.loads(path.read_text("utf-8"))
        jsonschema.Draft202012Validator(ALLURE_RESULT).validate(result)
        results[result["testCaseId"]] = result
    assert set(results) == set(CATALOGUE.requirements)
    statuses = {identifier: result["status"] for identifier, result in results.items()}
    assert statuses["ASSOC-03"] == "failed"
    assert statuses["CONTENT-13"] == "unknown"
    assert statuses["AUTH-01"] == "broken"
    assert statuses["SHIP-03"] == "skipped"
    labels = {label["name"]: label["value"] for label in results["ASSOC-03"]["labels"]}
    tags = [each["value"] for each in results["ASSOC-03"]["labels"] if each["name"] == "tag"]
    assert tags == ["MUST", "createOrder"]
    assert labels["feature"] == CATALOGUE.areas["ASSOC"]
    assert labels["story"].startswith("ASSOC-03 ")
    assert labels["severity"] == "critical"
    (step,) = results["ASSOC-03"]["steps"]
    (attachment,) = step["attachments"]
    assert attachment["type"] == "text/plain"
    assert "POST /base/api/v3/order" in (folder / attachment["source"]).read_text("utf-8")
    message = results["ASSOC-03"]["statusDetails"]["message"]
    categories = json.loads((folder / "categories.json").read_text("utf-8"))
    fitting = [each["name"] for each in categories if re.fullmatch(each["messageRegex"], message)]
    assert fitting == ["The server breaks the guide"]


def test_a_hostile_dialect_stays_one_property_of_allures_environment(
    reports_of: Callable[[str], Path],
) -> None:
    """Every line of the properties file is one that we wrote."""
    path = reports_of("hostile") / "allure-results" / "environment.properties"
    names = [line.partition("=")[0] for line in path.read_text("ascii").splitlines()]
    assert [name for name in names if not name.startswith("dialect.")] == [
        "verdict",
        "target",
        "profile",
        "seed",
        "suite",
    ]
    assert len(names) == 6


def test_markdown_shows_what_a_server_said_as_text(reports_of: Callable[[str], Path]) -> None:
    """Outside of code fences no character of the server's means anything."""
    text = (reports_of("hostile") / "summary.md").read_text("utf-8")
    outside = re.sub(r"^(`{3,})text\n.*?^\1$", "", text, flags=re.DOTALL | re.MULTILINE)
    tags = set(re.findall(r"<[^>]*>", outside))
    assert tags <= {
        "<code>",
        "</code>",
        "<br>",
        "<details>",
        "</details>",
        "<summary>",
        "</summary>",
    }
    assert "](" not in outside
    assert "@someone" not in outside
    assert "owned" in outside


def test_no_report_holds_the_key(tmp_path: Path) -> None:
    """Not even when the server echoed it, in every file that a run leaves behind."""
    key = TARGET.api_key or ""
    assert write_reports(Made(failed={"ASSOC-03": f"your key is {key}"}).write(tmp_path)) == []
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > len(CATALOGUE.requirements)
    assert [path.name for path in files if key in path.read_text("utf-8")] == []


@pytest.mark.parametrize("key", ["MUST", "div", "requirement", "passed", "GET", "status", "e"])
def test_a_key_that_is_a_word_of_ours_spoils_no_report(tmp_path: Path, key: str) -> None:
    """Only what others said is masked: structure, ids and verdict stay as they are."""
    assert write_reports(EVERY_STATUS.write(tmp_path), Redactor([key])) == []
    assert set(cases_of(tmp_path)) == set(CATALOGUE.requirements)
    document = json.loads((tmp_path / "ctrf.json").read_text("utf-8"))
    jsonschema.Draft7Validator(CTRF).validate(document)
    archive = json.loads((tmp_path / "evidence.har").read_text("utf-8"))
    jsonschema.Draft202012Validator(HAR).validate(archive)
    page = (tmp_path / "report.html").read_text("utf-8")
    assert page.count('<details class="requirement') == len(CATALOGUE.requirements)


def test_a_key_that_slipped_through_is_masked_once_more(tmp_path: Path) -> None:
    """Reports made with the key at hand do not repeat it, even if the evidence has it."""
    secret = "slipped-through-1234"
    run = Made(failed={"ASSOC-03": f"your key is {secret}"}, dialect={"x": secret}).write(tmp_path)
    assert write_reports(run, Redactor([secret])) == []
    made = [p for p in tmp_path.rglob("*") if p.is_file()]
    leaking = {path.name for path in made if secret in path.read_text("utf-8")}
    assert leaking == {"results.json", "evidence.jsonl"}
