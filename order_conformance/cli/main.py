"""The ``order-conformance`` command."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from order_conformance import __version__
from order_conformance.cli.certify import certify, verify
from order_conformance.cli.explain import explain, list_requirements
from order_conformance.cli.plan import plan
from order_conformance.core.option_table import PREFIX
from order_conformance.core.outcomes import UsageProblem
from order_conformance.core.paths import TESTS
from order_conformance.core.redaction import Redactor
from order_conformance.core.text import plural
from order_conformance.reports import reports_of_a_run, write_reports
from order_conformance.reports.terminal import Console, write_summary
from order_conformance.requirements.catalogue import load_catalogue
from order_conformance.requirements.waivers import NO_WAIVERS, read_waivers
from order_conformance.results.diff import Comparison, compare
from order_conformance.results.record import read_run
from order_conformance.session.fleet import AT_ONCE, MOST_AT_ONCE, judge_fleet
from order_conformance.session.merge import merge as merge_shards
from order_conformance.session.subprocesses import (
    PYTEST,
    REFERENCE,
    exec_module,
    help_of,
    pytest_arguments,
)
from order_conformance.target.credentials import DEFAULT_KEY_VARIABLE
from order_conformance.target.template import target_file_template

if TYPE_CHECKING:
    from collections.abc import Sequence

NAME = "order-conformance"
USAGE_ERROR = 4
PASSED_ON: dict[str, Any] = {"ignore_unknown_options": True, "help_option_names": []}
FOLDER = click.Path(path_type=Path)


@click.group(
    name=NAME,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="""\b
Exit codes:
  0  conformant; nothing got worse; done
  1  non-conformant; something got worse; a report could not be written
  2  inconclusive
  4  unusable options, files or environment; nothing was sent

\b
Completion in your shell:
  eval "$(_ORDER_CONFORMANCE_COMPLETE=bash_source order-conformance)"
""",
)
@click.version_option(__version__, prog_name=NAME)
def command() -> None:
    """Judge a server against the Impilo Order API guide, requirement by requirement."""


@command.command(context_settings=PASSED_ON)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.option("--reports", hidden=True)
@click.option("--targets", type=FOLDER, hidden=True)
@click.option("--at-once", type=click.IntRange(1, MOST_AT_ONCE), hidden=True)
def run(
    arguments: tuple[str, ...], reports: str | None, targets: Path | None, at_once: int | None
) -> int:
    """Judge a server.

    Everything is passed on to pytest: the options of the suite (run --help lists them) and
    those of pytest itself, such as -k, -x or -q.

    With --targets DIR, every target file in a folder is judged, --at-once N (4) side by side,
    and the targets are compared. The exit code is the worst of theirs: 4, 1, 2, 0.

    \b
    Examples:
      order-conformance run
      order-conformance run --base-url http://127.0.0.1:8080 --reports reports/mine
      order-conformance run --target staging.toml --strict
      order-conformance run --profile smoke -x
      order-conformance run --targets vendors/ --reports reports/vendors
    """
    if _asks_for_help(arguments):
        return _show_help(run, PYTEST, "Order API conformance:")
    if targets is not None:
        named = reports or os.environ.get(f"{PREFIX}REPORTS") or "reports"
        return judge_fleet(targets, Path(named), arguments, at_once or AT_ONCE)
    if at_once is not None:
        raise UsageProblem(
            "--at-once: is for many targets; give --targets as well, or leave it out"
        )
    if reports is not None:
        arguments += ("--reports", reports)
    return exec_module(PYTEST, *pytest_arguments(arguments))


@command.command()
@click.argument("file", type=click.Path(path_type=Path), default="target.toml")
def init(file: Path) -> int:
    """Write an example of a target file, in which every key is explained.

    FILE is target.toml unless another is named; a file that exists is never overwritten.

    \b
    Example:
      order-conformance init staging.toml
    """
    try:
        with file.open("x", encoding="utf-8") as new:
            new.write(target_file_template())
    except FileExistsError:
        raise UsageProblem(f"{str(file)!r} exists already; name another file") from None
    except OSError as problem:
        raise UsageProblem(
            f"{str(file)!r} cannot be written ({problem.strerror}); name another file"
        ) from None
    click.echo(f"{file}: set base_url in it, then {NAME} run --target {file}")
    return 0


@command.command()
@click.argument("folder", type=FOLDER)
def report(folder: Path) -> int:
    """Make every report of a run again, from its results and evidence.

    FOLDER is what --reports named. The API key, if its environment variable is set, is masked
    once more.

    \b
    Example:
      order-conformance report reports
    """
    problems = write_reports(folder, Redactor([os.environ.get(DEFAULT_KEY_VARIABLE, "")]))
    for problem in problems:
        click.echo(problem, err=True)
    click.echo(folder / "report.html")
    return 1 if problems else 0


@command.command()
@click.argument("folders", nargs=-1, required=True, type=FOLDER, metavar="FOLDER...")
@click.option("--reports", type=FOLDER, default="reports", help="where the joined results go")
@click.option("--waivers", type=FOLDER, help="failures that a gate passes over for a time")
def merge(folders: Sequence[Path], reports: Path, waivers: Path | None) -> int:
    """Join the shards of a run into one verdict.

    Each FOLDER is what --reports named for one shard. A shard that is missing or given twice
    leaves the verdict inconclusive.

    \b
    Example:
      order-conformance run --shard 1/2 --seed 7 --reports one
      order-conformance run --shard 2/2 --seed 7 --reports two
      order-conformance merge one two --reports whole
    """
    redactor = Redactor([os.environ.get(DEFAULT_KEY_VARIABLE, "")])
    waived = NO_WAIVERS if waivers is None else read_waivers(waivers, load_catalogue())
    finished = merge_shards(folders, reports, redactor, waived)
    write_summary(Console(), finished, reports_of_a_run(reports, redactor))
    return finished.judgement.exit_code


@command.command()
@click.argument("run_a", type=FOLDER)
@click.argument("run_b", type=FOLDER)
@click.option("--json", "as_json", is_flag=True, help="write JSON")
def diff(run_a: Path, run_b: Path, *, as_json: bool) -> int:
    """Say what got better and what got worse from RUN_A to RUN_B, two folders of reports.

    Ends with 1 when something got worse: a requirement that passed does so no more, or a new
    one failed.

    \b
    Example:
      order-conformance diff reports/monday reports/tuesday
    """
    comparison = compare(read_run(run_a), read_run(run_b))
    if as_json:
        click.echo(json.dumps(comparison.as_json(), indent=1))
    else:
        _show_comparison(comparison)
    return 1 if comparison.worse else 0


@command.command()
def where() -> int:
    """Say where the tests are, for whoever calls pytest itself.

    \b
    Example:
      pytest "$(order-conformance where)" --base-url http://127.0.0.1:8080
    """
    click.echo(TESTS)
    return 0


@command.command(context_settings=PASSED_ON)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def serve(arguments: Sequence[str]) -> int:
    """Run the reference server, as a mock to write a client against, until interrupted.

    \b
    Examples:
      order-conformance serve --port 8080
      order-conformance serve --port 8080 --fault association-both-kept
      order-conformance serve --list-faults
    """
    if _asks_for_help(arguments):
        return _show_help(serve, REFERENCE, "options:")
    return exec_module(REFERENCE, *arguments)


for each in (certify, explain, list_requirements, plan, verify):
    command.add_command(each)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code; every mistake is one line and a 4."""
    try:
        code = command.main(arguments, prog_name=NAME, standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as usage:
        click.echo(usage.format_message(), err=True)
        return USAGE_ERROR
    except click.ClickException as problem:
        click.echo(f"{NAME}: {' '.join(problem.format_message().split())}", err=True)
        return USAGE_ERROR
    except UsageProblem as problem:
        click.echo(f"{NAME}: {problem}", err=True)
        return USAGE_ERROR
    except click.Abort:
        return 130
    return int(code or 0)


def _asks_for_help(arguments: Sequence[str]) -> bool:
    return bool({"-h", "--help"} & set(arguments))


def _show_help(shown: click.Command, module: str, heading: str) -> int:
    """Show a command's help, with the options that it passes on to a module."""
    context = click.Context(shown, info_name=f"{NAME} {shown.name}", help_option_names=[])
    options = help_of(module, "--help").partition(f"{heading}\n")[2].partition("\n\n")[0]
    click.echo(f"{context.get_help()}\n\nOptions:\n{options}")
    return 0


def _show_comparison(comparison: Comparison) -> None:
    click.echo(f"{comparison.before} -> {comparison.after}")
    for title, colour, changes in (
        ("worse", "red", comparison.worse),
        ("better", "green", comparison.better),
        ("otherwise changed", None, comparison.other),
    ):
        if changes:
            click.secho(f"\n{title}", bold=True, fg=colour)
        for change in changes:
            click.echo(f"  {change.id:<11} {change.level:<7} {change.before} -> {change.after}")
            if change.reason:
                click.echo(f"{'':14}{change.reason}")
    click.echo(f"\n{plural(comparison.same, 'requirement')} as before")
