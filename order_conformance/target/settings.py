"""The settings of a target, joined from environment variables and a target file.

Each key of ``spec/target.schema.json`` has a variable: ``ORDER_CONFORMANCE_RATE_LIMIT`` for
``rate_limit``, ``ORDER_CONFORMANCE_BUDGET_ORDERS`` for ``orders`` of the table ``budget``. A
variable wins over the file, as an option of the command line wins over both.
"""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Any

import jsonschema

from order_conformance.core.json_values import read_json
from order_conformance.core.outcomes import UsageProblem
from order_conformance.core.paths import SPEC

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PREFIX = "ORDER_CONFORMANCE_"
OF_THE_RUN = ("TARGET", "PROFILE", "STRICT", "REPORTS", "RESULTS_ONLY", "SEED")
"""Options that are no settings of a target; they have variables too."""

SECRET = ("api_key", "headers", "proxy")
"""Settings whose values are never shown: somebody may have written a secret there."""


@dataclass(frozen=True)
class Settings:
    """What environment and target file say together, and by which name a message calls it."""

    values: dict[str, Any]
    variables: dict[str, str]

    def table(self, name: str) -> dict[str, Any]:
        """Return a table; empty if nobody filled it."""
        return dict(self.values.get(name, {}))

    def named(self, place: str, otherwise: str) -> str:
        """Return the variable that a setting came from, or how it is called otherwise."""
        return self.variables.get(place, otherwise)


@cache
def target_schema() -> dict[str, Any]:
    """Return the JSON Schema of the target file."""
    return dict(read_json((SPEC / "target.schema.json").read_bytes()))


@cache
def variables_of_the_target() -> dict[str, tuple[str, ...]]:
    """Return the environment variables that describe a target, each with its place in the file."""
    places: list[tuple[str, ...]] = []
    for key, schema in target_schema()["properties"].items():
        inner_keys = schema.get("properties")
        places += [(key, inner) for inner in inner_keys] if inner_keys else [(key,)]
    return {PREFIX + "_".join(place).upper(): place for place in places}


def read_target_file(path: Path, named: str = "--target") -> dict[str, Any]:
    """Read a TOML target file and check it against ``spec/target.schema.json``.

    Raises:
        UsageProblem: unreadable, not TOML, or with a key or value the schema does not know.
    """
    content = read_toml(path, named)
    _check(content, f"{named} {path}")
    return content


def read_toml(path: Path, named: str) -> dict[str, Any]:
    """Read a TOML file that an option or variable of this name names.

    Raises:
        UsageProblem: unreadable, or not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise UsageProblem(
            f"{named} {path}: cannot be read ({problem.strerror}); name a readable TOML file"
        ) from None
    except UnicodeDecodeError:
        raise UsageProblem(f"{named} {path}: is not UTF-8 text; save it as UTF-8 TOML") from None
    except tomllib.TOMLDecodeError as problem:
        raise UsageProblem(f"{named} {path}: is not TOML ({problem}); mend that line") from None


def read_settings(
    file: Mapping[str, Any], environment: Mapping[str, str], *secret_variables: str | None
) -> Settings:
    """Lay the variables of the environment over the content of a target file.

    Raises:
        UsageProblem: a variable has no usable value, or a name that stands for nothing.
    """
    values: dict[str, Any] = {
        key: dict(value) if isinstance(value, dict) else value for key, value in file.items()
    }
    variables = {}
    for variable, place in variables_of_the_target().items():
        if variable not in environment:
            continue
        value = _read(variable, environment[variable], place)
        variables[".".join(place)] = variable
        if len(place) == 1:
            values[place[0]] = value
            continue
        table = values.setdefault(place[0], {})
        if place[0] == "api_key":
            # A key comes from one source; the file's gives way to the environment's.
            for other in {"env", "command"} - {place[1]} if place[1] != "header" else ():
                if f"api_key.{other}" not in variables:
                    table.pop(other, None)
        table[place[1]] = value
    _check(values, f"{PREFIX}... and the target file together")
    _check_names(environment, {*filter(None, secret_variables), *variables_of_secrets(values)})
    return Settings(values, variables)


def read_boolean(variable: str, text: str) -> bool:
    """Read ``true`` or ``false``.

    Raises:
        UsageProblem: it is neither.
    """
    if text.lower() not in {"true", "false"}:
        raise UsageProblem(f"{variable} {text!r}: is neither true nor false; write one of them")
    return text.lower() == "true"


def _read(variable: str, text: str, place: tuple[str, ...]) -> Any:
    """Read the text of a variable as its key in the schema wants it."""
    schema = target_schema()
    for key in place:
        schema = schema["properties"][key]
    if not text.strip():
        raise UsageProblem(f"{variable} '': is empty; give a value, or unset it")
    shown = variable if place[0] in SECRET else f"{variable} {_without_login(text)!r}"
    try:
        value = _typed(variable, text.strip(), schema, is_command=place[-1] == "command")
    except ValueError as problem:
        raise UsageProblem(f"{shown}: {problem}; mend it or unset it") from None
    found = jsonschema.exceptions.best_match(
        jsonschema.Draft202012Validator(schema).iter_errors(value)
    )
    if found is not None:
        why = "is not what is expected" if place[0] in SECRET else _without_login(found.message)
        raise UsageProblem(
            f"{shown}: {why}; see {'.'.join(place)} in spec/target.schema.json for its values"
        )
    return value


def _typed(variable: str, text: str, schema: dict[str, Any], *, is_command: bool = False) -> Any:
    match schema["type"]:
        case "boolean":
            return read_boolean(variable, text)
        case "integer":
            if not re.fullmatch(r"[+-]?[0-9]{1,18}", text):
                raise ValueError("is no whole number")
            return int(text)
        case "number":
            if not re.fullmatch(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?", text):
                raise ValueError("is no number")
            return float(text)
        case "array":
            # Commas part ids and names; in a command they belong to its words.
            words = _words(text, commas=not is_command)
            return [_typed(variable, word, schema["items"]) for word in words]
        case "object":
            try:
                return json.loads(text)
            except ValueError:
                raise ValueError("is no JSON object") from None
        case _:
            return text


def _words(text: str, *, commas: bool) -> list[str]:
    """Part a text as a shell does: quotes keep together what stands in them."""
    lexer = shlex.shlex(text, posix=True)
    lexer.whitespace_split, lexer.commenters = True, ""
    lexer.whitespace += "," if commas else ""
    try:
        return list(lexer)
    except ValueError:
        raise ValueError("has a quote that does not end") from None


def _check(content: dict[str, Any], named: str) -> None:
    problem = jsonschema.exceptions.best_match(
        jsonschema.Draft202012Validator(target_schema()).iter_errors(content)
    )
    if problem is None:
        return
    place = ".".join(str(part) for part in problem.absolute_path) or "top level"
    # Whoever wrote a secret itself there must not see it on the terminal too.
    if place.startswith("api_key"):
        raise UsageProblem(
            f"{named}: {place}: the key itself never stands in this file; write [api_key] with "
            'env = "NAME" of an environment variable or command = ["PROGRAM", "ARGUMENT"], not '
            'both, and, if need be, header = "NAME"'
        )
    if place.startswith("headers"):
        raise UsageProblem(
            f'{named}: {place}: write NAME = {{ env = "VARIABLE" }}, NAME = {{ command = '
            '["PROGRAM", "ARGUMENT"] } or, for what is no secret, NAME = "text"'
        )
    if place == "proxy":
        raise UsageProblem(
            f"{named}: proxy: is no http(s) URL (it is not shown); "
            'write proxy = "http://proxy.example.com:3128"'
        )
    raise UsageProblem(
        f"{named}: {place}: {_without_login(problem.message)}; "
        "see spec/target.schema.json for the keys and their values"
    )


def _check_names(environment: Mapping[str, str], secrets: set[str]) -> None:
    """Refuse a variable that only looks like ours: a typing error must not pass in silence."""
    ours = {*variables_of_the_target(), *(PREFIX + name for name in OF_THE_RUN), KEY_VARIABLE}
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in ours | secrets:
            close = get_close_matches(name, ours - {KEY_VARIABLE}, 1)
            mend = f"did you mean {close[0]}?" if close else "unset it"
            raise UsageProblem(f"{name}: is no setting; {mend} docs/target.md has them all")


def variables_of_secrets(values: Mapping[str, Any]) -> set[str]:
    """Return the variables that the settings take secrets from."""
    sources = [values.get("api_key", {}), *values.get("headers", {}).values()]
    return {source["env"] for source in sources if isinstance(source, dict) and "env" in source}


def _without_login(text: str) -> str:
    """Leave user name and password out of the URLs in a text."""
    return re.sub(r"//[^/\s]*@", "//...@", text)


KEY_VARIABLE = "ORDER_CONFORMANCE_EMBEDDED_KEY"
