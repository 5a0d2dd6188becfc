"""What a run costs, and what it detects for that: ``make bench`` (about half an hour).

Everything is measured on one machine, one run after the other; it should do nothing else then.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from selftest.support.accounts import account_of
from tools.bench.detection import Tally, tallies
from tools.bench.page import PAGE, PICTURE, benchmark_page, benchmark_picture
from tools.bench.runs import Cost, cost_of
from tools.generation.benchmark import schemathesis

AT = (
    *(("smoke", latency, 1) for latency in (0, 20, 60, 300)),
    *(("gate", 0, 1), ("gate", 20, 1), ("gate", 60, 1), ("gate", 60, 2), ("gate", 60, 4)),
    *(("gate", 300, 4), ("certify", 0, 1), ("certify", 20, 4), ("certify", 60, 4)),
)
"""Profile, latency in milliseconds, workers: what one would choose at that latency."""

LATENCIES = (0, 20, 60, 300)
LENGTHS = (7, 10_000, 1_000_000)


@dataclass(frozen=True)
class Measured:
    """All figures on the page."""

    machine: str
    costs: dict[tuple[str, int, int], Cost]
    lengths: dict[int, Cost]
    command_line: dict[int, tuple[int, float]]
    tallies: dict[str, Tally]


def main() -> None:
    """Print the tables, and write them and the picture into ``docs/``."""
    measured = Measured(
        machine(),
        {each: cost_at(*each) for each in AT},
        {length: cost_at("gate", 0, 1, length) for length in LENGTHS},
        {latency: command_line_at(latency) for latency in LATENCIES},
        tallies(),
    )
    page = benchmark_page(measured)
    PAGE.write_text(page, encoding="utf-8")
    PICTURE.write_text(benchmark_picture(measured), encoding="utf-8")
    print(page)


def cost_at(profile: str, latency: int, workers: int, orders: int = LENGTHS[0]) -> Cost:
    """Run the suite against a server with this latency in milliseconds, and print the result."""
    with account_of(orders, "--latency", str(latency)) as base_url:
        cost = cost_of(base_url, profile, workers)
    words = f"{profile}, {latency} ms, {workers} workers, {orders} orders: {cost}"
    print(words, file=sys.stderr, flush=True)
    return cost


def command_line_at(latency: int) -> tuple[int, float]:
    """Run plain Schemathesis; returns its requests and seconds."""
    with (
        account_of(LENGTHS[0], "--latency", str(latency)) as base_url,
        tempfile.TemporaryDirectory() as folder,
    ):
        began = time.monotonic()
        _, requests = schemathesis(base_url, Path(folder))
        return requests, time.monotonic() - began


def machine() -> str:
    """Return a description of this machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    python = platform.python_version()
    return f"{os.cpu_count()} cores, {memory:.0f} GB of memory, Python {python}"


if __name__ == "__main__":
    main()
