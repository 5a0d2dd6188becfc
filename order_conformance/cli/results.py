"""``report``, ``merge`` and ``diff``: work with the results of finished runs."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from order_conformance.core.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from order_conformance.core.redaction import Redactor
    from order_conformance.results.diff import Comparison

FOLDER = click.Path(path_type=Path)


@click.command()
@click.argument("folder", type=FOLDER)
def report(folder: Path) -> int:
    """Regenerate all reports of a run.

    They are made from its results and evidence. FOLDER is the --reports directory of the run. If
    the API key's environment variable is set, the key is redacted in the new reports once more.

    \b
    Example:
      order-conformance report reports
    """
    from order_conformance.reports import write_reports

    problems = write_reports(folder, _redactor())
    for problem in problems:
        click.echo(problem, err=True)
    click.echo(folder / "report.html")
    return ExitCode.NON_CONFORMANT if problems else ExitCode.CONFORMANT


@click.command()
@click.argument("folders", nargs=-1, required=True, type=FOLDER, metavar="FOLDER...")
@click.option(
    "--reports", type=FOLDER, default="reports", help="output directory for the merged results"
)
@click.option("--waivers", type=FOLDER, help="file of known failures to ignore until they expire")
def merge(folders: Sequence[Path], reports: Path, waivers: Path | None) -> int:
    """Merge the shards of a run into one result.

    Each FOLDER is the --reports directory of one shard. If a shard is missing or given twice,
    the verdict is inconclusive.

    \b
    Example:
      order-conformance run --shard=1/2 --seed=7 --reports=one
      order-conformance run --shard=2/2 --seed=7 --reports=two
      order-conformance merge one two --reports=whole
    """
    from order_conformance.reports import reports_of_a_run
    from order_conformance.reports.terminal import Console, write_summary
    from order_conformance.requirements.catalogue import load_catalogue
    from order_conformance.requirements.waivers import NO_WAIVERS, read_waivers
    from order_conformance.session.merge import merge as merge_shards

    redactor = _redactor()
    waived = NO_WAIVERS if waivers is None else read_waivers(waivers, load_catalogue())
    finished = merge_shards(folders, reports, redactor, waived)
    write_summary(Console(), finished, reports_of_a_run(reports, redactor))
    return finished.judgement.exit_code


@click.command()
@click.argument("run_a", type=FOLDER)
@click.argument("run_b", type=FOLDER)
@click.option("--json", "as_json", is_flag=True, help="output JSON")
def diff(run_a: Path, run_b: Path, *, as_json: bool) -> int:
    """Compare two runs: list what improved and what regressed.

    RUN_A and RUN_B are --reports directories. Exits with 1 if a requirement that passed no
    longer passes, or a new one failed.

    \b
    Example:
      order-conformance diff reports/monday reports/tuesday
    """
    from order_conformance.results.diff import compare
    from order_conformance.results.record import read_run

    comparison = compare(read_run(run_a), read_run(run_b))
    if as_json:
        click.echo(json.dumps(comparison.as_json(), indent=1))
    else:
        _show_comparison(comparison)
    return ExitCode.NON_CONFORMANT if comparison.worse else ExitCode.CONFORMANT


def _redactor() -> Redactor:
    from order_conformance.core.redaction import Redactor
    from order_conformance.target.credentials import DEFAULT_KEY_VARIABLE

    return Redactor([os.environ.get(DEFAULT_KEY_VARIABLE, "")])


def _show_comparison(comparison: Comparison) -> None:
    from order_conformance.core.text import plural

    click.echo(f"{comparison.before} -> {comparison.after}")
    for title, colour, changes in (
        ("regressed", "red", comparison.worse),
        ("improved", "green", comparison.better),
        ("other changes", None, comparison.other),
    ):
        if changes:
            click.secho(f"\n{title}", bold=True, fg=colour)
        for change in changes:
            click.echo(f"  {change.id:<11} {change.level:<7} {change.before} -> {change.after}")
            if change.reason:
                click.echo(f"{'':14}{change.reason}")
    click.echo(f"\n{plural(comparison.same, 'requirement')} unchanged")
