"""``plan``: what a run would do, for a person or a program."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import click

from order_conformance.core.exit_codes import ExitCode, UsageProblem
from order_conformance.core.text import plural, printable, shown_time

if TYPE_CHECKING:
    from collections.abc import Iterable

    from order_conformance.requirements.catalogue import Catalogue
    from order_conformance.session.options import Options
    from order_conformance.session.plan import Missing, Plan, ProbeResult


@click.command()
@click.option(
    "--base-url",
    metavar="URL",
    help="base URL of the server (default: the embedded reference server)",
)
@click.option("--target", metavar="FILE", help="TOML file that describes the server")
@click.option("--profile", metavar="NAME", help="how thorough: smoke, gate (default) or certify")
@click.option("--api-key-env", metavar="NAME", help="environment variable with the API key")
@click.option("--read-only", is_flag=True, help="plan a read-only run (GET requests only)")
@click.option("--discover", is_flag=True, help="query the server first, with GET requests only")
@click.option(
    "--latency",
    type=click.IntRange(0, 600_000),
    metavar="MS",
    help="expected response time in milliseconds",
)
@click.option("--json", "as_json", is_flag=True, help="output JSON")
def plan(*, discover: bool, latency: int | None, as_json: bool, **given: Any) -> int:
    """Show what a run would do.

    Shows which requirements will be checked, the estimated number of requests and orders, the
    estimated time, what does not apply and why, and which test data is missing. No requests are
    sent, unless --discover is given.

    \b
    Examples:
      order-conformance plan
      order-conformance plan --target=staging.toml --latency=250
      order-conformance plan --target=staging.toml --discover --json
    """
    from tempfile import TemporaryDirectory

    from order_conformance.core.outcomes import CantTell
    from order_conformance.core.redaction import Redactor
    from order_conformance.requirements.catalogue import load_catalogue
    from order_conformance.session.plan import make_plan
    from order_conformance.session.preflight import probe

    with TemporaryDirectory() as scratch:
        options, notes = _read({**_named(given), "--reports": scratch})
    if discover and options.target is None:
        raise UsageProblem("--discover: needs a server to query; give --base-url or --target")
    seen: ProbeResult | None = None
    if discover and options.target is not None:
        try:
            seen = probe(options.target)
        except CantTell as problem:
            # The message may quote the response, and with it the key.
            words = Redactor([*options.target.secrets]).text(problem.reason)
            notes.append(f"--discover: {words}")
    catalogue = load_catalogue()
    planned = make_plan(
        catalogue,
        options.profile,
        options.target,
        latency=None if latency is None else latency / 1000,
        seen=seen,
    )
    if as_json:
        click.echo(json.dumps(planned.as_json() | {"warnings": notes + planned.warnings}, indent=1))
    else:
        _show(planned, catalogue, notes, discovered=discover)
    return ExitCode.CONFORMANT


def _named(given: dict[str, Any]) -> dict[str, Any]:
    """Return the options by their names on the command line."""
    return {f"--{name.replace('_', '-')}": value for name, value in given.items()}


def _read(given: dict[str, Any]) -> tuple[Options, list[str]]:
    """Return the options as a run would read them, and what the run would still need."""
    from order_conformance.session.options import read_options

    try:
        return read_options(given, os.environ), []
    except UsageProblem as problem:
        return read_options({**given, "--allow-writes": True}, os.environ), [str(problem)]


def _show(plan: Plan, catalogue: Catalogue, notes: list[str], *, discovered: bool) -> None:
    from order_conformance.session.plan import EMBEDDED

    embedded = plan.target is EMBEDDED
    sent = plural(plan.seen.requests, "GET request") if plan.seen else "only GET requests"
    how = f"{sent} sent to query it" if discovered else "no requests were sent"
    read_only = ", read-only" if plan.target.read_only else ""
    _say(f"Plan for {plan.target.base_url}, profile {plan.profile}{read_only} ({how})", bold=True)
    everything = len(catalogue.requirements)
    _say(f"\n{len(plan.will_run)} of {everything} requirements will be checked")
    for area, count in plan.areas.items():
        ids = [each.id for each in plan.will_run if each.area == area]
        _say(f"{area:>10} {count:>3}  {_wrapped(ids, 15)}")
    _say(f"\nrequests  about {plan.requests}, at most {plan.target.budget.requests}")
    remain = "" if embedded or plan.target.read_only else "; the API cannot delete them"
    _say(f"orders    about {plan.orders}, at most {plan.most_orders}{remain}")
    _say(f"time      about {shown_time(plan.seconds)}: {_assumed_speed(plan)}")
    _show_reasons("Not applicable", plan.inapplicable)
    _show_reasons("Cannot be checked", plan.cannot_tell)
    if plan.untested:
        _say(f"\nNot in the profile {plan.profile}\n  {_wrapped(plan.untested, 2)}")
    if plan.missing:
        _say("\nTest data that may be missing; add to the target file:")
    for each in plan.missing:
        _say(f"  {each.add}\n      {_consequence(each, plan.seen)}")
    for note in [*notes, *plan.warnings]:
        _say(f"\nwarning: {note}", fg="yellow")


def _assumed_speed(plan: Plan) -> str:
    milliseconds = f"{plan.latency * 1000:.3g} ms per response"
    source = {
        "given": f"{milliseconds} (--latency)",
        "measured": f"{milliseconds} (measured)",
        "assumed": f"{milliseconds} (assumed; give --latency=MS, or --discover to measure it)",
    }[plan.latency_is]
    rate = plan.target.rate_limit
    return f"{source}, at most {rate:g} requests per second" if rate else source


def _consequence(lack: Missing, seen: ProbeResult | None) -> str:
    affected = f"{plural(len(lack.requirements), 'requirement')} cannot be checked"
    if lack.is_lost:
        return f"no {lack.kind} are known: {affected}"
    if seen is not None:
        tried = plural(seen.unsure[lack.kind], "id")
        return f"the list shows none for certain; {tried} will be tried. If none works, {affected}"
    return f"the run takes {lack.kind} from the list of orders; if it shows none, {affected}"


def _show_reasons(title: str, reasons: dict[str, str]) -> None:
    if reasons:
        _say(f"\n{title}")
    for reason in dict.fromkeys(reasons.values()):
        ids = [name for name, why in reasons.items() if why == reason]
        _say(f"  {_wrapped(ids, 2)}\n      {reason}")


def _wrapped(ids: Iterable[str], indent: int) -> str:
    return click.wrap_text(" ".join(ids), 96, " " * indent, " " * indent).lstrip()


def _say(text: str, **style: Any) -> None:
    click.secho("\n".join(map(printable, text.split("\n"))), **style)
