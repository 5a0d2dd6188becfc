"""Each single fault is reported under the requirements that it breaks, and under no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reference.deviations import all_faults

if TYPE_CHECKING:
    from collections.abc import Callable

    from selftest.judging.runs import Judged

FAULTS = {name: fault for name, fault in all_faults().items() if not fault.needs_empty}
DEVIATIONS = [((), (name,)) for name in FAULTS]


@pytest.mark.parametrize("deviations", DEVIATIONS, ids=lambda d: d[1][0])
def test_a_single_fault_fails_its_requirements_and_no_others(
    judged: Callable[[tuple[tuple[str, ...], tuple[str, ...]]], Judged],
    deviations: tuple[tuple[str, ...], tuple[str, ...]],
) -> None:
    """A fault fails what it breaks; a MUST makes the server non-conformant, a SHOULD warns."""
    run, fault = judged(deviations), FAULTS[deviations[1][0]]
    failed = run.failed()
    assert set(fault.breaks) <= failed, f"missed: {set(fault.breaks) - failed}\n{run.output}"
    unexpected = failed - set(fault.breaks) - set(fault.also)
    assert not unexpected, f"also reported: {unexpected}\n{run.output}"
    assert run.exit_code == (1 if run.failed("MUST") else 0)
