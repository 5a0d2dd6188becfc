"""The command line; every mistake is reported in one line."""

import argparse
import os
import sys
from typing import NoReturn

from reference.settings import Settings, SettingsError

USAGE_ERROR = 4


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise SettingsError(message)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port (0 to 65535)")
    return int(text)


def _amount(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m reference",
        description="Run the reference Order API server.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    add("--port", type=_port, default=0, help="port to listen on (default: 0, any free port)")
    add(
        "--database",
        default=":memory:",
        metavar="FILE",
        help="SQLite file for the orders (default: in memory)",
    )
    add(
        "--orders",
        type=_amount,
        default=7,
        metavar="N",
        help="number of preloaded orders (default: 7)",
    )
    add("--api-key-env", metavar="NAME", help="environment variable that holds the API key")
    add(
        "--max-body",
        type=_amount,
        default=1 << 20,
        metavar="BYTES",
        help="maximum size of a request body (default: 1 MiB)",
    )
    add(
        "--twin",
        action="append",
        default=[],
        metavar="NAME",
        help="enable a twin: a variant that conforms",
    )
    add("--fault", action="append", default=[], metavar="NAME", help="inject a fault: a bug")
    add("--exit-with-parent", action="store_true", help="exit when standard input is closed")
    add("--list-twins", action="store_true", help="list the twins and exit")
    add("--list-faults", action="store_true", help="list the faults and exit")
    return parser


def _api_key(variable: str | None) -> str | None:
    if variable is None:
        return None
    key = os.environ.get(variable)
    if not key:
        raise SettingsError(f"the environment variable {variable!r} for the API key is not set")
    return key


def _list(options: argparse.Namespace) -> None:
    from reference.deviations import all_faults, all_twins

    if options.list_twins:
        for twin in all_twins().values():
            earned = f" [warning: {', '.join(twin.earns)}]" if twin.earns else ""
            print(f"{twin.name:36} {twin.summary}{earned}")
    if options.list_faults:
        for fault in all_faults().values():
            broken = ", ".join(fault.breaks)
            print(f"{fault.name:36} {fault.level:6} {broken:20} {fault.summary}")


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    try:
        options = _parser().parse_args(arguments)
        if options.list_twins or options.list_faults:
            _list(options)
            return 0
        settings = Settings(
            database=options.database,
            orders=options.orders,
            api_key=_api_key(options.api_key_env),
            max_body=options.max_body,
            twins=tuple(options.twin),
            faults=tuple(options.fault),
        )
        _serve(settings, options)
    except SettingsError as error:
        print(f"reference: {error}", file=sys.stderr)
        return USAGE_ERROR
    return 0


def _serve(settings: Settings, options: argparse.Namespace) -> None:
    from reference.application import create_app
    from reference.running import bind, exit_with_parent, run

    bound = bind(options.host, options.port)
    with bound:
        app = create_app(settings)
        if options.exit_with_parent:
            exit_with_parent()
        run(app, bound)
