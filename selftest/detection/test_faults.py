"""Each single fault is reported under the requirements that it breaks, and under no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from selftest.support.cases import SINGLE_FAULTS
from selftest.support.expected import disagreement

if TYPE_CHECKING:
    from collections.abc import Callable

    from selftest.support.cases import Case
    from selftest.support.suite_runs import SuiteRun


@pytest.mark.parametrize("case", SINGLE_FAULTS, ids=lambda case: case.name)
def test_a_single_fault_fails_its_requirements_and_no_others(
    judged: Callable[[Case], SuiteRun], case: Case
) -> None:
    """A fault fails what it breaks: non-conformant for a MUST, a warning for a SHOULD."""
    run = judged(case)
    assert disagreement(case, run) == "", run.output
