"""A fault is found, and found alone, on servers that also make lawful choices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from selftest.support.cases import PAIRS
from selftest.support.expected import disagreement

if TYPE_CHECKING:
    from collections.abc import Callable

    from selftest.support.cases import Case
    from selftest.support.suite_runs import SuiteRun


@pytest.mark.parametrize("case", PAIRS, ids=lambda case: case.name)
def test_a_fault_beside_a_lawful_choice_is_found_all_the_same(
    judged: Callable[[Case], SuiteRun], case: Case
) -> None:
    """It fails what the fault breaks; beyond that only what the twin earns may warn."""
    run = judged(case)
    assert disagreement(case, run) == "", run.output
