"""Lawful servers that choose differently are conformant, and warned only where they earn it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from selftest.judging.cases import COMBINED_TWINS, SINGLE_TWINS

if TYPE_CHECKING:
    from collections.abc import Callable

    from selftest.judging.cases import Case
    from selftest.judging.runs import Judged


@pytest.mark.parametrize("case", [*SINGLE_TWINS, *COMBINED_TWINS], ids=lambda case: case.name)
def test_a_lawful_server_is_conformant_without_unearned_warnings(
    judged: Callable[[Case], Judged], case: Case
) -> None:
    """A lawful choice is no failure, and no warning but those that it earns."""
    run = judged(case)
    assert run.failed("MUST") == set(), run.output
    assert run.failed("SHOULD") == case.earned, run.output
    assert run.with_outcome("cantTell") == {}, run.output
    assert run.results["verdict"] == "conformant"
    assert run.exit_code == 0
