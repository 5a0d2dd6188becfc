"""The kill matrix as a page: which fault is found under which requirement, and when."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from order_conformance.requirements.catalogue import load_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = DOCS / "kill-matrix.md"
PICTURE = DOCS / "images" / "kill-matrix.svg"
CELL = 5
LABELS = 76
INTRODUCTION = """\
<!-- Made by `make kill-matrix` from spec/known-faults.json, which it measures. -->
# Kill matrix

Every fault that the reference server can have, judged by the whole suite (gate profile, seed 1).
`make test` repeats each run. It fails if a fault is missed, or is reported under a requirement that
the fault does not break; its last lines show the rate. The tests that find each fault are listed in
[Requirement, test, fault](trace.md).

![Each column is a fault, each row a requirement](images/kill-matrix.svg)

Each column is a fault, each row a requirement: dark if the fault must be found there, light if it
breaks that requirement as well.

"""


def matrix_page(known: dict[str, Any]) -> str:
    """Return the page: rates, requests to the first detection, guesses, and each fault."""
    faults = list(known["faults"].values())
    categories = sorted({fault["category"] for fault in faults})
    guessing = known["guessing"]
    return "".join(
        (
            INTRODUCTION,
            "## Detection\n\n",
            "| level | faults | found |\n|---|---|---|\n",
            *(_rate(level, _of(faults, "level", level)) for level in ("MUST", "SHOULD")),
            "\nA MUST counts as found if the verdict is non-conformant, a SHOULD if there is a ",
            "warning. ",
            "*First seen* is the number of requests until the first proof: for the median fault, ",
            "for nine of ten, and for the last.\n\n",
            "| category | faults | found | first seen: median | 9 of 10 | last |\n",
            "|---|---|---|---|---|---|\n",
            *(_when(name, _of(faults, "category", name)) for name in categories),
            _when("**all**", faults),
            "\n## Guesses\n\n",
            f"On another conforming server (`{guessing['twin']}`) the suite's first guess named ",
            f"the right fault for {guessing['first']} of {guessing['faults']}, and one of its ",
            f"first three for {guessing['first_three']} ",
            f"({guessing['first_three'] / guessing['faults']:.0%}).\n",
            *(_category(name, known["faults"]) for name in categories),
        )
    )


def matrix_picture(known: dict[str, Any]) -> str:
    """Return the matrix as an SVG picture."""
    catalogue = load_catalogue()
    rows = {row: place for place, row in enumerate(catalogue.requirements)}
    width, height = LABELS + CELL * len(known["faults"]), CELL * len(rows) + 1
    shapes = [f'<rect width="{width}" height="{height}" fill="#fff"/>']
    for area, of_it in groupby(rows, key=lambda row: catalogue[row].area):
        top = CELL * rows[next(of_it)]
        shapes.append(f'<path d="M0 {top + 0.5}H{width}" stroke="#ccc" stroke-width=".5"/>')
        shapes.append(f'<text x="2" y="{top + 8}" font-size="8" fill="#333">{escape(area)}</text>')
    in_order = sorted(known["faults"].items(), key=lambda item: rows[item[1]["breaks"][0]])
    for column, (name, fault) in enumerate(in_order):
        shapes.append(f"<g><title>{escape(name)}</title>")
        for requirement in fault["failed"]:
            fill = "#a40e26" if requirement in fault["breaks"] else "#f0a8a8"
            place = f'x="{LABELS + CELL * column}" y="{CELL * rows[requirement] + 1}"'
            shapes.append(f'<rect {place} width="{CELL}" height="{CELL}" fill="{fill}"/>')
        shapes.append("</g>")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'font-family="sans-serif">\n{chr(10).join(shapes)}\n</svg>\n'
    )


def is_found(fault: dict[str, Any]) -> bool:
    """Return whether a run found a fault under each requirement that it breaks."""
    return set(fault["breaks"]) <= set(fault["failed"])


def _of(faults: Iterable[dict[str, Any]], key: str, value: str) -> list[dict[str, Any]]:
    return [fault for fault in faults if fault[key] == value]


def _rate(name: str, faults: list[dict[str, Any]]) -> str:
    found = sum(map(is_found, faults))
    return f"| {name} | {len(faults)} | {found} ({found / len(faults):.0%}) |\n"


def _when(name: str, faults: list[dict[str, Any]]) -> str:
    seen = [fault["first_seen"] for fault in faults]
    found = sum(map(is_found, faults))
    nine_of_ten = quantiles(seen, n=10, method="inclusive")[-1]
    return (
        f"| {name} | {len(faults)} | {found} ({found / len(faults):.0%}) "
        f"| {median(seen):.0f} | {nine_of_ten:.0f} | {max(seen)} |\n"
    )


def _category(name: str, faults: dict[str, Any]) -> str:
    rows = [
        f"| `{fault_name}` | {fault['does']} | {_ids(fault['breaks'])} "
        f"| {_ids(sorted(set(fault['failed']) - set(fault['breaks'])))} | {fault['first_seen']} |\n"
        for fault_name, fault in faults.items()
        if fault["category"] == name
    ]
    head = "| fault | what the server does | found under | also failed | first seen |\n"
    return f"\n## {name.capitalize()}\n\n{head}|---|---|---|---|---|\n{''.join(rows)}"


def _ids(requirements: Iterable[str]) -> str:
    return ", ".join(f"[{each}](requirements.md#{each})" for each in requirements)
