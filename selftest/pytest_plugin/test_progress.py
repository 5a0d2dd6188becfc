"""Where a run is: seen on a terminal, told in a log, and never in the way."""

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

from order_conformance.pytest_plugin.progress import NOW_AND_THEN, LiveLine, Progress
from order_conformance.requirements.profiles import PROFILES
from order_conformance.session.costs import costs_of
from selftest.support.engine_parts import ROOT, pytest_in
from selftest.support.terminal_emulator import Screen
from selftest.support.tiny_suite import write_suite

if TYPE_CHECKING:
    from pathlib import Path

COSTS = costs_of("gate", read_only=False)
TESTS = [test for test, cost in COSTS.items() if cost.cases == 1]
LINE = re.compile(
    r"\d+ of \d+ requirements?, \d+ requests? \(\d+\.\d/s\), \d+ orders?, about .+ left"
)


class Shown:
    """A display that keeps what it was asked to show."""

    every = NOW_AND_THEN

    def __init__(self) -> None:
        """Nothing was shown."""
        self.texts: list[str] = []

    def show(self, text: str) -> None:
        """Keep it."""
        self.texts.append(text)

    def hide(self) -> None:
        """Nothing is in the way here."""

    def restore(self) -> None:
        """Nothing was."""


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
    run, shown, now = run_of(TESTS), Shown(), [0.0]
    progress = Progress(run, TESTS, shown, nullcontext, lambda: now[0])
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


def test_a_log_is_told_now_and_then() -> None:
    """A line each thirty seconds at the most, and none at all in a shorter run."""
    shown, now = Shown(), [0.0]
    progress = Progress(run_of(TESTS), TESTS, shown, nullcontext, lambda: now[0])
    for second in range(125):
        now[0] = float(second)
        progress.tick()
        if second < 30:
            assert shown.texts == []
    assert len(shown.texts) == 4


@pytest.mark.parametrize("height", [3, 24])
def test_the_live_line_is_below_and_leaves_nothing_behind(height: int) -> None:
    """Also at the bottom of the screen, and where it does not fit into the line."""
    screen = Screen(height)

    def write_raw(text: str, *, flush: bool = False) -> None:
        screen.write(text)

    line = LiveLine(
        SimpleNamespace(write_raw=write_raw, _tw=SimpleNamespace(fullwidth=20))  # type: ignore[arg-type]
    )
    line.restore()
    line.hide()
    for number in range(5):
        screen.write(f"tests/test_{number}.py ")
        for _ in range(3):
            line.hide()
            screen.write(".")
            line.restore()
            line.show(f"{number} of 5 requirements and more")
            assert screen.lines[-1] == f"{number} of 5 requirements and more"[:19]
            assert screen.lines[-2] == f"tests/test_{number}.py " + "." * (_ + 1)
        line.hide()
        screen.write("\r\n")
    assert screen.text == "".join(f"tests/test_{number}.py ...\n" for number in range(5))


TINY = """
import pytest

@pytest.mark.requirement("LIST-01")
@pytest.mark.parametrize("number", range(40))
def test_it(raw_api, number):
    raw_api.get()
"""

EVERY_TIME = """
from order_conformance import progress
progress.LiveLine.every = progress.LogLines.every = 0
"""


def tiny(folder: Path) -> list[str]:
    """Write a suite of many tests that shows where it is at each request; returns its options."""
    write_suite(folder, TINY, TINY)
    with (folder / "conftest.py").open("a", encoding="utf-8") as file:
        file.write(EVERY_TIME)
    return ["--reports", "out", "--seed", "1"]


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


def seconds_apart(text: str) -> list[str]:
    """Return the lines of an output without what differs from run to run."""
    return re.sub(r"[0-9.]+ ?s\b|127\.0\.0\.1:\d+", "", text).splitlines()


@pytest.mark.parametrize("how", [("-q",), ("-v",), ()])
def test_on_a_terminal_the_output_is_what_it_would_be_without(
    tmp_path: Path, how: tuple[str, ...]
) -> None:
    """Once the live line is gone, letters, names and summary stand where pytest put them."""
    options = tiny(tmp_path)
    raw = on_a_terminal(tmp_path, *options, *how)
    screen = Screen()
    screen.write(raw)
    assert len([line for line in screen.below if LINE.fullmatch(line)]) > 20
    assert not LINE.search(screen.text)
    without = Screen()
    conftest = (tmp_path / "conftest.py").read_text(encoding="utf-8")
    (tmp_path / "conftest.py").write_text(
        conftest + "progress.LiveLine.every = 1e9\n", encoding="utf-8"
    )
    without.write(on_a_terminal(tmp_path, *options, *how))
    assert without.below == []
    assert seconds_apart(screen.text) == seconds_apart(without.text)


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_without_colour_there_are_no_control_sequences(
    tmp_path: Path, variables: dict[str, str]
) -> None:
    """The state is told on lines of its own then, as in a log."""
    raw = on_a_terminal(tmp_path, *tiny(tmp_path), **variables)
    assert "\x1b" not in raw
    assert LINE.search(raw)


@pytest.mark.parametrize("how", [("-q",), ("-v",)])
def test_a_log_gets_lines_of_its_own(tmp_path: Path, how: tuple[str, ...]) -> None:
    """Each state is a whole line; pytest's own lines begin again after it."""
    shown = pytest_in(tmp_path, *tiny(tmp_path), *how).stdout
    states = [line for line in shown.splitlines() if line.startswith("... ")]
    assert len(states) >= 80
    assert all(LINE.match(state.removeprefix("... ")) for state in states)
    assert not any(LINE.search(x) for x in shown.splitlines() if x not in states)
    assert "\x1b" not in shown


def test_who_wants_silence_has_it(tmp_path: Path) -> None:
    """-q -q shows no state, on no terminal and in no log."""
    options = tiny(tmp_path)
    assert not LINE.search(pytest_in(tmp_path, *options, "-q", "-q").stdout)
    assert not LINE.search(on_a_terminal(tmp_path, *options, "-q", "-q"))


def test_a_short_run_says_nothing_in_a_log(tmp_path: Path) -> None:
    """The embedded server is judged in a few seconds."""
    shown = pytest_in(ROOT, "tests/test_listing.py", "-q", "--reports", str(tmp_path)).stdout
    assert not LINE.search(shown)
