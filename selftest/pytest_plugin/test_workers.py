"""Shards and workers: the verdict of one run, whichever way its tests are spread."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from order_conformance.cli.main import main
from order_conformance.core.exit_codes import UsageProblem
from order_conformance.core.shard import Shard
from order_conformance.session.allocation import modules_of, share_of
from order_conformance.target.model import Budget, Target
from selftest.session.test_running import EACH_MUST, FAILS, MUSTS, RUNS, base_url, judge, one, row
from selftest.support.engine_parts import pytest_in
from selftest.support.tiny_suite import write_suite

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["base_url"]  # a fixture

WITH_WORKERS = (
    "every MUST passed",
    "a SHOULD failed, strict",
    "a MUST is cantTell",
    "the suite is broken",
    "a module is broken",
    "a test exits",
    "-k",
    "-x after a failure",
)
COVERED = """error = fail("it did", raw_api.get(), expected="x")
    error.covered_by = {}
    raise error"""
EACH_SHARD = one(MUSTS[2], "raw_api.get()") + "\npytestmark = pytest.mark.every_shard\n"
SUITE = (
    EACH_MUST,
    one(MUSTS[0], FAILS),
    one(MUSTS[1], COVERED.format(f'(("{MUSTS[0]}", "{MUSTS[5]}"),)')),
    EACH_SHARD,
)
"""One failure, one that the first covers, and a test that is in each shard."""


@pytest.mark.parametrize("name", WITH_WORKERS)
def test_with_workers_it_is_the_same_verdict(tmp_path: Path, base_url: str, name: str) -> None:
    """Each run ends as it does without workers."""
    modules, options, verdict, exit_code = RUNS[name]
    _, results = judge(tmp_path, base_url, *modules, options=(*options, "-n", "2"))
    assert (results["verdict"], results["exit_code"]) == (verdict, exit_code)


@pytest.mark.parametrize("how", [("-n", "2"), ("--shard", "1/2", "--seed", "1")])
def test_side_by_side_the_limits_of_the_target_are_kept(
    tmp_path: Path, base_url: str, how: tuple[str, ...]
) -> None:
    """Each has its share of the requests; what is not paid for cannot be judged."""
    busy = "for _ in range(9): raw_api.get()"
    modules = [one(name, busy) for name in MUSTS[:2]]
    (tmp_path / "target.toml").write_text("[budget]\nrequests = 10\n", encoding="utf-8")
    target = str(tmp_path / "target.toml")
    ended, results = judge(tmp_path, base_url, *modules, options=("--target", target, *how))
    assert results["requests"] == (10 if how[0] == "-n" else 5)
    assert "the budget of 5 requests is spent; raise [budget] requests" in ended.stdout


def test_no_worker_takes_the_orders_of_another_for_its_own(tmp_path: Path, base_url: str) -> None:
    """Both meet the same list at first, and have the seed in common."""
    note = "(run.options.reports.parents[1] / ('name-' + run.orders_name('7'))).touch()"
    modules = [one(name, note, fixtures="run") for name in MUSTS[:2]]
    judge(tmp_path, base_url, *modules, options=("-n", "2", "--seed", "1"))
    assert len(list((tmp_path / "out").glob("name-*"))) == 2


def test_workers_leave_what_one_run_leaves(tmp_path: Path, base_url: str) -> None:
    """One evidence, one summary, and no folder of a worker."""
    ended, _ = judge(tmp_path, base_url, EACH_MUST, one(MUSTS[0], FAILS), options=("-n", "2"))
    assert "NON-CONFORMANT: 1 MUST requirement failed" in ended.stdout
    assert f"{MUSTS[0]} MUST failed: it did" in ended.stdout
    assert not (tmp_path / "out" / "shards").exists()
    assert len((tmp_path / "out" / "evidence.jsonl").read_text("utf-8").splitlines()) == 1


@pytest.fixture(scope="module")
def shards(base_url: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the three shards of a run, and one of another run."""
    folder = tmp_path_factory.mktemp("shards")
    write_suite(folder, *SUITE)
    for shard, seed, name in (("1/3", 7, "1"), ("2/3", 7, "2"), ("3/3", 7, "3"), ("1/3", 8, "x")):
        options = ("--base-url", base_url, "--shard", shard, "--seed", str(seed), "--results-only")
        ended = pytest_in(folder, *options, "--reports", name)
        assert "only shard" in ended.stdout or ended.returncode == 1, ended.stdout
    return folder


def merged(shards: Path, *names: str) -> tuple[int, dict[str, Any]]:
    """Join shards; returns the exit code and the results."""
    out = shards / "-".join(names)
    code = main(["merge", *(str(shards / name) for name in names), "--reports", str(out)])
    path = out / "results.json"
    return code, json.loads(path.read_text("utf-8")) if path.exists() else {}


def test_shards_joined_are_the_run(
    shards: Path, base_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The outcomes are those of one run; what one shard tells more precisely is told once."""
    code, results = merged(shards, "3", "1", "2")
    whole = judge(tmp_path, base_url, *SUITE, options=("--seed", "7"))[1]
    outcomes = {each["id"]: each["outcome"] for each in whole["requirements"]}
    assert {each["id"]: each["outcome"] for each in results["requirements"]} == {
        **outcomes,
        MUSTS[1]: "cantTell",
    }
    assert code == whole["exit_code"] == 1
    assert row(results, MUSTS[1])["reason"] == f"blocked by {MUSTS[0]}: it did"
    assert row(results, MUSTS[1])["blocked_by"] == [MUSTS[0]]
    assert "NON-CONFORMANT" in capsys.readouterr().out


def test_every_exchange_of_every_shard_has_a_name_of_its_own(shards: Path) -> None:
    """A test that is in each shard says which one it was."""
    _, results = merged(shards, "1", "2", "3")
    lines = (shards / "1-2-3" / "evidence.jsonl").read_text("utf-8").splitlines()
    names = [json.loads(line)["id"] for line in lines]
    assert len(set(names)) == len(names) == results["requests"]
    assert {name for name in names if "(shard" in name} == {
        f"tests/test_tiny_3.py::test_one (shard {number}/3)#1" for number in (1, 2, 3)
    }


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (("1", "3"), "shard 2/3 is missing"),
        (("1", "2", "2", "3"), "shard 2/3 was given more than once"),
    ],
)
def test_a_missing_or_doubled_shard_proves_nothing(
    tmp_path: Path, base_url: str, names: tuple[str, ...], reason: str
) -> None:
    """What is left may all have passed: the verdict is inconclusive."""
    write_suite(tmp_path, EACH_MUST, EACH_SHARD, one(MUSTS[4], "pass"), one(MUSTS[5], "pass"))
    for name in sorted(set(names)):
        options = ("--base-url", base_url, "--shard", f"{name}/3", "--seed", "7")
        pytest_in(tmp_path, *options, "--results-only", "--reports", name)
    code, results = merged(tmp_path, *names)
    assert (code, results["verdict_reason"]) == (2, reason)


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("1", "x"), "its seed is 8"),
        (("1", "absent"), "cannot be read"),
        (("1", "1-2-3"), "is a whole run"),
    ],
)
def test_what_is_no_shard_of_the_run_is_refused(
    shards: Path, names: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line says which folder it is, and nothing is written."""
    merged(shards, "1", "2", "3")
    capsys.readouterr()
    assert merged(shards, *names) == (4, {})
    assert words in capsys.readouterr().err


def test_joined_shards_give_each_test_its_own_reason(tmp_path: Path, base_url: str) -> None:
    """Merging judges the outcomes of tests, not those of requirements."""
    two = [
        one(MUSTS[4], f'raise CantTell("{word}")', name=f"test_{word}") for word in ("one", "two")
    ]
    write_suite(tmp_path, *two)
    options = ("--base-url", base_url, "--seed", "7", "--results-only")
    for number in ("1", "2"):
        pytest_in(tmp_path, *options, "--shard", f"{number}/2", "--reports", number)
    outcomes = [
        json.loads(line)
        for number in ("1", "2")
        for line in (tmp_path / number / "outcomes.jsonl").read_text("utf-8").splitlines()
    ]
    assert sorted(each["reason"] for each in outcomes) == ["one", "two"]
    _, results = merged(tmp_path, "1", "2")
    assert row(results, MUSTS[4])["reason"] in {"one", "two"}
    assert len(row(results, MUSTS[4])["tests"]) == 2


def test_a_test_that_did_not_run_in_a_shard_keeps_its_requirement_open(
    tmp_path: Path, base_url: str
) -> None:
    """It was selected, and the shard ended before it."""
    write_suite(tmp_path, one(MUSTS[0], FAILS), EACH_MUST)
    for number in ("1", "2"):
        options = ("--base-url", base_url, "--seed", "7", "--results-only", "-x")
        pytest_in(tmp_path, *options, "--shard", f"{number}/2", "--reports", number)
    code, results = merged(tmp_path, "1", "2")
    assert code == 1
    assert row(results, MUSTS[0])["outcome"] == "failed"


@pytest.mark.parametrize("content", [None, "{", "{}", "[]"])
def test_a_shard_without_its_outcomes_is_refused(
    shards: Path, tmp_path: Path, content: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line names the file."""
    broken = tmp_path / "broken"
    shutil.copytree(shards / "2", broken)
    (broken / "outcomes.jsonl").unlink()
    if content is not None:
        (broken / "outcomes.jsonl").write_text(content, encoding="utf-8")
    out = tmp_path / "out"
    assert main(["merge", str(shards / "1"), str(broken), "--reports", str(out)]) == 4
    (line,) = capsys.readouterr().err.splitlines()
    assert str(broken / "outcomes.jsonl") in line
    assert not out.exists()


@pytest.mark.parametrize("text", ["0/2", "3/2", "1/0", "2", "a/b", "1/100", "-1/2", "1/2/3"])
def test_what_names_no_shard_is_refused(text: str) -> None:
    """The line names the option, the value and the fix."""
    with pytest.raises(UsageProblem, match=r"^--shard '.*': give the part"):
        Shard.parse(text)


def test_every_module_is_in_one_shard_and_the_heaviest_are_apart() -> None:
    """The parts are disjoint, complete, and about equal."""
    weights = {f"test_{number}": number for number in range(1, 20)}
    parts = [modules_of(Shard(number, 4), weights) for number in (1, 2, 3, 4)]
    assert sorted(module for part in parts for module in part) == sorted(weights)
    loads = [sum(weights[module] for module in part) for part in parts]
    assert max(loads) - min(loads) <= 3


def test_a_shard_may_spend_what_its_tests_cost() -> None:
    """The shares make the whole, the dearer one is larger, and none is nothing."""
    spent = Counter({"test_dear": 680, "test_cheap": 40, "test_free": 0})
    shares = [share_of([module], 3, spent, 30) for module in spent]
    assert sum(shares) == pytest.approx(1)
    assert shares == [710 / 810, 70 / 810, 30 / 810]
    target = Target("http://127.0.0.1:9", budget=Budget(requests=1000, orders=810))
    mine = target.share(3, request_fraction=0.5, order_fraction=shares[0]).budget
    assert (mine.requests, mine.orders) == (500, 710)


def test_a_shard_needs_the_seed_of_the_run(tmp_path: Path) -> None:
    """Without it each shard would be one of another run."""
    write_suite(tmp_path, EACH_MUST)
    ended = pytest_in(tmp_path, "--shard", "1/2")
    assert ended.returncode == 4
    assert "--shard 1/2: needs --seed" in ended.stderr
    ended = pytest_in(tmp_path, "--shard", "1/2", "--seed", "7", "-n", "2")
    assert ended.returncode == 4
    assert "--shard 1/2: cannot be combined with -n" in ended.stderr
