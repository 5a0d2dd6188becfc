"""Progress lines: now and then, each on a line of its own, and without control sequences."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from contextlib import nullcontext
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from order_conformance.pytest_plugin.progress import Progress
from order_conformance.requirements.profiles import PROFILES
from order_conformance.session.costs import costs_of
from selftest.support.engine_parts import ROOT, pytest_in
from selftest.support.tiny_suite import write_suite

if TYPE_CHECKING:
    from pathlib import Path

COSTS = costs_of("gate", read_only=False)
TESTS = [test for test, cost in COSTS.items() if cost.cases == 1]
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
LINE = re.compile(
    r"\d+ of \d+ requirements?, \d+ requests? \(\d+\.\d/s\), \d+ orders?, about .+ left"
)


class Terminal:
    """A terminal reporter that keeps what is written."""

    def __init__(self) -> None:
        """Nothing is written yet."""
        self.text = ""

    def write(self, text: str) -> None:
        """Keep it."""
        self.text += text

    def ensure_newline(self) -> None:
        """Do nothing: nobody else writes here."""

    def flush(self) -> None:
        """Do nothing."""


def progress_of(tests: list[str], now: list[float]) -> tuple[Progress, Any, Terminal]:
    """Return the progress of a run of these tests, with the run and the terminal it has."""
    run, terminal = run_of(tests), Terminal()
    reporter: Any = terminal
    return Progress(run, tests, reporter, nullcontext, lambda: now[0]), run, terminal


def run_of(tests: list[str]) -> Any:
    """Return what progress wants to know of a run of these tests."""
    pending: dict[str, set[str]] = {}
    for test in tests:
        pending.setdefault(COSTS[test].requirement, set()).add(test)
    options = SimpleNamespace(profile=PROFILES["gate"])
    return SimpleNamespace(
        options=options,
        target=None,
        pending=pending,
        requests=0,
        orders_created=0,
    )


def test_it_says_what_is_done_and_what_is_left() -> None:
    """The time left goes by what the tests that are left were counted to cost."""
    now = [0.0]
    progress, run, _ = progress_of(TESTS, now)
    assert "about ? left" in progress.text()
    half, spent = 0, 0.0
    whole = sum(COSTS[test].requests + 0.1 for test in TESTS)
    while spent < whole / 2:
        test = TESTS[half]
        progress.pytest_runtest_logfinish(test)
        run.pending[COSTS[test].requirement].discard(test)
        spent += COSTS[test].requests + 0.1
        half += 1
    run.requests, run.orders_created, now[0] = 300, 1, 600.0
    done = sum(not left for left in run.pending.values())
    said = progress.text()
    assert said.startswith(
        f"{done} of {len(run.pending)} requirements, 300 requests (0.5/s), 1 order, about "
    )
    left = 600 * (whole - spent) / spent
    assert f"about {int(left // 60)} min" in said
    assert LINE.fullmatch(said)


def test_a_line_is_printed_now_and_then() -> None:
    """One every thirty seconds at most, and none at all in a shorter run."""
    now = [0.0]
    progress, _, terminal = progress_of(TESTS, now)
    for second in range(125):
        now[0] = float(second)
        progress.tick()
        if second < 30:
            assert terminal.text == ""
    lines = terminal.text.splitlines()
    assert len(lines) == 4
    assert all(LINE.fullmatch(line.removeprefix("... ")) for line in lines)


TINY = """
import pytest

@pytest.mark.requirement("LIST-01")
@pytest.mark.parametrize("number", range(40))
def test_it(raw_api, number):
    raw_api.get()
"""

AT_EACH_REQUEST = """
from order_conformance.pytest_plugin import progress
progress.INTERVAL = 0
"""


def tiny(folder: Path) -> list[str]:
    """Write a suite of many tests that prints a line at each request; returns its options."""
    write_suite(folder, TINY, TINY)
    with (folder / "conftest.py").open("a", encoding="utf-8") as file:
        file.write(AT_EACH_REQUEST)
    return ["--reports=out", "--seed", "1"]


def on_a_terminal(folder: Path, *arguments: str, **variables: str) -> str:
    """Run pytest on a terminal; returns the bytes that it got, as text."""
    ours, theirs = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", *arguments],
        cwd=folder,
        env={**environment, "COLUMNS": "100", "TERM": "xterm", **variables},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    parts = []
    try:
        while part := os.read(ours, 65536):
            parts.append(part)
    except OSError:
        pass  # how a terminal ends
    os.close(ours)
    process.wait()
    return b"".join(parts).decode()


@pytest.mark.parametrize("variables", [{}, {"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_gets_whole_lines_as_well(tmp_path: Path, variables: dict[str, str]) -> None:
    """Nothing moves the cursor; colours are pytest's, and only where it uses them."""
    raw = on_a_terminal(tmp_path, *tiny(tmp_path), **variables)
    assert_whole_lines(COLOUR.sub("", raw) if variables == {} else raw)


@pytest.mark.parametrize("how", [("-q",), ("-v",)])
def test_a_log_gets_whole_lines(tmp_path: Path, how: tuple[str, ...]) -> None:
    """Each state is a whole line; pytest's own lines begin again after it."""
    assert_whole_lines(pytest_in(tmp_path, *tiny(tmp_path), *how).stdout)


def assert_whole_lines(shown: str) -> None:
    """Each state stands on a line of its own, without a control sequence."""
    states = [line for line in shown.splitlines() if line.startswith("... ")]
    assert len(states) >= 80
    assert all(LINE.match(state.removeprefix("... ")) for state in states)
    assert not any(LINE.search(x) for x in shown.splitlines() if x not in states)
    assert "\x1b" not in shown


def test_who_wants_silence_has_it(tmp_path: Path) -> None:
    """-q -q prints no state, neither on a terminal nor in a log."""
    options = tiny(tmp_path)
    assert not LINE.search(pytest_in(tmp_path, *options, "-q", "-q").stdout)
    assert not LINE.search(on_a_terminal(tmp_path, *options, "-q", "-q"))


def test_a_short_run_prints_none(tmp_path: Path) -> None:
    """The embedded server is tested in a few seconds."""
    shown = pytest_in(ROOT, "tests/test_listing.py", "-q", f"--reports={tmp_path}").stdout
    assert not LINE.search(shown)
