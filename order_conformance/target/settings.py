"""The settings of a target: environment variables, then the target file, then the defaults.

Each key of ``spec/target.schema.json`` has a variable: ``ORDER_CONFORMANCE_RATE_LIMIT`` for
``rate_limit``, ``ORDER_CONFORMANCE_BUDGET_ORDERS`` for ``orders`` of the table ``budget``. A
variable overrides the file, as a command-line option overrides both. The defaults are those of
the schema, and are written nowhere else.
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

from order_conformance.core.exit_codes import UsageProblem
from order_conformance.core.json_values import read_json
from order_conformance.core.option_table import PREFIX, RUN_VARIABLES
from order_conformance.core.paths import SPEC

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

KEY_VARIABLE = "ORDER_CONFORMANCE_EMBEDDED_KEY"
"""The variable that passes the key to the embedded server; not a setting."""

SECRET_KEYS = ("api_key", "headers", "proxy")
"""Keys whose values are never shown, because someone may have written a secret there."""


@dataclass(frozen=True)
class Settings:
    """What the environment variables and the target file set together.

    Attributes:
        given: the keys that either of them sets, in the form of a target file.
        variables: the variable that a key was taken from, by its dotted name.
        file: the content of the target file alone.
    """

    given: dict[str, Any]
    variables: dict[str, str]
    file: Mapping[str, Any]

    def value(self, *place: str) -> Any:
        """Return the value of a key: as given, else its default, else None."""
        value: Any = self.given
        for key in place:
            if key not in value:
                return default_of(*place)
            value = value[key]
        return value

    def table(self, name: str) -> dict[str, Any]:
        """Return the keys of a table that are given, without defaults."""
        return dict(self.given.get(name, {}))

    def source(self, key: str, otherwise: str) -> str:
        """Return the variable that sets a key, or how messages name the key otherwise."""
        return self.variables.get(key, otherwise)


@cache
def target_schema() -> dict[str, Any]:
    """Return the JSON Schema of the target file."""
    return dict(read_json((SPEC / "target.schema.json").read_bytes()))


def schema_of(*place: str) -> dict[str, Any]:
    """Return what the schema says about a key; a KeyError if there is no such key."""
    schema = target_schema()
    for key in place:
        schema = schema["properties"][key]
    return schema


def default_of(*place: str) -> Any:
    """Return the default of a key as the schema has it; None if it has none."""
    schema = schema_of(*place)
    default = schema.get("default")
    return float(default) if default is not None and schema["type"] == "number" else default


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
        UsageProblem: it is unreadable, not TOML, or has a key or value that the schema lacks.
    """
    content = read_toml(path, named)
    _check(content, f"{named} {path}")
    return content


def read_toml(path: Path, named: str) -> dict[str, Any]:
    """Return the content of a TOML file; ``named`` is the option or variable that names it.

    Raises:
        UsageProblem: it is unreadable or not TOML.
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
        raise UsageProblem(f"{named} {path}: is not TOML ({problem}); fix that line") from None


def read_settings(
    file: Mapping[str, Any], environment: Mapping[str, str], *secret_variables: str | None
) -> Settings:
    """Return the settings of a target file, overridden by the environment variables.

    Args:
        file: the content of the target file.
        environment: the environment variables.
        secret_variables: variables that hold secrets, and so may have any name.

    Raises:
        UsageProblem: a variable has an invalid value, or a name that means nothing.
    """
    given: dict[str, Any] = {
        key: dict(value) if isinstance(value, dict) else value for key, value in file.items()
    }
    variables = {}
    for variable, place in variables_of_the_target().items():
        if variable in environment:
            variables[".".join(place)] = variable
            table = given if len(place) == 1 else given.setdefault(place[0], {})
            table[place[-1]] = _read(variable, environment[variable], place)
    _keep_one_key_source(given.get("api_key", {}), variables)
    _check(given, f"{PREFIX}... and the target file together")
    _check_names(environment, {*filter(None, secret_variables), *variables_of_secrets(given)})
    return Settings(given, variables, file)


def _keep_one_key_source(table: dict[str, Any], variables: Mapping[str, str]) -> None:
    """Remove the file's source of the API key if a variable sets another one."""
    for source, other in (("env", "command"), ("command", "env")):
        if f"api_key.{source}" in variables and f"api_key.{other}" not in variables:
            table.pop(other, None)


def read_boolean(variable: str, text: str) -> bool:
    """Return the value of a variable that holds ``true`` or ``false``.

    Raises:
        UsageProblem: it holds neither.
    """
    if text.lower() not in {"true", "false"}:
        raise UsageProblem(f"{variable} {text!r}: is neither true nor false; write one of them")
    return text.lower() == "true"


def _read(variable: str, text: str, place: tuple[str, ...]) -> Any:
    """Return the value of a variable in the type that the schema gives its key."""
    import jsonschema  # noqa: PLC0415 - slow to import, and rarely needed

    schema = schema_of(*place)
    if not text.strip():
        raise UsageProblem(f"{variable} '': is empty; give a value, or unset it")
    shown = variable if place[0] in SECRET_KEYS else f"{variable} {_without_login(text)!r}"
    try:
        value = _parse(variable, text.strip(), schema, is_command=place[-1] == "command")
    except ValueError as problem:
        raise UsageProblem(f"{shown}: {problem}; fix it or unset it") from None
    found = jsonschema.exceptions.best_match(
        jsonschema.Draft202012Validator(schema).iter_errors(value)
    )
    if found is not None:
        why = "has an invalid value" if place[0] in SECRET_KEYS else _without_login(found.message)
        raise UsageProblem(
            f"{shown}: {why}; see {'.'.join(place)} in spec/target.schema.json for its values"
        )
    return value


def _parse(variable: str, text: str, schema: dict[str, Any], *, is_command: bool = False) -> Any:
    """Return the value that a text stands for; a ValueError says what is wrong with it."""
    match schema["type"]:
        case "boolean":
            return read_boolean(variable, text)
        case "integer":
            if not re.fullmatch(r"[+-]?[0-9]{1,18}", text):
                raise ValueError("is not a whole number")
            return int(text)
        case "number":
            if not re.fullmatch(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?", text):
                raise ValueError("is not a number")
            return float(text)
        case "array":
            # Commas separate ids and names; in a command they belong to its words.
            words = _words(text, commas=not is_command)
            return [_parse(variable, word, schema["items"]) for word in words]
        case "object":
            try:
                return json.loads(text)
            except ValueError:
                raise ValueError("is not a JSON object") from None
        case _:
            return text


def _words(text: str, *, commas: bool) -> list[str]:
    """Split a text into words as a shell does: quotes keep a word together."""
    lexer = shlex.shlex(text, posix=True)
    lexer.whitespace_split, lexer.commenters = True, ""
    lexer.whitespace += "," if commas else ""
    try:
        return list(lexer)
    except ValueError:
        raise ValueError("has an unclosed quote") from None


def _check(content: dict[str, Any], named: str) -> None:
    """Check settings against the schema; a message never shows what may be a secret."""
    import jsonschema  # noqa: PLC0415 - slow to import, and rarely needed

    problem = jsonschema.exceptions.best_match(
        jsonschema.Draft202012Validator(target_schema()).iter_errors(content)
    )
    if problem is None:
        return
    place = ".".join(str(part) for part in problem.absolute_path) or "top level"
    # The value may be the secret itself, which must not reach the terminal.
    if place.startswith("api_key"):
        raise UsageProblem(
            f"{named}: {place}: the key itself never belongs in this file; write [api_key] with "
            'env = "NAME" of an environment variable or command = ["PROGRAM", "ARGUMENT"], not '
            'both, and, if needed, header = "NAME"'
        )
    if place.startswith("headers"):
        raise UsageProblem(
            f'{named}: {place}: write NAME = {{ env = "VARIABLE" }}, NAME = {{ command = '
            '["PROGRAM", "ARGUMENT"] } or, for a value that is not secret, NAME = "text"'
        )
    if place == "proxy":
        raise UsageProblem(
            f"{named}: proxy: is not an http(s) URL (the value is not shown); "
            'write proxy = "http://proxy.example.com:3128"'
        )
    raise UsageProblem(
        f"{named}: {place}: {_without_login(problem.message)}; "
        "see spec/target.schema.json for the keys and their values"
    )


def _check_names(environment: Mapping[str, str], secrets: set[str]) -> None:
    """Refuse a variable that only looks like ours, so that a typo cannot go unnoticed."""
    ours = {*variables_of_the_target(), *RUN_VARIABLES, KEY_VARIABLE}
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in ours | secrets:
            close = get_close_matches(name, ours - {KEY_VARIABLE}, 1)
            fix = f"did you mean {close[0]}?" if close else "unset it;"
            raise UsageProblem(f"{name}: is not a setting; {fix} docs/options.md lists them all")


def variables_of_secrets(values: Mapping[str, Any]) -> set[str]:
    """Return the environment variables that hold the secrets of a target."""
    sources = [values.get("api_key", {}), *values.get("headers", {}).values()]
    return {source["env"] for source in sources if isinstance(source, dict) and "env" in source}


def _without_login(text: str) -> str:
    """Return a text without the user names and passwords of its URLs."""
    return re.sub(r"//[^/\s]*@", "//...@", text)
