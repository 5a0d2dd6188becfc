"""The published kill matrix contains every fault, and all of them are detected."""

from __future__ import annotations

import json
from typing import Any

import pytest

from order_conformance.results.diagnosis import KNOWN_FAULTS
from reference.deviations import all_faults
from tools.kill_matrix.page import PAGE, PICTURE, is_found, matrix_page, matrix_picture

KNOWN: dict[str, Any] = json.loads(KNOWN_FAULTS.read_text("utf-8"))
FAULTS = all_faults()


def test_the_matrix_knows_the_faults_that_there_are() -> None:
    """`make kill-matrix` measures them again."""
    assert list(KNOWN["faults"]) == list(FAULTS), "run `make kill-matrix`"


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_published_as_it_is_declared_and_found(name: str) -> None:
    """Its data are those of the registry; it was detected, and nothing unexpected failed."""
    fault, known = FAULTS[name], KNOWN["faults"][name]
    declared = [fault.summary, fault.category, fault.level, list(fault.breaks)]
    assert [known[key] for key in ("does", "category", "level", "breaks")] == declared
    assert is_found(known)
    assert set(known["failed"]) <= {*fault.breaks, *fault.also}


def test_the_pages_are_not_stale() -> None:
    """They are generated from the measured file only."""
    assert PAGE.read_text("utf-8") == matrix_page(KNOWN), "run `make kill-matrix`"
    assert PICTURE.read_text("utf-8") == matrix_picture(KNOWN), "run `make kill-matrix`"


def test_most_faults_are_guessed_on_a_twin() -> None:
    """For four of five, the right fault is among the first three guesses."""
    guessing = KNOWN["guessing"]
    assert guessing["faults"] == len(FAULTS)
    assert guessing["first_three"] >= 0.8 * guessing["faults"]
