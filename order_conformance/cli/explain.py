"""``order-conformance explain`` and ``list``: what is required, for a person or a program."""

from __future__ import annotations

import json
from typing import Any

import click

from order_conformance.core.json_values import read_json
from order_conformance.core.outcomes import Level, UsageProblem
from order_conformance.requirements.catalogue import Requirement, load_catalogue
from order_conformance.results.diagnosis import KNOWN_FAULTS


@click.command()
@click.argument("requirement")
@click.option("--json", "as_json", is_flag=True, help="write JSON")
def explain(requirement: str, *, as_json: bool) -> int:
    """Say what a requirement demands, says who, and what it leaves free.

    \b
    Example:
      order-conformance explain ASSOC-03
    """
    catalogue = load_catalogue()
    if requirement.upper() not in catalogue:
        raise UsageProblem(
            f"{requirement!r} is no requirement; `order-conformance list` shows them all"
        )
    found = catalogue[requirement.upper()]
    faults = _faults_that_break(found.id)
    if as_json:
        return _write_json({**_row(found), "rationale": found.rationale, "faults": faults})
    click.echo(f"{click.style(found.id, bold=True)}  {found.level}  {found.operation}\n")
    click.echo(f"{_wrapped(found.statement)}\n")
    click.echo(f"Source\n{_wrapped(found.source)}\n")
    click.echo(f"Why this level, and what is left free\n{_wrapped(found.rationale)}")
    if found.needs:
        click.echo(f"\nApplies to targets with\n{_wrapped(', '.join(found.needs))}")
    if faults:
        click.echo("\nBugs that it finds")
        for name, summary in faults.items():
            click.echo(f"  {name}\n{_wrapped(summary, '      ')}")
        click.echo(f"\nSee one: order-conformance serve --port 8080 --fault {next(iter(faults))}")
    return 0


@click.command(name="list")
@click.option("--level", type=click.Choice([level.value for level in Level]), help="of one level")
@click.option("--area", metavar="AREA", help="of one area, such as LIST")
@click.option("--json", "as_json", is_flag=True, help="write JSON")
def list_requirements(level: str | None, area: str | None, *, as_json: bool) -> int:
    """List the requirements.

    \b
    Examples:
      order-conformance list --level MUST
      order-conformance list --area LIST --json
    """
    catalogue = load_catalogue()
    if area is not None and area.upper() not in catalogue.areas:
        known = ", ".join(catalogue.areas)
        raise UsageProblem(f"--area {area!r}: unknown; choose one of {known}")
    rows = [
        requirement
        for requirement in catalogue.requirements.values()
        if level in {None, requirement.level.value}
        and (area is None or requirement.area == area.upper())
    ]
    if as_json:
        return _write_json([_row(row) for row in rows])
    for row in rows:
        click.echo(f"{row.id:<11} {row.level:<7} {row.statement}")
    return 0


def _faults_that_break(requirement: str) -> dict[str, str]:
    """Return the known faults that break a requirement, with what such a server does."""
    known = read_json(KNOWN_FAULTS.read_bytes())["faults"]
    return {name: told["does"] for name, told in known.items() if requirement in told["breaks"]}


def _row(requirement: Requirement) -> dict[str, Any]:
    return {
        "id": requirement.id,
        "level": requirement.level.value,
        "area": requirement.area,
        "operation": requirement.operation,
        "statement": requirement.statement,
        "source": requirement.source,
        "needs": list(requirement.needs),
    }


def _wrapped(text: str, indent: str = "  ") -> str:
    return click.wrap_text(text, 88, indent, indent)


def _write_json(value: Any) -> int:
    click.echo(json.dumps(value, indent=1))
    return 0
