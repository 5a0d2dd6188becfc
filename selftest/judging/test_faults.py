"""Each single fault is reported under the requirements that it breaks, and under no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from selftest.judging.cases import SINGLE_FAULTS
from selftest.judging.expected import disagreement

if TYPE_CHECKING:
    from collections.abc import Callable

    from selftest.judging.cases import Case
    from selftest.judging.runs import Judged


@pytest.mark.parametrize("case", SINGLE_FAULTS, ids=lambda case: case.name)
def test_a_single_fault_fails_its_requirements_and_no_others(
    judged: Callable[[Case], Judged], case: Case
) -> None:
    """A fault fails what it breaks: non-conformant for a MUST, a warning for a SHOULD."""
    run = judged(case)
    assert disagreement(case, run) == "", run.output
