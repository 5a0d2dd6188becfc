"""A fault is found, and found alone, on servers that also make lawful choices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from selftest.judging.cases import FAULTS, PAIRS

if TYPE_CHECKING:
    from collections.abc import Callable

    from selftest.judging.cases import Case
    from selftest.judging.runs import Judged


@pytest.mark.parametrize("case", PAIRS, ids=lambda case: case.name)
def test_a_fault_beside_a_lawful_choice_is_found_all_the_same(
    judged: Callable[[Case], Judged], case: Case
) -> None:
    """It fails what the fault breaks; beyond that only what the twin earns may warn."""
    run, fault = judged(case), FAULTS[case.faults[0]]
    failed = run.failed()
    assert set(fault.breaks) <= failed, f"missed: {set(fault.breaks) - failed}\n{run.output}"
    unexpected = failed - set(fault.breaks) - set(fault.also) - case.earned
    assert not unexpected, f"also reported: {unexpected}\n{run.output}"
    assert run.exit_code == (1 if run.failed("MUST") else 0)
