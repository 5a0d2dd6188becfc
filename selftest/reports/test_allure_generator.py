"""Allure's own generator reads our results: the same counts, labels, messages and attachments."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from order_conformance.reports import write_reports
from selftest.support.sample_runs import CATALOGUE, EVERY_STATUS

GENERATOR = Path(sys.prefix) / "allure" / "node_modules" / ".bin" / "allure"


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Our Allure results of a run, and what the generator made of them."""
    folder = EVERY_STATUS.write(tmp_path_factory.mktemp("run"))
    assert write_reports(folder) == []
    assert GENERATOR.exists(), "`make test` installs it"
    results, made = folder / "allure-results", folder / "allure-report"
    command = [str(GENERATOR), "generate", str(results), "-o", str(made)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return results, made


def test_it_counts_what_the_run_counted(generated: tuple[Path, Path]) -> None:
    """Each requirement once, with the status that we gave it."""
    results, made = generated
    written = [json.loads(path.read_text("utf-8")) for path in results.glob("*-result.json")]
    counts = Counter(result["status"] for result in written)
    stats = json.loads((made / "summary.json").read_text("utf-8"))["stats"]
    assert stats == {"total": len(CATALOGUE.requirements), **counts}


def test_it_shows_a_failure_with_its_rule_and_its_exchange(generated: tuple[Path, Path]) -> None:
    """The entry is named after the requirement; the trace is our message; the exchange is there."""
    made = generated[1]
    (shown,) = [each for each in results_in(made) if each["fullName"].endswith("ASSOC-03")]
    assert shown["status"] == "failed"
    assert shown["name"].startswith("ASSOC-03 ")
    assert shown["error"]["trace"].startswith("ASSOC-03 MUST failed: ")
    (step,) = shown["steps"]
    (attachment,) = step["steps"]
    link = attachment["link"]
    text = (made / "data" / "attachments" / f"{link['id']}{link['ext']}").read_text("utf-8")
    assert "POST /base/api/v3/order" in text


def results_in(report: Path) -> list[dict[str, Any]]:
    """Return the results that a generated report shows."""
    paths = (report / "data" / "test-results").glob("*.json")
    return [json.loads(path.read_text("utf-8")) for path in paths]
