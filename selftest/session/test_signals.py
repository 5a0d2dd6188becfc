"""Ctrl-C and SIGTERM: what is known is written, the verdict is inconclusive, nothing is left."""

from __future__ import annotations

import asyncio
import json
import os
import select
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

import pytest

from selftest.support.engine_parts import ROOT
from selftest.support.misbehaving_server import Gateway, Incoming, response_to, serving
from selftest.support.tiny_suite import write_suite

if TYPE_CHECKING:
    from collections.abc import Iterator

BOTH = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda n: n.name)

SUITE = """
import pytest
requirement = pytest.mark.requirement

@requirement("ASSOC-01")
def test_one(raw_api): raw_api.get()

@requirement("ASSOC-02")
def test_two(raw_api): raw_api.get("/two")

@requirement("ASSOC-03")
def test_three(raw_api): raw_api.get()
"""


@contextmanager
def started(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Start pytest in a process group of its own; what is left of it is killed at the end."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "pytest", *arguments],
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1", "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    watchdog = threading.Timer(50, process.kill)
    watchdog.start()
    try:
        yield process
    finally:
        watchdog.cancel()
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def read_until(stream: IO[str] | None, words: str) -> str:
    """Read lines until one holds the words."""
    assert stream is not None
    read = ""
    for line in stream:
        read += line
        if words in line:
            return read
    raise AssertionError(f"the output ended without {words!r}:\n{read}")


def assert_cut_short(reports: Path, process: subprocess.Popen[str], number: int) -> dict[str, str]:
    """Exit code 2, results that say why; returns outcomes by requirement."""
    output, _ = process.communicate()
    assert process.returncode == 2, output
    results = json.loads((reports / "results.json").read_text(encoding="utf-8"))
    assert results["verdict"] == "inconclusive"
    assert results["verdict_reason"] == f"interrupted by {signal.Signals(number).name}"
    assert results["interrupted"] is True
    assert "INCONCLUSIVE" in output
    return {row["id"]: row["outcome"] for row in results["requirements"]}


@BOTH
def test_during_a_request(tmp_path: Path, number: int) -> None:
    """What was judged before stays judged; what was under way is not."""
    arrived = threading.Event()

    async def held(_: Gateway, request: Incoming, writer: asyncio.StreamWriter) -> None:
        if request.path.endswith("/two"):
            arrived.set()
            await _forever()
        writer.write(response_to("200 OK", b"{}", "Content-Type: application/json"))

    write_suite(tmp_path, SUITE)
    options = ("--reports", "out", "--base-url")
    with serving(held) as (base_url, _), started(tmp_path, *options, base_url) as process:
        assert arrived.wait(40)
        process.send_signal(number)
        outcomes = assert_cut_short(tmp_path / "out", process, number)
    assert outcomes["ASSOC-01"] == "passed"
    assert outcomes["ASSOC-02"] == outcomes["ASSOC-03"] == "cantTell"
    lines = (tmp_path / "out" / "evidence.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["tests/test_tiny.py::test_one#1"]


def test_a_signal_that_is_caught_on_its_way_still_ends_the_run(tmp_path: Path) -> None:
    """A library may swallow it, as Python itself does in a finaliser."""
    swallowing = SUITE.replace(
        'def test_two(raw_api): raw_api.get("/two")',
        """def test_two():
    import os, signal
    try:
        os.kill(os.getpid(), signal.SIGTERM)
    except KeyboardInterrupt:
        pass""",
    )

    async def fine(_: Gateway, __: Incoming, writer: asyncio.StreamWriter) -> None:
        writer.write(response_to("200 OK", b"{}", "Content-Type: application/json"))

    write_suite(tmp_path, swallowing)
    options = ("--reports", "out", "--base-url")
    with serving(fine) as (base_url, _), started(tmp_path, *options, base_url) as process:
        outcomes = assert_cut_short(tmp_path / "out", process, signal.SIGTERM)
    assert (outcomes["ASSOC-01"], outcomes["ASSOC-03"]) == ("passed", "cantTell")


async def _forever() -> None:
    await asyncio.Event().wait()


@BOTH
def test_while_the_tests_are_collected(tmp_path: Path, number: int) -> None:
    """Nothing was judged; the results say that all of it is open."""
    waiting = 'import sys\nprint("collecting now", file=sys.__stderr__, flush=True)\n'
    hold = 'import os\nwhile os.path.exists("hold"): pass\n'
    (tmp_path / "hold").touch()
    write_suite(tmp_path, SUITE + waiting + hold)
    with started(tmp_path, "--base-url", "http://127.0.0.1:9", "--reports", "out", "-s") as process:
        read_until(process.stdout, "collecting now")
        process.send_signal(number)
        (tmp_path / "hold").unlink()
        outcomes = assert_cut_short(tmp_path / "out", process, number)
    assert "passed" not in outcomes.values()


@BOTH
def test_at_the_start_of_the_embedded_server(tmp_path: Path, number: int) -> None:
    """The real suite, stopped as soon as it speaks: no server is left behind."""
    options = ("tests", "--reports", str(tmp_path))
    with started(ROOT, *options) as process:
        read_until(process.stdout, "target: embedded")
        process.send_signal(number)
        assert_cut_short(tmp_path, process, number)
        assert children_of(process.pid) == []


@BOTH
def test_in_the_middle_of_the_real_suite(tmp_path: Path, number: int) -> None:
    """Areas that are through stay judged; the server is gone with the run."""
    with started(ROOT, "tests", "--reports", str(tmp_path), "-v") as process:
        read_until(process.stdout, "test_content.py")
        servers = children_of(process.pid)
        assert servers, "the embedded server is a child of the run"
        process.send_signal(number)
        outcomes = assert_cut_short(tmp_path, process, number)
    assert "passed" in outcomes.values()
    assert not any(Path(f"/proc/{pid}").exists() for pid in servers)


@BOTH
def test_while_the_summary_is_written(tmp_path: Path, number: int) -> None:
    """A late signal changes neither the results nor the exit code that they stand for."""
    write_suite(tmp_path, SUITE)

    async def fine(_: Gateway, __: Incoming, writer: asyncio.StreamWriter) -> None:
        writer.write(response_to("200 OK", b"{}", "Content-Type: application/json"))

    with (
        serving(fine) as (base_url, _),
        started(tmp_path, "--base-url", base_url, "--reports", "out") as process,
    ):
        read_until(process.stdout, "= requirements =")
        process.send_signal(number)
        output, _unused = process.communicate()
    results = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    assert process.returncode == results["exit_code"] == 2
    assert results["interrupted"] is False  # the MUSTs without a test make it inconclusive
    assert "had no test in this run" in output


def test_a_second_signal_does_not_cut_the_end_short(tmp_path: Path) -> None:
    """Impatient users get their results as well."""
    with started(ROOT, "tests", "--reports", str(tmp_path), "-v") as process:
        read_until(process.stdout, "PASSED")
        servers = children_of(process.pid)
        for _press in range(3):
            process.send_signal(signal.SIGINT)
        assert_cut_short(tmp_path, process, signal.SIGINT)
    assert not any(Path(f"/proc/{pid}").exists() for pid in servers)


def test_a_run_that_is_killed_leaves_no_server(tmp_path: Path) -> None:
    """Not even SIGKILL does: the server ends with the pipe to its parent."""
    with started(ROOT, "tests", "--reports", str(tmp_path), "-v") as process:
        read_until(process.stdout, "PASSED")
        (server,) = children_of(process.pid)
        end_of_server = os.pidfd_open(server)
        process.kill()
        process.communicate()
    with os.fdopen(end_of_server) as ended:
        readable, _, _ = select.select([ended], [], [], 20)
    assert readable, "the embedded server outlived its run"


def children_of(pid: int) -> list[int]:
    """Return the processes that a process has started and that still run."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text(encoding="ascii", errors="replace")
            except OSError:
                continue
            state, parent = stat.rpartition(")")[2].split()[:2]
            if int(parent) == pid and state != "Z":
                found.append(int(entry.name))
    return found
