"""The order-conformance command, as a user calls it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from order_conformance import __version__
from order_conformance.cli.main import command
from order_conformance.target.settings import read_target_file
from order_conformance.target.template import target_file_template
from selftest.support.sample_runs import CATALOGUE, EVERY_STATUS, HOSTILE, Made

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 120


def order_conformance(*arguments: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Call the command; its checkout need not be the working folder."""
    return subprocess.run(
        [sys.executable, "-m", "order_conformance", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )


def test_make_puts_the_command_at_hand() -> None:
    """It is next to the Python of the environment."""
    program = Path(sys.executable).parent / "order-conformance"
    finished = subprocess.run(
        [program, "--version"], capture_output=True, text=True, timeout=LONGEST, check=False
    )
    assert finished.stdout.strip() == f"order-conformance, version {__version__}"


@pytest.mark.parametrize(
    "name",
    ["", *command.commands],
    ids=lambda n: n or "itself",
)
def test_help_says_what_it_does_with_examples(name: str) -> None:
    """Every command explains itself."""
    finished = order_conformance(*filter(None, [name, "--help"]))
    assert finished.returncode == 0
    assert "order-conformance" in finished.stdout
    assert ("Example" if name else "Exit codes:") in finished.stdout
    known = {"run": "--base-url", "serve": "--port", "list": "--level"}
    assert known.get(name, "--help") in finished.stdout


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["frobnicate"], "frobnicate"),
        (["explain"], "REQUIREMENT"),
        (["explain", "NO-99"], "NO-99"),
        (["list", "--level", "MAY"], "MAY"),
        (["list", "--area", "MOON"], "MOON"),
        (["list", "--bogus"], "--bogus"),
        (["report", "/does/not/exist"], "/does/not/exist"),
        (["diff", "/does/not/exist", "/nor/this"], "/does/not/exist"),
        (["run", "--profile", "deep"], "deep"),
        (["serve", "--fault", "no-such-fault"], "no-such-fault"),
        (["run", "--at-once", "2"], "--targets"),
        (["init", "README.md"], "'README.md' exists already"),
        (["init", "no/such/folder/t.toml"], "'no/such/folder/t.toml' cannot be written"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_mistake_is_one_line_and_exit_code_4(arguments: list[str], names: str) -> None:
    """The line names what is wrong."""
    finished = order_conformance(*arguments)
    assert finished.returncode == 4
    assert finished.stdout == ""
    (line,) = finished.stderr.strip().splitlines()
    assert names in line


def test_list_shows_the_catalogue() -> None:
    """All of it, or of one level and area, for people and for programs."""
    rows: list[dict[str, Any]] = json.loads(order_conformance("list", "--json").stdout)
    assert [row["id"] for row in rows] == list(CATALOGUE.requirements)
    shown = order_conformance("list", "--level", "SHOULD", "--area", "list").stdout.splitlines()
    assert [line.split()[0] for line in shown] == ["LIST-11", "LIST-14"]
    assert CATALOGUE["LIST-11"].statement in shown[0]


def test_explain_tells_rule_source_reason_and_a_bug_to_try() -> None:
    """Case does not matter; the faults are those of the reference server."""
    told = " ".join(order_conformance("explain", "assoc-03").stdout.split())
    requirement = CATALOGUE["ASSOC-03"]
    for text in (requirement.statement, requirement.source, requirement.rationale):
        assert " ".join(text.split()) in told
    assert "serve --port=8080 --fault=association-both-" in told
    found = json.loads(order_conformance("explain", "PROTO-08", "--json").stdout)
    assert found["level"] == "MUST"
    assert "delete-works" in found["faults"]


def test_report_makes_every_report_again(tmp_path: Path) -> None:
    """Reports that were lost come back from results and evidence."""
    EVERY_STATUS.write(tmp_path)
    finished = order_conformance("report", tmp_path)
    assert (finished.returncode, finished.stderr) == (0, "")
    assert finished.stdout.strip() == str(tmp_path / "report.html")
    assert (tmp_path / "junit.xml").exists()
    (tmp_path / "ctrf.json").unlink()
    (tmp_path / "ctrf.json").mkdir()
    finished = order_conformance("report", tmp_path)
    assert finished.returncode == 1
    assert finished.stderr.startswith("ctrf.json could not be written")


@pytest.mark.parametrize("name", ["report", "diff", "merge"])
def test_a_run_of_an_older_format_is_refused_in_one_line(tmp_path: Path, name: str) -> None:
    """Its failures are text: no command reads it any more."""
    old, new = tmp_path / "old", Made().write(tmp_path / "new")
    results = json.loads((new / "results.json").read_text("utf-8"))
    old.mkdir()
    text = json.dumps(results | {"schema_version": "1", "shard": "1/2"})
    (old / "results.json").write_text(text, encoding="utf-8")
    more: dict[str, list[str | Path]] = {
        "report": [],
        "diff": [new],
        "merge": [new, "--reports", tmp_path / "joined"],
    }
    finished = order_conformance(name, old, *more[name])
    assert (finished.returncode, finished.stdout) == (4, "")
    assert finished.stderr == (
        f"order-conformance: {old / 'results.json'}: has schema version '1'; this version of the "
        "suite reads version 2 only: run the suite again\n"
    )
    assert [path.name for path in old.iterdir()] == ["results.json"]
    assert not (tmp_path / "joined").exists()


def test_diff_tells_worse_from_better(tmp_path: Path) -> None:
    """A new failure is a regression, a fixed one is not; hostile text stays on its line."""
    before = Made(
        failed={"ASSOC-03": "no", "CONTENT-13": "well"}, cant_tell={"FETCH-01": "gone"}
    ).write(tmp_path / "a")
    after = Made(
        failed={"LIST-03": HOSTILE}, cant_tell={"AUTH-01": "gone"}, inapplicable={"SHIP-03": "none"}
    ).write(tmp_path / "b")
    worse = order_conformance("diff", before, after, "--json")
    assert worse.returncode == 1
    told = json.loads(worse.stdout)
    assert [change["id"] for change in told["worse"]] == ["LIST-03", "AUTH-01"]
    assert [change["id"] for change in told["better"]] == ["ASSOC-03", "CONTENT-13", "FETCH-01"]
    assert [change["id"] for change in told["other"]] == ["SHIP-03"]
    text = order_conformance("diff", before, after)
    assert text.returncode == 1
    assert "LIST-03     MUST    passed -> failed" in text.stdout
    assert "\x1b" not in text.stdout
    assert not [line for line in text.stdout.splitlines() if line.startswith("::")]
    better = order_conformance("diff", before, Made().write(tmp_path / "c"))
    assert better.returncode == 0
    same = order_conformance("diff", before, before)
    assert same.returncode == 0
    assert f"{len(CATALOGUE.requirements)} requirements unchanged" in same.stdout


def test_init_writes_a_target_file_and_never_overwrites_one(tmp_path: Path) -> None:
    """What it writes can be used at once; what was there stays."""
    finished = order_conformance("init", cwd=tmp_path)
    assert (finished.returncode, finished.stderr) == (0, "")
    assert "--target=target.toml" in finished.stdout
    file = tmp_path / "target.toml"
    assert read_target_file(file) == tomllib.loads(target_file_template())
    file.write_text("mine", encoding="utf-8")
    assert order_conformance("init", cwd=tmp_path).returncode == 4
    assert file.read_text(encoding="utf-8") == "mine"


def test_run_judges_from_any_folder(tmp_path: Path) -> None:
    """Relative paths are those of the caller; options go through to pytest."""
    finished = order_conformance(
        "run", "--profile", "smoke", "-q", "--reports=here", "-k", "association", cwd=tmp_path
    )
    assert (tmp_path / "here" / "report.html").exists()
    assert finished.returncode == 2
    assert "INCONCLUSIVE" in finished.stdout
