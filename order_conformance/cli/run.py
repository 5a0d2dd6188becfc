"""``run``, ``serve``, ``init`` and ``where``: test a server, or prepare for it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from order_conformance.core.exit_codes import ExitCode, UsageProblem
from order_conformance.core.option_table import OPTIONS, PREFIX

if TYPE_CHECKING:
    from collections.abc import Sequence

PASSED_ON: dict[str, Any] = {"ignore_unknown_options": True, "help_option_names": []}
"""Settings of a command that hands its options to another program, ``--help`` included."""

AT_ONCE, MOST_AT_ONCE = 4, 64


@click.command(context_settings=PASSED_ON)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.option("--reports", hidden=True)
@click.option("--targets", type=click.Path(path_type=Path), hidden=True)
@click.option("--at-once", type=click.IntRange(1, MOST_AT_ONCE), hidden=True)
def run(
    arguments: tuple[str, ...], reports: str | None, targets: Path | None, at_once: int | None
) -> int:
    """Test a server.

    All options are passed to pytest: the suite's own, which are listed below, and those of
    pytest, such as -k, -x or -q.

    With --targets=DIR, every server that a target file in DIR describes is tested, N at a time
    (--at-once=N), and the results are compared. The exit code is then the most severe of the
    individual runs, in the order 4, 1, 2, 0.

    \b
    Examples:
      order-conformance run
      order-conformance run --base-url=http://127.0.0.1:8080 --reports=reports/mine
      order-conformance run --target=staging.toml --strict
      order-conformance run --profile=smoke -x
      order-conformance run --targets=vendors/ --reports=reports/vendors
    """
    from order_conformance.session.subprocesses import PYTEST, exec_module, pytest_arguments

    if _asks_for_help(arguments):
        return _show_help(run, [(option.usage, option.help) for option in OPTIONS])
    if targets is not None:
        from order_conformance.session.fleet import judge_fleet

        named = reports or os.environ.get(f"{PREFIX}REPORTS") or "reports"
        return judge_fleet(targets, Path(named), arguments, at_once or AT_ONCE)
    if at_once is not None:
        raise UsageProblem(f"--at-once {at_once}: needs --targets; add it, or leave --at-once out")
    if reports is not None:
        arguments += (f"--reports={reports}",)
    return exec_module(PYTEST, *pytest_arguments(arguments))


@click.command(context_settings=PASSED_ON)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def serve(arguments: Sequence[str]) -> int:
    """Run the reference server until interrupted (Ctrl-C).

    It can serve as a mock server while you develop a client.

    \b
    Examples:
      order-conformance serve --port=8080
      order-conformance serve --port=8080 --fault=association-both-kept
      order-conformance serve --list-faults
    """
    from order_conformance.session.subprocesses import REFERENCE, exec_module, help_of

    if _asks_for_help(arguments):
        return _show_help(serve, help_of(REFERENCE, "--help").partition("options:\n")[2])
    return exec_module(REFERENCE, *arguments)


@click.command()
@click.argument("file", type=click.Path(path_type=Path), default="target.toml")
def init(file: Path) -> int:
    """Write a commented example target file.

    FILE defaults to target.toml. Existing files are never overwritten.

    \b
    Example:
      order-conformance init staging.toml
    """
    from order_conformance.target.template import target_file_template

    try:
        with file.open("x", encoding="utf-8") as new:
            new.write(target_file_template())
    except FileExistsError:
        raise UsageProblem(f"{str(file)!r} exists already; name another file") from None
    except OSError as problem:
        raise UsageProblem(
            f"{str(file)!r} cannot be written ({problem.strerror}); name another file"
        ) from None
    click.echo(f"{file}: set base_url in it, then order-conformance run --target={file}")
    return ExitCode.CONFORMANT


@click.command()
def where() -> int:
    """Print the path of the tests, for calling pytest directly.

    \b
    Example:
      pytest "$(order-conformance where)" --base-url=http://127.0.0.1:8080
    """
    from order_conformance.core.paths import TESTS

    click.echo(TESTS)
    return ExitCode.CONFORMANT


def _asks_for_help(arguments: Sequence[str]) -> bool:
    return bool({"-h", "--help"} & set(arguments))


def _show_help(shown: click.Command, options: Sequence[tuple[str, str]] | str) -> int:
    """Show the help of a command with the options that it passes on.

    Args:
        shown: the command.
        options: each option with its help, or a text that lists them.
    """
    context = click.Context(
        shown, info_name=f"order-conformance {shown.name}", help_option_names=[]
    )
    formatter = context.make_formatter()
    shown.format_help(context, formatter)
    formatter.write_paragraph()
    formatter.write_heading("Options")
    if isinstance(options, str):
        formatter.write(options)
    else:
        with formatter.indentation():
            formatter.write_dl(options)
    click.echo(formatter.getvalue().rstrip())
    return ExitCode.CONFORMANT
