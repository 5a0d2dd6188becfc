"""Runs in forks have the same results as runs in processes of their own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from order_conformance.core.redaction import Redactor
from order_conformance.core.statuses import SUCCESS
from order_conformance.session.merge import merge
from selftest.support.cases import Case
from selftest.support.suite_runs import judge, judge_deviation, reference_server

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from selftest.support.suite_runs import SuiteRun


@pytest.mark.parametrize(
    "case",
    [Case(twins=("spring",)), Case(faults=("association-both-kept",))],
    ids=lambda case: case.name,
)
def test_a_fork_judges_as_two_processes_do(
    judged: Callable[[Case], SuiteRun], case: Case, tmp_path: Path
) -> None:
    """Each requirement has the same outcome either way."""
    forked = judged(case)
    alone = judge_deviation(tmp_path, "--seed", "1", twins=case.twins, faults=case.faults)
    assert alone.exit_code == forked.exit_code
    outcomes = [
        {row["id"]: row["outcome"] for row in run.results["requirements"]}
        for run in (forked, alone)
    ]
    assert outcomes[0] == outcomes[1]


def test_two_runs_with_the_same_seed_send_the_same_requests(tmp_path: Path) -> None:
    """With the same seed and server, each test sends the same requests in the same sequence."""
    runs = [tmp_path / "one", tmp_path / "other"]
    for reports in runs:
        assert judge_deviation(reports, "--seed", "7", "--results-only").exit_code == 0
    assert_same_requests(*runs)


def test_a_seed_can_be_used_again_where_the_orders_of_the_first_run_remain(tmp_path: Path) -> None:
    """The second run does not mistake them for its own, even with another profile."""
    with reference_server("--api-key-env", "SERVER_KEY") as base_url:
        for number, profile in enumerate(["smoke", "gate", "gate"]):
            options = ("--seed", "7", "--profile", profile, "--results-only")
            run = judge(base_url, tmp_path / str(number), *options)
            assert run.exit_code == 0, run.output


def test_a_run_sends_no_copy_of_what_an_earlier_run_sent(tmp_path: Path) -> None:
    """A server may refuse an order that equals an earlier one."""
    with reference_server("--api-key-env", "SERVER_KEY", "--twin=equal-orders-refused") as base_url:
        for seed in ("1", "2"):
            options = ("--seed", seed, "--profile", "smoke", "--results-only")
            run = judge(base_url, tmp_path / seed, *options)
            assert run.exit_code == 0, run.output


def test_two_runs_with_two_workers_send_the_same_requests(tmp_path: Path) -> None:
    """Only the seed decides, even with two parallel workers."""
    runs = [tmp_path / "one", tmp_path / "other"]
    for reports in runs:
        assert judge(None, reports, "-n", "2", "--seed", "7", "--results-only").exit_code == 0
    assert_same_requests(*runs)


def test_four_shards_joined_say_what_one_run_says(tmp_path: Path) -> None:
    """Each requirement has the same outcome, even if it is covered by one in another shard."""
    fault = ("association-both-kept",)
    options = ("--seed", "7", "--results-only")
    whole = judge_deviation(tmp_path / "whole", *options, faults=fault)
    folders = [tmp_path / str(number) for number in (1, 2, 3, 4)]
    for number, folder in enumerate(folders, 1):
        judge_deviation(folder, *options, "--shard", f"{number}/4", faults=fault)
    for folder in folders:  # each had its own server and port
        path = folder / "results.json"
        results = json.loads(path.read_text("utf-8"))
        path.write_text(json.dumps(results | {"target": whole.results["target"]}), "utf-8")
    joined = merge(folders, tmp_path / "joined", Redactor([]))
    assert joined.judgement.exit_code == whole.exit_code == 1
    assert [(each["id"], each["outcome"]) for each in joined.results["requirements"]] == [
        (each["id"], each["outcome"]) for each in whole.requirements
    ]


def assert_same_requests(one: Path, other: Path) -> None:
    """Check that two runs sent the same requests; show the first that differ."""
    sent, again = requests_of(one), requests_of(other)
    assert len(sent) > 500
    differing = [name for name in {**sent, **again} if sent.get(name) != again.get(name)]
    told = {name: (sent.get(name), again.get(name)) for name in differing[:5]}
    assert not told, f"{len(differing)} requests differ"


def requests_of(reports: Path) -> dict[str, Any]:
    """Return the requests by the test that sent them and their number within the test.

    The server decides which of two parallel creates gets which id, so an order is identified by
    the request that created it.
    """
    lines = (reports / "evidence.jsonl").read_text("utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    creators = {
        (record.get("shard"), str(json.loads(record["response"]["body"])["id"])): record["id"]
        for record in records
        if record["request"]["method"] == "POST" and record["response"]["status"] in SUCCESS
    }
    for record in records:
        where, parent, name = record["request"]["path"].rpartition("/order/")
        creator = creators.get((record.get("shard"), name))
        if creator:
            record["request"]["path"] = f"{where}{parent}<created by {creator}>"
    return {record["id"]: record["request"] for record in records}


@pytest.mark.parametrize(("profile", "most"), [("smoke", 250), ("gate", 1200)])
def test_a_profile_costs_no_more_requests_than_it_may(
    tmp_path: Path, profile: str, most: int
) -> None:
    """So many requests are enough to judge a conformant server of seven orders."""
    run = judge_deviation(tmp_path, "--seed", "1", "--profile", profile, "--results-only")
    assert run.exit_code == 0, run.output
    assert run.results["requests"] <= most


def test_a_read_only_run_judges_who_is_let_in(tmp_path: Path) -> None:
    """Without a create, too: the list is open, and everything else is closed."""
    options = ("--read-only", "--profile", "smoke", "--seed", "1")
    run = judge_deviation(tmp_path, *options, faults=["list-without-key"])
    assert "AUTH-02" in run.failed()
    outcomes = {row["id"]: row["outcome"] for row in run.requirements}
    assert {name: outcomes[name] for name in ("AUTH-01", "AUTH-03", "AUTH-07")} == {
        "AUTH-01": "inapplicable",
        "AUTH-03": "passed",
        "AUTH-07": "inapplicable",
    }
