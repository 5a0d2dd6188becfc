"""Whole runs of a tiny suite: exit codes, results, blame, selections, options of pytest."""

from __future__ import annotations

import json
import os
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeAlias

import jsonschema
import pytest

from order_conformance.core.vocabulary import Level
from order_conformance.requirements.catalogue import load_catalogue
from selftest.support.engine_parts import ROOT, pytest_in
from selftest.support.misbehaving_server import Gateway, Incoming, response_to, serving
from selftest.support.tiny_suite import write_suite

if TYPE_CHECKING:
    import asyncio
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

CATALOGUE = load_catalogue().requirements
Ended: TypeAlias = "tuple[subprocess.CompletedProcess[str], dict[str, Any]]"
MUSTS = [name for name, each in CATALOGUE.items() if each.level is Level.MUST]
SHOULD = next(name for name, each in CATALOGUE.items() if each.level is Level.SHOULD)

HEAD = """
import pytest
from order_conformance.judging.assertions import fail
from order_conformance.core.outcomes import CantTell, Inapplicable
requirement = pytest.mark.requirement
"""
EACH_MUST = HEAD + "".join(
    f'\n@requirement("{name}")\ndef test_{name.replace("-", "_").lower()}(): pass\n'
    for name in MUSTS
)


def one(requirement: str, body: str, name: str = "test_one", fixtures: str = "raw_api") -> str:
    """Return a test of one requirement."""
    return f'{HEAD}\n@requirement("{requirement}")\ndef {name}({fixtures}):\n    {body}\n'


FAILS = 'raise fail("it did", raw_api.get(), expected="something else")'


async def fine(_: Gateway, __: Incoming, writer: asyncio.StreamWriter) -> None:
    """Answer anything."""
    writer.write(response_to("200 OK", b"{}", "Content-Type: application/json"))


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    """A server that answers anything."""
    with serving(fine) as (url, _):
        yield url


def judge(folder: Path, base_url: str, *modules: str, options: tuple[str, ...] = ()) -> Ended:
    """Run a tiny suite; return the process and its results, which fit their schema."""
    write_suite(folder, *modules)
    ended = pytest_in(folder, "--base-url", base_url, "--reports", "out", *options)
    results = json.loads((folder / "out" / "results.json").read_text(encoding="utf-8"))
    schema = json.loads((ROOT / "spec" / "results.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(
        schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    ).validate(results)
    assert results["exit_code"] == ended.returncode, ended.stdout
    return ended, results


def row(results: dict[str, Any], requirement: str) -> dict[str, Any]:
    """Return the row of a requirement."""
    return next(each for each in results["requirements"] if each["id"] == requirement)


RUNS: dict[str, tuple[list[str], tuple[str, ...], str, int]] = {
    "every MUST passed": ([EACH_MUST], (), "conformant", 0),
    "a MUST failed": ([EACH_MUST, one(MUSTS[0], FAILS)], (), "non-conformant", 1),
    "a SHOULD failed": ([EACH_MUST, one(SHOULD, FAILS)], (), "conformant", 0),
    "a SHOULD failed, strict": ([EACH_MUST, one(SHOULD, FAILS)], ("--strict",), "conformant", 1),
    "a MUST is cantTell": (
        [EACH_MUST, one(MUSTS[0], 'raise CantTell("an outage")')],
        (),
        "inconclusive",
        2,
    ),
    "one MUST is inapplicable": (
        [
            EACH_MUST.replace(f'"{MUSTS[3]}")', f'"{SHOULD}")'),
            one(MUSTS[3], 'raise Inapplicable("x")'),
        ],
        (),
        "conformant",
        0,
    ),
    "a MUST is untested": (
        [EACH_MUST.replace(f'"{MUSTS[3]}")', f'"{SHOULD}")')],
        (),
        "inconclusive",
        2,
    ),
    "nothing ran": (["x = 1"], (), "inconclusive", 2),
    "the suite is broken": ([EACH_MUST, one(MUSTS[0], "raise KeyError(1)")], (), "inconclusive", 2),
    "a fixture is broken": (
        [EACH_MUST, one(MUSTS[0], "pass", fixtures="absent")],
        (),
        "inconclusive",
        2,
    ),
    "a module is broken": ([EACH_MUST, "import absent_module"], (), "inconclusive", 2),
    "a module is broken, on": (
        [EACH_MUST, "import absent_module"],
        ("--continue-on-collection-errors",),
        "inconclusive",
        2,
    ),
    "a bare assert": ([EACH_MUST, one(MUSTS[0], "assert 1 == 2")], (), "inconclusive", 2),
    "a test exits": ([EACH_MUST, one(MUSTS[0], 'pytest.exit("enough")')], (), "inconclusive", 2),
    "-k": ([EACH_MUST, one(MUSTS[0], "pass")], ("-k", "not test_one"), "inconclusive", 2),
    "-k of nothing": ([EACH_MUST], ("-k", "absent"), "inconclusive", 2),
    "--deselect": (
        [EACH_MUST, one(MUSTS[0], "pass")],
        ("--deselect", "tests/test_tiny_1.py::test_one"),
        "inconclusive",
        2,
    ),
    "--ignore": (
        [EACH_MUST, one(MUSTS[0], "pass")],
        ("--ignore", "tests/test_tiny_1.py"),
        "inconclusive",
        2,
    ),
    "one module": ([EACH_MUST, one(MUSTS[0], "pass")], ("tests/test_tiny.py",), "inconclusive", 2),
    "-k, a MUST failed": (
        [one(MUSTS[0], FAILS), EACH_MUST],
        ("-k", "test_one"),
        "non-conformant",
        1,
    ),
    "-x after a failure": ([one(MUSTS[0], FAILS), EACH_MUST], ("-x",), "non-conformant", 1),
    "-x after an error": ([one(MUSTS[0], "raise KeyError"), EACH_MUST], ("-x",), "inconclusive", 2),
    "--setup-plan": ([EACH_MUST], ("--setup-plan",), "inconclusive", 2),
    "no terminal": ([EACH_MUST], ("-p", "no:terminal"), "conformant", 0),
    "no capture": ([EACH_MUST], ("-s",), "conformant", 0),
    "no logging": ([EACH_MUST], ("-p", "no:logging", "-p", "no:junitxml"), "conformant", 0),
}


@pytest.fixture(scope="module")
def ended_runs(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, base_url: str
) -> Iterator[dict[str, Future[Ended]]]:
    """The runs that the selected tests need, one at a time on each core."""
    named = [getattr(item, "callspec", None) for item in request.session.items]
    wanted = [each.params["which"] for each in named if each and each.params.get("which") in RUNS]
    folder = tmp_path_factory.mktemp("runs")
    with ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        runs: dict[str, Future[Ended]] = {}
        for number, which in enumerate(dict.fromkeys(wanted)):
            place = folder / f"run-{number}"
            place.mkdir()
            modules, options, *_ = RUNS[which]
            runs[which] = pool.submit(judge, place, base_url, *modules, options=options)
        yield runs


@pytest.mark.parametrize("which", RUNS)
def test_verdict_and_exit_code_of_a_whole_run(
    ended_runs: dict[str, Future[Ended]], which: str
) -> None:
    """The exit code, the results and the table agree."""
    _, _, verdict, exit_code = RUNS[which]
    ended, results = ended_runs[which].result()
    assert (results["verdict"], ended.returncode) == (verdict, exit_code), ended.stdout


def test_an_error_of_the_suite_is_blamed_on_the_suite(tmp_path: Path, base_url: str) -> None:
    """The requirement did not fail; the message shows the place of the error."""
    broken = one(MUSTS[0], 'raise KeyError("\\n::error::x")')
    ended, results = judge(tmp_path, base_url, EACH_MUST, broken)
    assert row(results, MUSTS[0])["outcome"] == "cantTell"
    assert row(results, MUSTS[0])["blame"] == "suite"
    assert row(results, MUSTS[0])["failures"] == []
    assert "not the server's fault" in ended.stdout
    assert not any(line.lstrip().startswith("::") for line in ended.stdout.splitlines())


def test_a_failure_names_its_evidence(tmp_path: Path, base_url: str) -> None:
    """The exchange of a failure is in evidence.jsonl under the id that results.json names."""
    _, results = judge(tmp_path, base_url, one(MUSTS[0], FAILS))
    failure = row(results, MUSTS[0])["failures"][0]
    evidence = (tmp_path / "out" / "evidence.jsonl").read_text(encoding="utf-8").splitlines()
    assert failure["evidence"] == [json.loads(evidence[0])["id"]]
    assert failure["test"] == "tests/test_tiny.py::test_one"


@pytest.mark.parametrize(
    ("module", "says"),
    [
        ("def test_one(): pass", "names 0 requirements"),
        (one(MUSTS[0], "pass").replace("@", f'@requirement("{MUSTS[1]}")\n@'), "names 2 requir"),
        (one("ASSOC-99", "pass"), "'ASSOC-99' is not in spec/requirements.yaml"),
        (one(MUSTS[0], "pass").replace(f'("{MUSTS[0]}")', "()"), "'' is not in"),
    ],
    ids=["none", "two", "unknown", "empty"],
)
def test_a_test_without_exactly_one_known_requirement_stops_the_run(
    tmp_path: Path, module: str, says: str
) -> None:
    """A mistake of the suite: nothing is sent, and the test is named."""
    write_suite(tmp_path, module)
    with serving(fine) as (url, gateway):
        ended = pytest_in(tmp_path, "--base-url", url, "--reports", "out")
        assert gateway.connections == 0
    assert ended.returncode == 4
    assert says in ended.stdout + ended.stderr
    assert "test_tiny.py::test_one" in ended.stdout + ended.stderr


@pytest.mark.parametrize("option", ["--collect-only", "--help", "--fixtures", "--markers"])
def test_what_only_tells_sends_nothing_and_leaves_earlier_results(
    tmp_path: Path, option: str
) -> None:
    """Exit code 0 means nothing here: no results are written, none are removed."""
    write_suite(tmp_path, EACH_MUST)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "results.json").write_text("earlier", encoding="utf-8")
    with serving(fine) as (url, gateway):
        ended = pytest_in(tmp_path, "--base-url", url, "--reports", "out", option)
        assert gateway.connections == 0
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert (tmp_path / "out" / "results.json").read_text(encoding="utf-8") == "earlier"
    assert "CONFORMANT" not in ended.stdout


def test_earlier_results_never_pass_for_this_run(tmp_path: Path) -> None:
    """A run that ends before it starts testing leaves no results."""
    write_suite(tmp_path, "def test_one(): pass")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "results.json").write_text("earlier", encoding="utf-8")
    assert pytest_in(tmp_path, "--reports", "out").returncode == 4
    assert not (tmp_path / "out" / "results.json").exists()


def test_the_run_works_from_another_folder(tmp_path: Path, base_url: str) -> None:
    """The tests are named by path; the reports go to the working folder."""
    suite, elsewhere = tmp_path / "suite", tmp_path / "elsewhere"
    suite.mkdir()
    elsewhere.mkdir()
    write_suite(suite, EACH_MUST)
    ended = pytest_in(elsewhere, str(suite / "tests"), "--base-url", base_url)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert (elsewhere / "reports" / "results.json").exists()


def test_a_run_of_other_tests_is_left_alone(tmp_path: Path) -> None:
    """The plugin acts only on the suite's own tests."""
    write_suite(tmp_path, EACH_MUST)
    (tmp_path / "others").mkdir()
    (tmp_path / "others" / "test_other.py").write_text("def test_it(): pass", encoding="utf-8")
    ended = pytest_in(tmp_path, "others", "--base-url", "no url")
    assert ended.returncode == 0, ended.stdout
    assert "verdict" not in ended.stdout


def test_the_same_seed_is_shown_for_repetition(tmp_path: Path, base_url: str) -> None:
    """The given seed is in the results and on the terminal."""
    ended, results = judge(tmp_path, base_url, EACH_MUST, options=("--seed", "77"))
    assert results["seed"] == 77
    assert "seed 77" in ended.stdout
