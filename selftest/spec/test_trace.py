"""No requirement without a test, none without a fault that its tests catch."""

from __future__ import annotations

import pytest

from order_conformance.core.vocabulary import Level
from order_conformance.requirements.catalogue import load_catalogue
from tools.trace_page import PAGE, judging_tests, proving_faults, trace_page

CATALOGUE = load_catalogue()
TESTS = judging_tests()
FAULTS = proving_faults()


@pytest.mark.parametrize("requirement", CATALOGUE.requirements)
def test_a_requirement_has_a_test_and_the_faults_that_prove_it(requirement: str) -> None:
    """Every MUST has two faults at least, every SHOULD one; each has a test."""
    fewest = 2 if CATALOGUE[requirement].level is Level.MUST else 1
    assert TESTS[requirement], "no test judges it"
    assert len(FAULTS[requirement]) >= fewest, FAULTS[requirement]


def test_every_mark_names_a_requirement() -> None:
    """No test and no fault speaks of a requirement that the catalogue lacks."""
    assert set(TESTS) <= set(CATALOGUE.requirements)
    assert set(FAULTS) <= set(CATALOGUE.requirements)


def test_the_page_is_not_stale() -> None:
    """`make docs` makes it anew."""
    assert PAGE.read_text("utf-8") == trace_page(CATALOGUE), "run `make docs`"
