"""Each single fault is reported under the requirements that it breaks, and under no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from selftest.judging.cases import FAULTS, SINGLE_FAULTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from selftest.judging.cases import Case
    from selftest.judging.runs import Judged


@pytest.mark.parametrize("case", SINGLE_FAULTS, ids=lambda case: case.name)
def test_a_single_fault_fails_its_requirements_and_no_others(
    judged: Callable[[Case], Judged], case: Case
) -> None:
    """A fault fails what it breaks; a MUST makes the server non-conformant, a SHOULD warns.

    Where no inputs were generated, the MUSTs about them are untested: inconclusive at best.
    """
    run, fault = judged(case), FAULTS[case.faults[0]]
    failed = run.failed()
    assert set(fault.breaks) <= failed, f"missed: {set(fault.breaks) - failed}\n{run.output}"
    unexpected = failed - set(fault.breaks) - set(fault.also)
    assert not unexpected, f"also reported: {unexpected}\n{run.output}"
    at_best = 2 if case.is_by_example else 0
    assert run.exit_code == (1 if run.failed("MUST") else at_best)
