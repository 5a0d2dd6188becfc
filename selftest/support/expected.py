"""The expected result of a case: its faults, the warnings of its twins, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from selftest.support.cases import FAULTS

if TYPE_CHECKING:
    from selftest.support.cases import Case
    from selftest.support.suite_runs import SuiteRun


def disagreement(case: Case, run: SuiteRun, *, is_whole: bool = True) -> str:
    """Return how a run differs from the expected result; empty if it does not.

    A fault fails what it breaks: a MUST makes the server non-conformant, a SHOULD is a warning.
    If only some of the tests ran, MUSTs are untested, and the run is inconclusive at best.
    A twin causes no failure, and no warning except those that it declares.
    """
    faults = [FAULTS[name] for name in case.faults]
    must_fail = {requirement for fault in faults for requirement in fault.breaks}
    may_fail = {requirement for fault in faults for requirement in fault.also}
    failed = run.failed()
    at_best = 2 if case.is_by_example or not is_whole else 0
    said = {
        "missed": must_fail - failed,
        "also failed": failed - must_fail - may_fail - (case.earned & run.failed("SHOULD")),
        "did not warn": case.earned - failed if is_whole and not faults else set(),
        "could not tell": set() if faults else set(run.with_outcome("cantTell")),
        f"exit code {run.exit_code}": (
            set() if run.exit_code == (1 if run.failed("MUST") else at_best) else {"unexpected"}
        ),
    }
    return "; ".join(f"{what}: {', '.join(sorted(ids))}" for what, ids in said.items() if ids)
