"""Writes ``docs/options.md`` from the table of options and the schema: ``make docs``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from order_conformance.core.option_table import OPTIONS
from order_conformance.core.paths import ROOT
from order_conformance.target.settings import schema_of, variables_of_the_target

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PAGE = ROOT / "docs" / "options.md"
INTRODUCTION = """\
<!-- Made from order_conformance/core/option_table.py and spec/target.schema.json by `make docs`;
change those files instead. -->
# Options and variables

The same options work with `order-conformance run`, with `pytest` and with `make conformance
ARGS="..."`. A command-line option overrides an environment variable, a variable overrides the
[target file](target.md), and the file overrides the default.

Write `--reports=DIR`, with an equals sign, if you call `pytest` itself: before it knows the
options, pytest takes an existing `DIR` after a space for a path to test.

pytest loads only the plugins that a run needs. `-p NAME` adds one, for example
`-p allure_pytest --alluredir DIR`.

## Options
"""
COMBINATIONS = """
## Combinations that are refused

The first option conflicts only if it is on the command line. From a variable it is a default,
which the second option overrides.
"""
VARIABLES = """
## Variables of the target file's keys

Every key of a target file has a variable.
"""


def options_page() -> str:
    """Return the page: the options, what excludes them, and the variables of a target."""
    return "\n".join(
        [INTRODUCTION, *_options(), COMBINATIONS, *_combinations(), VARIABLES, *_keys()]
    )


def _options() -> Iterator[str]:
    yield "| option | variable | what it does |\n|---|---|---|"
    for option in OPTIONS:
        variable = f"`{option.variable}`" if option.variable else ""
        note = f" (an option of {option.declared_by})" if option.declared_by else ""
        yield f"| `{option.usage}` | {variable} | {option.help}{note} |"


def _combinations() -> Iterator[str]:
    yield "| option | not with | needs |\n|---|---|---|"
    for option in OPTIONS:
        if option.not_with or option.needs:
            yield f"| `{option.name}` | {_reasons(option.not_with)} | {_reasons(option.needs)} |"


def _reasons(others: Mapping[str, str]) -> str:
    return "; ".join(f"`{other}`: {reason}" for other, reason in others.items())


def _keys() -> Iterator[str]:
    yield "| variable | key | default |\n|---|---|---|"
    for variable, place in variables_of_the_target().items():
        default = schema_of(*place).get("default")
        shown = f"`{default if isinstance(default, str) else json.dumps(default)}`"
        shown = "" if default in {None, ""} else shown
        key = f"`{place[-1]}`" + (f" in `[{place[0]}]`" if len(place) > 1 else "")
        yield f"| `{variable}` | {key} | {shown} |"
    yield ""


if __name__ == "__main__":
    PAGE.write_text(options_page(), encoding="utf-8")
