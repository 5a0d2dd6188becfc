"""Writes ``docs/trace.md``: each requirement with its tests and the faults that they must find."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

from order_conformance.requirements.catalogue import Catalogue, load_catalogue
from reference.deviations import all_faults

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "trace.md"
INTRODUCTION = """\
<!-- Made by `make docs` from spec/requirements.yaml, tests/ and reference/faults/. -->
# Requirement, test, fault

For each requirement: the tests that judge it, and the single faults of the reference server that
they must report under it and under no other. `make test` runs the suite against each fault.
`make serve ARGS="--fault NAME"` runs a server with one.
"""


def judging_tests() -> dict[str, list[str]]:
    """Return the tests of each requirement, by their marks."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").glob("test_*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                for requirement in _marks(node):
                    found[requirement].append(f"{path.stem}::{node.name}")
    return found


def proving_faults() -> dict[str, list[str]]:
    """Return the faults that each requirement has to catch."""
    found: dict[str, list[str]] = defaultdict(list)
    for fault in all_faults().values():
        for requirement in fault.breaks:
            found[requirement].append(fault.name)
    return found


def trace_page(catalogue: Catalogue) -> str:
    """Return the page: a table for each area, a row for each requirement."""
    tests, faults = judging_tests(), proving_faults()
    parts = [INTRODUCTION]
    for area, title in catalogue.areas.items():
        parts.append(f"\n## {title}\n\n| requirement | tests | faults |\n|---|---|---|\n")
        for row in catalogue.requirements.values():
            if row.area == area:
                link = f"[{row.id}](requirements.md#{row.id}) {row.level}"
                cells = [_list(tests[row.id]), _list(faults[row.id])]
                parts.append(f"| {link} | {' | '.join(cells)} |\n")
    return "".join(parts)


def _marks(node: ast.FunctionDef) -> list[str]:
    return [
        mark.args[0].value
        for mark in node.decorator_list
        if isinstance(mark, ast.Call)
        and isinstance(mark.func, ast.Name)
        and mark.func.id == "requirement"
        and isinstance(mark.args[0], ast.Constant)
        and isinstance(mark.args[0].value, str)
    ]


def _list(names: list[str]) -> str:
    return "<br>".join(f"`{name}`" for name in names)


if __name__ == "__main__":
    PAGE.write_text(trace_page(load_catalogue()), encoding="utf-8")
