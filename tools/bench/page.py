"""Writes the benchmark as a page: tables, and a picture of the duration of each run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tools.bench.detection import same_outcomes

if TYPE_CHECKING:
    from tools.bench.detection import Tally
    from tools.bench.measure import Measured
    from tools.bench.runs import Cost

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = DOCS / "benchmark.md"
PICTURE = DOCS / "images" / "benchmark.svg"
COLOURS = {"smoke": "#57606a", "gate": "#0969da", "certify": "#8250df"}
WIDTH, LABELS, NUMBERS, BAR = 720, 140, 50, 20

TEXT = """\
<!-- Made by `make bench`, which measures it. -->
# What a run costs

Measured by `make bench` (about half an hour) on one machine, one run after the other: {machine}.
The server runs on the same machine.

## Latency

Against the reference server, with the given latency added to each response and no rate limit; all
reports are written. *Overhead* is the number of seconds not spent waiting for a response: start-up,
the suite's own code, the reports. *Ratio to ideal* is the duration divided by requests x latency /
workers, the minimum when each worker waits for a response before it sends its next request. *Peak
memory* is that of all processes of the run together.

| profile | latency | workers | requests | seconds | overhead | ratio to ideal | peak memory |
|---|---|---|---|---|---|---|---|
{costs}
![Duration of each run in seconds, with the overhead in a darker shade](images/benchmark.svg)

Plain Schemathesis on the same contract, for comparison (`st run spec/openapi.yaml` with examples,
coverage, and fuzzing of 20 examples):

| latency | requests | seconds |
|---|---|---|
{command_line}
## Long lists

The gate profile, on an account that already contains the given number of orders:

| orders | requests | seconds | peak memory |
|---|---|---|---|
{lengths}
## Detection

A sample of {faults} faults, and the server without a fault, restarted for each tool. All faults are
in the [kill matrix](kill-matrix.md). Whatever a tool reports for the server without a fault as well
is not counted.

| tool | detected | per 1,000 requests | per minute |
|---|---|---|---|
{detection}
One process and four workers agreed on every requirement for {same} of the {servers} servers.
"""


def benchmark_page(measured: Measured) -> str:
    """Return the page."""
    servers = len(next(iter(measured.tallies.values())).results)
    return TEXT.format(
        machine=measured.machine,
        costs="".join(_row(*where, cost) for where, cost in measured.costs.items()),
        command_line="".join(
            f"| {latency} ms | {requests:,} | {seconds:.1f} |\n"
            for latency, (requests, seconds) in measured.command_line.items()
        ),
        lengths="".join(
            f"| {length:,} | {cost.requests:,} | {cost.seconds:.1f} | {_peak(cost)} |\n"
            for length, cost in measured.lengths.items()
        ),
        faults=servers - 1,
        detection="".join(_detection(name, tally) for name, tally in measured.tallies.items()),
        same=same_outcomes(measured.tallies),
        servers=servers,
    )


def benchmark_picture(measured: Measured) -> str:
    """Return the picture: a bar for each row, with the overhead in a darker shade."""
    longest = max(cost.seconds for cost in measured.costs.values())
    scale = (WIDTH - LABELS - NUMBERS) / longest
    shapes = []
    for place, ((profile, latency, workers), cost) in enumerate(measured.costs.items()):
        top, colour = BAR * place, COLOURS[profile]
        label = f"{profile}, {latency} ms" + (f", -n {workers}" if workers > 1 else "")
        dark = cost.own if workers == 1 else 0
        shapes.append(f'<text x="{LABELS - 6}" y="{top + 13}" text-anchor="end">{label}</text>')
        for length, opacity in ((cost.seconds, 0.45), (dark, 1)):
            shapes.append(
                f'<rect x="{LABELS}" y="{top + 3}" width="{length * scale:.1f}" '
                f'height="{BAR - 6}" fill="{colour}" opacity="{opacity}"/>'
            )
        end = LABELS + cost.seconds * scale + 5
        shapes.append(f'<text x="{end:.1f}" y="{top + 13}">{cost.seconds:.0f} s</text>')
    height = BAR * len(measured.costs)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'font-family="sans-serif" font-size="11" fill="#1f2328">\n'
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>\n'
        f"{chr(10).join(shapes)}\n</svg>\n"
    )


def _row(profile: str, latency: int, workers: int, cost: Cost) -> str:
    own = f"{cost.own:.1f}" if workers == 1 else ""
    least = cost.requests * latency / 1000 / workers
    ratio = f"{cost.seconds / least:.2f}" if latency else ""
    return (
        f"| {profile} | {latency} ms | {workers} | {cost.requests:,} | {cost.seconds:.1f} | {own} "
        f"| {ratio} | {_peak(cost)} |\n"
    )


def _peak(cost: Cost) -> str:
    return f"{cost.kilobytes / 1024:.0f} MB"


def _detection(name: str, tally: Tally) -> str:
    found = len(tally.detected())
    by_request, by_minute = 1000 * found / tally.requests, 60 * found / tally.seconds
    return (
        f"| {name} | {found} of {len(tally.results) - 1} | {by_request:.1f} | {by_minute:.1f} |\n"
    )
