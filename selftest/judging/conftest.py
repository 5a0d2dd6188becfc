"""Runs of the suite, side by side: each test waits only for the run that it judges."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING, cast

import pytest

from selftest.judging.cases import FAULTS, Case
from selftest.judging.expected import disagreement
from selftest.judging.forks import SEED
from selftest.judging.pool import Pool
from selftest.judging.runs import Judged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Runs = dict[Case, Future[Judged]]
RUNS = pytest.StashKey[Runs]()


@pytest.fixture(scope="session")
def judged(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[Case], Judged]]:
    """Return the run against the server of a case.

    Every run that a selected test asks for is started at once.
    """
    wanted: list[Case] = []
    for item in request.session.items:
        if isinstance(item, pytest.Function) and hasattr(item, "callspec"):
            found = [value for name, value in item.callspec.params.items() if name == "case"]
            wanted += cast("list[Case]", found)
    with Pool(tmp_path_factory.mktemp("judged")) as pool:
        runs = {case: pool.judge(case, SEED) for case in dict.fromkeys(wanted)}
        request.config.stash[RUNS] = runs
        yield lambda case: runs[case].result()


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print the detection rate; a run that says what it must not has failed its own test."""
    runs = config.stash.get(RUNS, {})
    if not runs:
        return
    terminalreporter.write_sep("=", "detection")
    kinds = {
        "MUST faults found, and found alone": [c for c in runs if level_of(c) == "MUST"],
        "SHOULD faults warned of, and of them alone": [c for c in runs if level_of(c) == "SHOULD"],
        "faults found on servers with habits": [c for c in runs if c.faults and c.twins],
        "lawful servers conformant": [c for c in runs if not c.faults],
    }
    for kind, cases in kinds.items():
        right = sum(is_right(case, runs[case]) for case in cases)
        rate = f"{right / len(cases):.1%}" if cases else "none was judged"
        terminalreporter.write_line(f"{kind + ':':<45}{right} of {len(cases)} ({rate})")


def level_of(case: Case) -> str:
    """Return the level of a single fault on the reference server; empty for any other case."""
    return FAULTS[case.faults[0]].level if len(case.faults) == 1 and not case.twins else ""


def is_right(case: Case, run: Future[Judged]) -> bool:
    """Say whether a case was judged, and as it must be."""
    if not run.done() or run.cancelled() or run.exception() is not None:
        return False
    return disagreement(case, run.result()) == ""
