"""Writes ``docs/requirements.md`` from the catalogue: ``make docs``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from order_conformance.core.paths import ROOT
from order_conformance.core.text import plural
from order_conformance.requirements.catalogue import load_catalogue

if TYPE_CHECKING:
    from order_conformance.requirements.catalogue import Catalogue, Requirement

PAGE = ROOT / "docs" / "requirements.md"
NEEDS = {
    "write": "the run may create orders",
    "api-key": "the target has an API key",
    "empty-account": "the account has no orders",
    "shipping-options": "the target file lists the shipping options",
}
INTRODUCTION = """\
<!-- Made from spec/requirements.yaml by `make docs`; change that file instead. -->
# Requirements

A failed **MUST** makes a server non-conformant. A failed **SHOULD** is a warning, and fails a run
only with `--strict`. *Why* gives the reason for the level, and says what is left to the server.
"""


def catalogue_page(catalogue: Catalogue) -> str:
    """Return the page: a table of contents, then each requirement with its own anchor."""
    parts = [INTRODUCTION]
    grouped = {
        area: [row for row in catalogue.requirements.values() if row.area == area]
        for area in catalogue.areas
    }
    for area, rows in grouped.items():
        links = " ".join(f"[{row.id}](#{row.id})" for row in rows)
        parts.append(f"- **{catalogue.areas[area]}**: {links}\n")
    for area, rows in grouped.items():
        parts.append(f"\n## {catalogue.areas[area]} ({plural(len(rows), 'requirement')})\n")
        parts += [_entry(row) for row in rows]
    return "".join(parts)


def _entry(row: Requirement) -> str:
    needs = f"- *Applies if:* {', '.join(NEEDS[need] for need in row.needs)}\n" if row.needs else ""
    return (
        f'\n### <a id="{row.id}"></a>{row.id} {row.level}\n\n'
        f"{row.statement}\n\n"
        f"- *Source:* {row.source}\n"
        f"- *Why:* {row.rationale}\n"
        f"- *Operation:* {row.operation}\n"
        f"{needs}"
    )


if __name__ == "__main__":
    PAGE.write_text(catalogue_page(load_catalogue()), encoding="utf-8")
