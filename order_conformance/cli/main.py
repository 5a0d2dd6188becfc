"""The ``order-conformance`` command: its subcommands, and one line for every mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from order_conformance import __version__
from order_conformance.cli.certify import certify, verify
from order_conformance.cli.explain import explain, list_requirements
from order_conformance.cli.plan import plan
from order_conformance.cli.results import diff, merge, report
from order_conformance.cli.run import init, run, serve, where
from order_conformance.core.exit_codes import ExitCode, UsageProblem

if TYPE_CHECKING:
    from collections.abc import Sequence

NAME = "order-conformance"
ABORTED = 130
"""The exit code that shells give to a program that Ctrl-C ended."""


@click.group(
    name=NAME,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="""\b
Exit codes:
  0  success: conformant, no regression (diff), or the command completed
  1  non-conformant, a regression (diff), a rejected bundle (verify), or a
     report that could not be written
  2  inconclusive
  4  invalid options, files or environment; no requests were sent

\b
Shell completion:
  eval "$(_ORDER_CONFORMANCE_COMPLETE=bash_source order-conformance)"
""",
)
@click.version_option(__version__, prog_name=NAME)
def command() -> None:
    """Test a server against the Impilo Order API guide and report each requirement."""


for each in (
    certify,
    diff,
    explain,
    init,
    list_requirements,
    merge,
    plan,
    report,
    run,
    serve,
    verify,
    where,
):
    command.add_command(each)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code; a mistake prints one line and returns 4."""
    try:
        code = command.main(arguments, prog_name=NAME, standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as usage:
        click.echo(usage.format_message(), err=True)
        return ExitCode.USAGE_ERROR
    except click.ClickException as problem:
        click.echo(f"{NAME}: {' '.join(problem.format_message().split())}", err=True)
        return ExitCode.USAGE_ERROR
    except UsageProblem as problem:
        click.echo(f"{NAME}: {problem}", err=True)
        return ExitCode.USAGE_ERROR
    except click.Abort:
        return ABORTED
    return int(code or ExitCode.CONFORMANT)
