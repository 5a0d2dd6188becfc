"""The benchmark as people read it: tables, and a picture of seconds against distance."""

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
The server runs on it too.

## Near and far

The reference server, with so many milliseconds to each answer and no rate limit; all reports are
written. *Own* is the time in which no answer was due: start-up, the suite's own code, the reports.
*Ratio* is the whole against requests x latency / workers, which nobody can beat who waits for each
answer before the next request. *Peak* is the memory of all processes of the run together.

| profile | latency | workers | requests | seconds | own | ratio | peak |
|---|---|---|---|---|---|---|---|
{costs}
![Seconds of each run, those of its own dark](images/benchmark.svg)

Plain Schemathesis on the same contract, for comparison (`st run spec/openapi.yaml` with examples,
coverage, and fuzzing of 20 examples):

| latency | requests | seconds |
|---|---|---|
{command_line}
## Long lists

The gate, on an account that held so many orders before:

| orders | requests | seconds | peak |
|---|---|---|---|
{lengths}
## Detection

A sample of {faults} faults, and a server without any, served anew to each way of testing. All
faults are in the [kill matrix](kill-matrix.md). What a way says of the server without faults, too,
does not count.

| way | detected | per 1,000 requests | per minute |
|---|---|---|---|
{detection}
One run and four workers said the same of every requirement for {same} of the {servers} servers.
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
    """Return the picture: a bar for each row, dark where no answer was due."""
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
