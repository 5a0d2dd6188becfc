"""A fault is detected on twins too, and nothing else is reported."""

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
def test_a_fault_is_detected_on_a_twin(judged: Callable[[Case], SuiteRun], case: Case) -> None:
    """Only what the fault breaks fails; only the warnings that the twin declares are added."""
    run = judged(case)
    assert disagreement(case, run) == "", run.output
