"""A worker that runs the whole suite repeatedly, each time in a fork of itself.

Python, pytest, the engine and the reference server are imported once; a run then costs what
its requests cost. The worker reads one job a line from standard input and answers with one
line; it has a single thread, so that it may fork. A fork ends when standard input does, and its
server ends with it: nothing outlives the process that gave the job.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import sys
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NoReturn

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

SEED = "1"
"""The seed of every run, so that generated inputs are drawn only once."""

LONGEST_RUN = 120
"""Seconds after which a run is killed."""


@dataclass(frozen=True)
class Job:
    """One run: the deviations of the server, and the options of pytest."""

    reports: str
    arguments: tuple[str, ...]
    key: str | None
    twins: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    orders: int = 7

    def dump(self) -> str:
        """Return the job as one line."""
        return json.dumps(asdict(self))

    @classmethod
    def load(cls, line: str) -> Job:
        """Return the job of a line."""
        raw = json.loads(line)
        for name in ("arguments", "twins", "faults"):
            raw[name] = tuple(raw[name])
        return cls(**raw)


def main() -> None:
    """Execute jobs until standard input ends."""
    # The process that waits for the runs has other work to do, and goes first.
    os.nice(5)
    responses = os.dup(1)
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        os.dup2(nowhere.fileno(), 1)
    # Keep what pytest compiles for later runs.
    sys.dont_write_bytecode = False
    # One run in this process, against the embedded server: everything that is imported, compiled
    # or drawn from the seed once is then available in every fork.
    with TemporaryDirectory() as reports:
        pytest.main(["tests", "--reports", reports, "--results-only", "-q", "--seed", SEED])
    for module in ("application", "running", "settings"):
        importlib.import_module(f"reference.{module}")
    importlib.import_module("uvicorn.protocols.http.h11_impl")
    importlib.import_module("uvicorn.lifespan.on")
    # httpcore tries to import it several times per request; this makes it fail fast.
    if find_spec("sniffio") is None:
        sys.modules["sniffio"] = None  # type: ignore[assignment]
    # A run is short and ends with its process, so it needs no garbage collection.
    gc.freeze()
    gc.disable()
    while line := _read_line():
        child = os.fork()
        if child == 0:
            os.close(responses)
            _judge(Job.load(line))
        _, status = os.waitpid(child, 0)
        os.write(responses, f"{os.waitstatus_to_exitcode(status)}\n".encode())


def _read_line() -> str:
    """Return a line, read without a buffer, because the forks would share it."""
    line = bytearray()
    while not line.endswith(b"\n"):
        letter = os.read(0, 1)
        if not letter:
            return ""
        line += letter
    return line.decode()


def _judge(job: Job) -> NoReturn:
    """Serve in another fork, run the suite in this one, and exit with its exit code."""
    from reference.running import exit_with_parent  # noqa: PLC0415 - see below

    reports = Path(job.reports)
    reports.mkdir(parents=True, exist_ok=True)
    with (reports / "output.txt").open("w", encoding="utf-8") as output:
        for stream in (1, 2):
            os.dup2(output.fileno(), stream)
    url, end = _serve(job)
    exit_with_parent()
    signal.alarm(LONGEST_RUN)
    code = _run(job, url)
    sys.stdout.flush()
    sys.stderr.flush()
    end()
    os._exit(code)


def _serve(job: Job) -> tuple[str, Callable[[], None]]:
    """Serve in a fork; return the base URL, and a function that ends the server."""
    # Not at the top: pytest has to be the first to import what its plugins use.
    from reference import running  # noqa: PLC0415
    from reference.application import create_app  # noqa: PLC0415
    from reference.settings import Settings  # noqa: PLC0415

    # Listening before the fork, so that an early request waits.
    bound = running.bind("127.0.0.1", 0)
    bound.listen()
    host, port = bound.getsockname()[:2]
    life, our_end = os.pipe()
    server = os.fork()
    if server == 0:
        os.close(our_end)
        os.dup2(life, 0)
        running.exit_with_parent()
        settings = Settings(api_key=job.key, orders=job.orders, twins=job.twins, faults=job.faults)
        running.run(create_app(settings), bound)
        os._exit(0)
    bound.close()
    os.close(life)

    def end() -> None:
        os.close(our_end)
        os.waitpid(server, 0)

    return f"http://{host}:{port}", end


def _run(job: Job, url: str) -> int:
    """Run the suite in this process; return its exit code."""
    os.environ["NO_COLOR"] = "1"
    os.environ.pop("ORDER_API_KEY", None)
    if job.key is not None:
        os.environ["ORDER_API_KEY"] = job.key
    places = ["tests", "--base-url", url, "--reports", job.reports]
    # The plugin collects garbage at the end of a run, which takes a tenth of its time.
    quick = ["--results-only", "-q", "-p", "no:unraisableexception"]
    return int(pytest.main([*places, *quick, *job.arguments]))


if __name__ == "__main__":
    main()
