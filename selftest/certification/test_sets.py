"""Published sets never change, and every one of them can be judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from order_conformance.core.exit_codes import UsageProblem
from order_conformance.core.vocabulary import Level, Outcome, Verdict
from order_conformance.judging.findings import TestOutcome
from order_conformance.judging.verdict import judge
from order_conformance.requirements.catalogue import load_catalogue
from order_conformance.requirements.requirement_sets import (
    SETS,
    read_requirement_set,
    requirement_sets,
)
from order_conformance.session.nonces import check_nonce, seed_of
from selftest.support.engine_parts import ROOT, pytest_in
from selftest.support.recorded_runs import record

if TYPE_CHECKING:
    from pathlib import Path

PUBLISHED = {
    "2026-11": "sha256:12b61c7d30d36bb496fad21cd00f06e2c3c5ef293e4a3e71b0d61184c85c7eb6",
}
"""What was published; a set that is not the same any more is another set."""

CATALOGUE = load_catalogue()


def test_no_published_set_has_changed() -> None:
    """Each has the digest with which it was published, and none is missing."""
    assert {name: read_requirement_set(name).digest for name in requirement_sets()} == PUBLISHED


@pytest.mark.parametrize("name", requirement_sets())
def test_a_published_set_can_be_judged(name: str) -> None:
    """The catalogue knows its requirements; its levels are those of the set."""
    requirement_set = read_requirement_set(name)
    assert requirement_set.name == name
    levelled = requirement_set.only(requirement_set.levelled(CATALOGUE))
    assert {
        each.id: each.level for each in levelled.requirements.values()
    } == requirement_set.levels


def test_the_latest_set_is_the_whole_catalogue() -> None:
    """Its deep profile judges all there is."""
    requirement_set = read_requirement_set(requirement_sets()[-1])
    assert list(requirement_set.levels) == list(CATALOGUE.requirements)
    assert requirement_set.profile == "certify"


@pytest.mark.parametrize("name", ["2020-01", "", "../requirements", "x", "/etc/passwd", "no.yaml"])
def test_a_set_that_is_not_published_is_a_usage_error(name: str) -> None:
    """With the names of those that are."""
    with pytest.raises(UsageProblem, match="2026-11"):
        read_requirement_set(name)


@pytest.mark.parametrize("text", ["- 1", "{", "requirement_set: x\nprofile: n\nrequirements: {}"])
def test_a_file_that_holds_no_set_is_a_usage_error(tmp_path: Path, text: str) -> None:
    """Whatever it holds."""
    file = tmp_path / "draft.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageProblem, match="does not hold a requirement set"):
        read_requirement_set(str(file))


def test_a_set_of_unknown_requirements_is_a_usage_error(tmp_path: Path) -> None:
    """A suite that has lost one cannot judge the set."""
    file = tmp_path / "draft.yaml"
    content = {"requirement_set": "x", "profile": "gate", "requirements": {"NONE-01": "MUST"}}
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(UsageProblem, match="does not know NONE-01"):
        read_requirement_set(str(file)).levelled(CATALOGUE)


def test_untested_requirements_of_a_set_leave_the_verdict_open() -> None:
    """Also where they are only a SHOULD; without a set that is how smoke works."""
    passed = [
        TestOutcome("t", each.id, Outcome.PASSED)
        for each in CATALOGUE.requirements.values()
        if each.level is Level.MUST
    ]
    assert judge(CATALOGUE, passed, strict=False).verdict is Verdict.CONFORMANT
    assert judge(CATALOGUE, passed, strict=False, whole=True).verdict is Verdict.INCONCLUSIVE


def test_a_draft_is_judged_alone(tmp_path: Path) -> None:
    """Only its requirements, with its levels, and named in the results."""
    file = tmp_path / "draft.yaml"
    content = {
        "requirement_set": "draft",
        "profile": "gate",
        "requirements": {"ASSOC-03": "SHOULD", "FETCH-02": "MUST"},
    }
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    options = ("--set", str(file), "--nonce", "a nonce of the body")
    results = record(tmp_path / "run", "--fault=association-both-kept", options=options)
    rows = {row["id"]: (row["level"], row["outcome"]) for row in results["requirements"]}
    assert rows == {"ASSOC-03": ("SHOULD", "failed"), "FETCH-02": ("MUST", "passed")}
    assert (results["verdict"], results["exit_code"]) == ("conformant", 0)
    assert results["set"]["name"] == "draft"
    assert results["seed"] == seed_of("a nonce of the body")
    assert results["requests"] < 100


def test_a_nonce_decides_the_seed() -> None:
    """Always the same way, and another nonce another way."""
    assert seed_of("nonce-one") == seed_of("nonce-one") != seed_of("nonce-two")
    assert 0 <= seed_of("nonce-one") < 2**32


@pytest.mark.parametrize("nonce", ["", "short", "x" * 201, "with\na line", "Grüße aus Köln"])
def test_a_nonce_that_cannot_be_handed_on_is_a_usage_error(nonce: str) -> None:
    """Too short, too long, unprintable."""
    with pytest.raises(UsageProblem, match="--nonce"):
        check_nonce(nonce)


@pytest.mark.parametrize(
    ("options", "key", "said"),
    [
        (
            ("--profile", "smoke"),
            "",
            "is tested with the profile certify; leave --profile smoke out",
        ),
        (("--read-only",), "", "--set 2026-11: needs to create orders"),
        ((), "short", "the API key is shorter than 8 characters"),
        (
            ("--nonce", "a nonce of it", "--seed", "1"),
            "",
            "--seed 1: cannot be combined",
        ),
    ],
)
def test_what_would_leave_something_out_is_a_usage_error(
    tmp_path: Path, options: tuple[str, ...], key: str, said: str
) -> None:
    """One line, and nothing is sent."""
    given = ("--base-url", "http://127.0.0.1:9", "--set", "2026-11", "--reports", str(tmp_path))
    ended = pytest_in(ROOT, "tests", *given, *options, **({"ORDER_API_KEY": key} if key else {}))
    assert said in ended.stderr
    assert ended.returncode == 4
    assert not (tmp_path / "evidence.jsonl").exists()


def test_sets_are_files_of_this_folder_only() -> None:
    """Each is named after its set."""
    assert sorted(path.name for path in SETS.iterdir()) == [
        f"{name}.yaml" for name in requirement_sets()
    ]
