"""The options of the suite on pytest's command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from order_conformance.core.option_table import OUR_OPTIONS

if TYPE_CHECKING:
    import pytest

GROUP = "Order API conformance"


def declare_options(parser: pytest.Parser) -> None:
    """Declare every option of the table that belongs to the suite."""
    group = parser.getgroup("order-conformance", GROUP)
    for option in OUR_OPTIONS:
        if option.is_flag:
            group.addoption(option.name, action="store_true", help=option.help)
        else:
            group.addoption(option.name, metavar=option.metavar, help=option.help)


def given_options(config: pytest.Config) -> dict[str, Any]:
    """Return the options of the command line by their names."""
    return {option.name: config.getoption(option.name) for option in OUR_OPTIONS} | {
        "--strict": bool(config.getini("strict")),
        "-n": config.getoption("numprocesses", None),
    }
