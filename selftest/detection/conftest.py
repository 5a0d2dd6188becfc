"""Runs the suite in parallel: each test waits only for the run that it is about.

The runs start immediately, while the other tests of the session are executed.
"""

from __future__ import annotations

import tempfile
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from selftest.support.cases import FAULTS, Case, case_of
from selftest.support.expected import disagreement
from selftest.support.fork_server import SEED
from selftest.support.run_pool import Pool
from selftest.support.suite_runs import SuiteRun

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

Runs = dict[Case, Future[SuiteRun]]
RUNS = pytest.StashKey[Runs]()
HERE = Path(__file__).resolve().parent


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Move the tests that wait for runs behind the others."""
    items.sort(key=lambda item: item.path.parent == HERE)


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Start every run that a selected test needs; end them with the session."""
    wanted = [case for item in session.items if (case := case_of(item)) is not None]
    if not wanted or session.config.getoption("collectonly"):
        return (yield)
    with tempfile.TemporaryDirectory() as folder, Pool(Path(folder)) as pool:
        session.config.stash[RUNS] = {
            case: pool.judge(case, SEED) for case in dict.fromkeys(wanted)
        }
        return (yield)


@pytest.fixture(scope="session")
def judged(request: pytest.FixtureRequest) -> Callable[[Case], SuiteRun]:
    """Return the run against the server of a case."""
    runs = request.config.stash.get(RUNS, {})
    return lambda case: runs[case].result()


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print the detection rate; a wrong result has already failed its own test."""
    runs = config.stash.get(RUNS, {})
    if not runs:
        return
    terminalreporter.write_sep("=", "detection")
    kinds = {
        "MUST faults detected, and nothing else": [c for c in runs if level_of(c) == "MUST"],
        "SHOULD faults detected, and nothing else": [c for c in runs if level_of(c) == "SHOULD"],
        "faults detected on twins": [c for c in runs if c.faults and c.twins],
        "conforming servers conformant": [c for c in runs if not c.faults],
    }
    for kind, cases in kinds.items():
        right = sum(is_right(case, runs[case]) for case in cases)
        rate = f"{right / len(cases):.1%}" if cases else "not run"
        terminalreporter.write_line(f"{kind + ':':<45}{right} of {len(cases)} ({rate})")


def level_of(case: Case) -> str:
    """Return the level of a single fault on the reference server; empty for any other case."""
    return FAULTS[case.faults[0]].level if len(case.faults) == 1 and not case.twins else ""


def is_right(case: Case, run: Future[SuiteRun]) -> bool:
    """Whether a case was run, with the expected result."""
    if not run.done() or run.cancelled() or run.exception() is not None:
        return False
    return disagreement(case, run.result()) == ""
