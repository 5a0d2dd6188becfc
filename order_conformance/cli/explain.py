"""``explain`` and ``list``: the requirements, for a person or a program."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from order_conformance.core.exit_codes import ExitCode, UsageProblem
from order_conformance.core.vocabulary import Level

if TYPE_CHECKING:
    from order_conformance.requirements.catalogue import Requirement


@click.command()
@click.argument("requirement")
@click.option("--json", "as_json", is_flag=True, help="output JSON")
def explain(requirement: str, *, as_json: bool) -> int:
    """Show a requirement, its source and what it leaves open.

    \b
    Example:
      order-conformance explain ASSOC-03
    """
    from order_conformance.requirements.catalogue import load_catalogue

    catalogue = load_catalogue()
    if requirement.upper() not in catalogue:
        raise UsageProblem(
            f"{requirement!r} is not a requirement; `order-conformance list` lists them all"
        )
    found = catalogue[requirement.upper()]
    faults = _faults_that_break(found.id)
    if as_json:
        return _write_json({**_row(found), "rationale": found.rationale, "faults": faults})
    click.echo(f"{click.style(found.id, bold=True)}  {found.level}  {found.operation}\n")
    click.echo(f"{_wrapped(found.statement)}\n")
    click.echo(f"Source\n{_wrapped(found.source)}\n")
    click.echo(
        f"Why it has this level, and what is left to the server\n{_wrapped(found.rationale)}"
    )
    if found.needs:
        click.echo(f"\nApplies only to targets with\n{_wrapped(', '.join(found.needs))}")
    if faults:
        click.echo("\nBugs of the reference server that it detects")
        for name, summary in faults.items():
            click.echo(f"  {name}\n{_wrapped(summary, '      ')}")
        click.echo(f"\nTry one: order-conformance serve --port=8080 --fault={next(iter(faults))}")
    return ExitCode.CONFORMANT


@click.command(name="list")
@click.option(
    "--level",
    type=click.Choice([level.value for level in Level]),
    help="only requirements of this level",
)
@click.option("--area", metavar="AREA", help="only requirements in this area, for example LIST")
@click.option("--json", "as_json", is_flag=True, help="output JSON")
def list_requirements(level: str | None, area: str | None, *, as_json: bool) -> int:
    """List the requirements.

    \b
    Examples:
      order-conformance list --level=MUST
      order-conformance list --area=LIST --json
    """
    from order_conformance.requirements.catalogue import load_catalogue

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
    return ExitCode.CONFORMANT


def _faults_that_break(requirement: str) -> dict[str, str]:
    """Return the known faults that break a requirement, with what such a server does."""
    from order_conformance.core.json_values import read_json
    from order_conformance.results.diagnosis import KNOWN_FAULTS

    known = read_json(KNOWN_FAULTS.read_bytes())["faults"]
    return {name: fault["does"] for name, fault in known.items() if requirement in fault["breaks"]}


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
    return ExitCode.CONFORMANT
