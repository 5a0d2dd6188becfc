"""Twins are conformant, and only cause the warnings that they declare."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from selftest.support.cases import COMBINED_TWINS, SINGLE_TWINS
from selftest.support.expected import disagreement

if TYPE_CHECKING:
    from collections.abc import Callable

    from selftest.support.cases import Case
    from selftest.support.suite_runs import SuiteRun


@pytest.mark.parametrize("case", [*SINGLE_TWINS, *COMBINED_TWINS], ids=lambda case: case.name)
def test_a_twin_is_conformant_and_causes_only_declared_warnings(
    judged: Callable[[Case], SuiteRun], case: Case
) -> None:
    """Nothing fails, and there are no other warnings."""
    run = judged(case)
    assert disagreement(case, run) == "", run.output
    assert run.results["verdict"] == "conformant"
