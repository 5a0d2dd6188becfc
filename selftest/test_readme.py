"""The README is up to date: its excerpt, its commands, its links, its target file."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from order_conformance.judging.failure_message import failure_text
from order_conformance.judging.findings import Failure
from order_conformance.target.model import build_target
from order_conformance.target.settings import read_target_file
from selftest.support.suite_runs import reference_server

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    """Return the only code block of a language."""
    (found,) = re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)
    return str(found)


def normalised(message: str) -> str:
    """Return a message without the parts that differ between runs: ids, markers, the port."""
    without = re.sub(r"conf-[0-9a-f]{8}-\d+", "conf-<run>-<n>", message)
    without = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:<port>", without)
    return re.sub(r'"id":\d+,"externalOrderIds"', '"id":<id>,"externalOrderIds"', without).strip()


def test_the_excerpt_is_what_the_suite_says(tmp_path: Path) -> None:
    """It is the whole failure message for the fault that the README names."""
    (fault,) = re.findall(r'make serve ARGS="--fault ([a-z-]+)"', README)
    with reference_server("--fault", fault) as base_url:
        command = [sys.executable, "-m", "pytest", "tests/test_association.py", "-q"]
        options = ["--base-url", base_url, f"--reports={tmp_path}"]
        ended = subprocess.run(
            [*command, *options], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
        )
    results = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    failures = [failure for row in results["requirements"] for failure in row["failures"]]
    text = failure_text(Failure.from_json(failures[0]))
    assert normalised(text) == normalised(block("text"))
    assert text in ended.stdout
    assert ended.returncode == 1


def test_every_option_exists() -> None:
    """Pytest knows every option that the README names."""
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout
    named = set(re.findall(r"--[a-z][a-z-]+", README.replace(block("text"), ""))) - {"--fault"}
    assert {"--base-url", "--target", "--strict", "--seed"} <= named
    assert {option for option in named if option not in told} == set()


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#]+)\)", README))
def test_every_link_leads_somewhere(link: str) -> None:
    """Links are paths in this repository."""
    assert (ROOT / link).exists()


def test_every_folder_that_is_explained_exists() -> None:
    """The list of folders is correct and complete."""
    told = set(re.findall(r"^    ([a-z_]+)/ ", README, re.MULTILINE))
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, timeout=30, check=True
    ).stdout.splitlines()
    there = {path.split("/")[0] for path in tracked if "/" in path and path[0] != "."}
    assert there - told <= {"reports", "docs", "benchmark", "examples"}
    assert told <= there


def test_the_target_file_can_be_used(tmp_path: Path) -> None:
    """The sample is accepted unchanged."""
    file = tmp_path / "target.toml"
    file.write_text(block("toml"), encoding="utf-8")
    content = read_target_file(file)
    target = build_target(
        base_url=None,
        file=content,
        key_variable=None,
        read_only=False,
        allow_writes=False,
        environment={},
    )
    assert target.existing["sites"] == (10,)


def test_every_make_command_exists() -> None:
    """Each `make` command that the README names is in the Makefile."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for command in set(re.findall(r"make ([a-z-]+)", README)):
        assert re.search(rf"^{command}:", makefile, re.MULTILINE), command


def test_what_a_run_costs_was_measured() -> None:
    """The rows and the machine are those on the page that `make bench` writes."""
    (told,) = re.findall(r"^## What it costs\n(.*?)^## ", README, re.DOTALL | re.MULTILINE)
    page = (ROOT / "docs" / "benchmark.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (?:profile|smoke|gate|certify).*$", told, re.MULTILINE)
    assert len(rows) > 5
    assert set(rows) <= set(page.splitlines())
    (machine,) = re.findall(r"\d+ cores, .*? Python [\d.]+\d", told)
    assert machine in page
