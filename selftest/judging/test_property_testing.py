"""Inputs that failed once are kept where a run is told to, and tried first in the next."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import strategies as st
from hypothesis.database import DirectoryBasedExampleDatabase

from order_conformance.judging.findings import NonConformance
from order_conformance.judging.property_testing import PropertyTester
from order_conformance.requirements.profiles import PROFILES
from selftest.session.test_running import EACH_MUST, MUSTS, base_url, judge, one
from selftest.support.engine_parts import pytest_in
from selftest.support.tiny_suite import write_suite

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["base_url"]  # a fixture

FAILS_ON_LARGE = """from hypothesis import strategies as st
    def check(value):
        if value > 3:
            raise fail(f"it broke at {value}", raw_api.get(), expected="x")
    explore(st.integers(0, 1000), check)"""


def explored(seed: int, examples: int, folder: Path | None) -> list[int]:
    """Look for large numbers until one is found; returns what was tried, in order."""
    tried: list[int] = []

    def check(value: int) -> None:
        tried.append(value)
        if value > 900:
            raise NonConformance("large", [], expected="small")

    profile = replace(PROFILES["gate"], examples=examples)
    database = DirectoryBasedExampleDatabase(folder) if folder else None
    with suppress(NonConformance):
        PropertyTester(profile, seed, lambda: database)(st.integers(0, 1000), check)
    return tried


def test_what_failed_is_tried_first(tmp_path: Path) -> None:
    """By any seed; without the folder the seed alone decides."""
    assert max(explored(1, 200, tmp_path)) > 900
    assert explored(2, 1, None)[0] <= 900
    assert explored(2, 1, tmp_path)[0] > 900


def test_without_a_folder_the_seed_alone_decides() -> None:
    """Twice the same."""
    assert explored(7, 30, None) == explored(7, 30, None)


def test_a_run_keeps_what_failed(tmp_path: Path, base_url: str) -> None:
    """Each test in a folder of its own; and such a run is not judged again."""
    module = one(MUSTS[0], FAILS_ON_LARGE, fixtures="raw_api, explore")
    options = ("--examples", "kept", "--seed", "1")
    _, results = judge(tmp_path, base_url, module, options=options)
    assert results["exit_code"] == 1
    [folder] = (tmp_path / "kept").iterdir()
    assert folder.name == "tests-test-tiny-py-test-one"
    ended = pytest_in(tmp_path, "--replay", "out", "--reports", "again")
    assert ended.returncode == 4
    assert "the run first retried inputs of earlier runs (--examples)" in ended.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--examples", ""), "--examples '': is empty"),
        (
            ("--examples", "kept", "--nonce", "12345678"),
            "--examples kept: cannot be combined",
        ),
        (("--examples", "conftest.py"), "--examples conftest.py: cannot be written"),
    ],
)
def test_what_cannot_be_is_a_line(tmp_path: Path, options: tuple[str, ...], said: str) -> None:
    """Exit code 4, and nothing is sent."""
    write_suite(tmp_path, EACH_MUST)
    ended = pytest_in(tmp_path, *options)
    assert ended.returncode == 4
    assert said in ended.stderr
