"""The forks of the matrix say what a user's own two processes say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from selftest.judging.cases import Case
from selftest.judging.runs import judge_deviation

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from selftest.judging.runs import Judged


@pytest.mark.parametrize(
    "case",
    [Case(twins=("spring",)), Case(faults=("association-both-kept",))],
    ids=lambda case: case.name,
)
def test_a_fork_judges_as_two_processes_do(
    judged: Callable[[Case], Judged], case: Case, tmp_path: Path
) -> None:
    """The same outcome for each requirement, whichever way the run was made."""
    forked = judged(case)
    alone = judge_deviation(tmp_path, "--seed", "1", twins=case.twins, faults=case.faults)
    assert alone.exit_code == forked.exit_code
    outcomes = [
        {row["id"]: row["outcome"] for row in run.results["requirements"]}
        for run in (forked, alone)
    ]
    assert outcomes[0] == outcomes[1]
