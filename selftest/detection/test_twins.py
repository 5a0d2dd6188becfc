"""Lawful servers that choose differently are conformant, and warned only where they earn it."""

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
def test_a_lawful_server_is_conformant_without_unearned_warnings(
    judged: Callable[[Case], SuiteRun], case: Case
) -> None:
    """A lawful choice is no failure, and no warning but those that it earns."""
    run = judged(case)
    assert disagreement(case, run) == "", run.output
    assert run.results["verdict"] == "conformant"
