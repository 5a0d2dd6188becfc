"""The target file, its environment variables, and the example that `init` writes."""

from __future__ import annotations

import re
import tomllib
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from order_conformance.core.exit_codes import UsageProblem
from order_conformance.core.option_table import PREFIX
from order_conformance.target.model import Target, permission_source
from order_conformance.target.settings import (
    read_settings,
    target_schema,
    variables_of_the_target,
)
from order_conformance.target.template import target_file_template
from selftest.support.engine_parts import ROOT, build, pytest_in

if TYPE_CHECKING:
    from pathlib import Path

URL = "http://127.0.0.1:1"
PROPERTIES: dict[str, Any] = target_schema()["properties"]


def uncommented(text: str, mark: str) -> dict[str, Any]:
    """Return the example with every line uncommented that ends with the mark."""
    lines = [
        line[1:] if re.match("#[A-Za-z]", line) and line.endswith(mark) else line
        for line in text.splitlines()
    ]
    return tomllib.loads("\n".join(lines))


def test_the_example_is_a_valid_target_file_as_it_stands() -> None:
    """With only the URL set, the target has every default."""
    document = tomllib.loads(target_file_template())
    jsonschema.Draft202012Validator(target_schema()).validate(document)
    target = build({**document, "base_url": URL})
    assert target == Target(URL)


def test_the_example_names_every_key_and_each_is_lawful() -> None:
    """It is valid with every line uncommented, except for the second source of the key."""
    text = target_file_template()
    document = uncommented(text.replace("#env =", "# env ="), "")
    jsonschema.Draft202012Validator(target_schema()).validate(document)
    assert "#env =" in text
    assert set(document) == set(PROPERTIES)
    for name, schema in PROPERTIES.items():
        keys = set(schema.get("properties", {}))
        assert not keys or set(document[name]) == keys - {"env"}, name
    assert len(document["headers"]) == 3


def test_the_defaults_that_the_example_shows_are_the_defaults() -> None:
    """Uncommenting the lines marked as defaults changes nothing."""
    document = uncommented(target_file_template(), "# default")
    assert document["budget"] == {"requests": 10_000, "orders": 2000, "minutes": 60}
    assert document["timeout"] == 10
    target = build({**document, "base_url": URL}, ORDER_API_KEY="a-key")
    assert target == Target(URL, api_key="a-key")


def test_each_key_of_the_example_has_its_comment() -> None:
    """Every key is explained, and no line is too long to read."""
    lines = target_file_template().splitlines()
    assert max(map(len, lines)) <= 100
    for before, line in pairwise(lines):
        if re.match(r"#?[a-z_]+ = ", line):
            assert before.startswith("# "), line
            assert line.endswith(("  # default", "  # example")), line


EXAMPLES = {
    "BASE_URL": ("https://staging.example.com", "https://staging.example.com"),
    "PATH_PREFIX": ("/gateway", "/gateway"),
    "READ_ONLY": ("True", True),
    "ALLOW_WRITES": ("false", False),
    "RATE_LIMIT": ("2.5", 2.5),
    "TIMEOUT": (" 20 ", 20.0),
    "SHIPPING_OPTIONS": ("standard, overnight '2 days'", ["standard", "overnight", "2 days"]),
    "EXISTING_PATIENTS": ("1234,1235 1236", [1234, 1235, 1236]),
    "UNKNOWN_ORDER": ("-7", -7),
    "BUDGET_ORDERS": ("0", 0),
    "TLS_CA_BUNDLE": ("a b.pem", "a b.pem"),
    "API_KEY_COMMAND": ("vault read --as=a,b 'c d'", ["vault", "read", "--as=a,b", "c d"]),
    "HEADERS": ('{"X-A": {"env": "B"}}', {"X-A": {"env": "B"}}),
    "PROXY": ("http://me:pass@proxy:3128", "http://me:pass@proxy:3128"),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_variable_is_read_as_its_key_wants_it(name: str) -> None:
    """Texts, numbers, booleans, lists, commands and tables."""
    text, meant = EXAMPLES[name]
    settings = read_settings({}, {PREFIX + name: text})
    value: Any = settings.given
    for key in variables_of_the_target()[PREFIX + name]:
        value = value[key]
    assert value == meant
    assert type(value) is type(meant)
    assert [*settings.variables.values()] == [PREFIX + name]


def test_every_key_has_a_variable() -> None:
    """Including the keys of tables."""
    places = set(variables_of_the_target().values())
    for name, schema in PROPERTIES.items():
        inner = schema.get("properties", {})
        assert {(name, key) for key in inner} <= places
        assert inner or (name,) in places


def test_a_variable_wins_over_the_file_key_by_key() -> None:
    """A key without a variable keeps its value; the file's content is not changed."""
    file: dict[str, Any] = {"base_url": URL, "timeout": 3, "budget": {"orders": 1, "requests": 2}}
    target = build(file, ORDER_CONFORMANCE_TIMEOUT="4", ORDER_CONFORMANCE_BUDGET_ORDERS="5")
    assert (target.timeout, target.budget.orders, target.budget.requests) == (4, 5, 2)
    assert file["budget"] == {"orders": 1, "requests": 2}


def test_the_source_of_the_key_is_one() -> None:
    """A variable for one source overrides the file's other one; two variables are an error."""
    by_command = {"base_url": URL, "api_key": {"command": ["echo", "printed"]}}
    target = build(by_command, ORDER_CONFORMANCE_API_KEY_ENV="MINE", MINE="exported")
    assert (target.api_key, target.key_command, target.key_variable) == ("exported", (), "MINE")
    by_variable = {"base_url": URL, "api_key": {"env": "MINE"}}
    target = build(by_variable, ORDER_CONFORMANCE_API_KEY_COMMAND="echo printed", MINE="exported")
    assert (target.api_key, target.key_command) == ("printed", ("echo", "printed"))
    with pytest.raises(UsageProblem, match="not both"):
        build(
            {"base_url": URL},
            ORDER_CONFORMANCE_API_KEY_COMMAND="echo printed",
            ORDER_CONFORMANCE_API_KEY_ENV="MINE",
        )


def test_permission_to_write_goes_with_the_address_beside_it() -> None:
    """A file's permission does not apply to the address of a variable, nor the reverse."""
    staging, other = "https://staging.example.com", "https://www.example.com"
    file = {"base_url": staging, "allow_writes": True}
    with pytest.raises(UsageProblem, match=f"{PREFIX}BASE_URL {other}.*--allow-writes"):
        build(file, ORDER_CONFORMANCE_BASE_URL=other)
    with pytest.raises(UsageProblem, match="--allow-writes"):
        build(file, ORDER_CONFORMANCE_ALLOW_WRITES="false")
    both = {PREFIX + "BASE_URL": other, PREFIX + "ALLOW_WRITES": "true"}
    assert build({}, **both).base_url == other
    with pytest.raises(UsageProblem, match="--base-url https://third"):
        build({}, "https://third.example.com", **both)


def test_the_source_of_the_permission_to_write_is_named() -> None:
    """The variable, the file, or nothing."""
    address = "https://staging.example.com"
    file: dict[str, Any] = {"base_url": address, "allow_writes": True}
    variable = PREFIX + "ALLOW_WRITES"
    both = {variable: "true", PREFIX + "BASE_URL": address}
    for content, environment, source in (
        (file, {}, "the target file"),
        ({"base_url": address}, {}, ""),
        ({}, both, variable),
        ({}, {**both, variable: "false"}, ""),
        (file, {variable: "true"}, ""),  # the variable does not say for which server
        (file, {PREFIX + "BASE_URL": address}, "the target file"),
    ):
        assert permission_source(read_settings(content, environment), address) == source
        assert not permission_source(read_settings(content, environment), f"{address}:444")


BAD = {
    "RATE_LIMIT": ("fast", "'fast': is not a number"),
    "TIMEOUT": ("0", "'0': 0.0 is less than or equal to the minimum of 0"),
    "BUDGET_REQUESTS": ("1.5", "is not a whole number"),
    "BUDGET_MINUTES": ("1e9", "is not a number"),
    "EXISTING_ITEMS": ("1000;1001", "is not a whole number"),
    "READ_ONLY": ("yes", "'yes': is neither true nor false"),
    "SHIPPING_OPTIONS": ("'standard", "has an unclosed quote"),
    "PAGING_PAGE_PARAMETER": ("", "is empty"),
    "BASE_URL": ("ftp://me:hunter2@host", "ftp://...@host"),
    "TLS_CLIENT_KEY": ("a.pem", "'client_certificate' is a dependency of 'client_key'"),
    "API_KEY_ENV": ("hunter2-x", "has an invalid value"),
    "API_KEY_COMMAND": ("'hunter2", "has an unclosed quote"),
    "HEADERS": ('{"X-A": {"value": "hunter2"}}', "has an invalid value"),
    "PROXY": ("me:hunter2@proxy", "has an invalid value"),
    "RATELIMIT": ("5", "did you mean ORDER_CONFORMANCE_RATE_LIMIT?"),
    "MOON": ("5", "is not a setting"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_variable_is_told_by_name(name: str) -> None:
    """The line names variable, value and fix, and never shows a possible secret."""
    text, why = BAD[name]
    with pytest.raises(UsageProblem) as problem:
        build({"base_url": URL}, **{PREFIX + name: text})
    assert why in str(problem.value)
    assert PREFIX in str(problem.value)
    assert "hunter2" not in str(problem.value)
    assert "\n" not in str(problem.value)


def test_a_variable_that_holds_a_secret_may_be_called_like_ours() -> None:
    """It is named as a source, so it cannot be a typo."""
    variables = {"ORDER_CONFORMANCE_KEY": "a-key", "ORDER_CONFORMANCE_EMBEDDED_KEY": "x"}
    target = build({"base_url": URL, "api_key": {"env": "ORDER_CONFORMANCE_KEY"}}, **variables)
    assert target.api_key == "a-key"


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({"PROFILE": "deep"}, "ORDER_CONFORMANCE_PROFILE 'deep': unknown"),
        ({"SEED": "x"}, "ORDER_CONFORMANCE_SEED 'x': give a whole number"),
        ({"STRICT": "1"}, "ORDER_CONFORMANCE_STRICT '1': is neither true nor false"),
        ({"REPORTS": "/proc/reports"}, "ORDER_CONFORMANCE_REPORTS /proc/reports: cannot be"),
        ({"TARGET": "absent.toml"}, "ORDER_CONFORMANCE_TARGET absent.toml: cannot be read"),
        ({"BASE_URL": ""}, "ORDER_CONFORMANCE_BASE_URL '': is empty"),
        ({"BASE_URL": "http://h:99999"}, "ORDER_CONFORMANCE_BASE_URL 'http://h:99999'"),
        ({"BASE_URL": "http://a.invalid"}, "ORDER_CONFORMANCE_BASE_URL http://a.invalid"),
        ({"ALLOW_WRITES": "true"}, "ORDER_CONFORMANCE_ALLOW_WRITES: describes a server"),
        ({"API_KEY_ENV": "NO", "BASE_URL": URL}, "ORDER_CONFORMANCE_API_KEY_ENV NO: the env"),
    ],
    ids=str,
)
def test_a_bad_variable_ends_the_run_before_it_starts(
    tmp_path: Path, variables: dict[str, str], says: str
) -> None:
    """One line, exit code 4."""
    given = {PREFIX + name: value for name, value in variables.items()}
    reports = [] if "REPORTS" in variables else ["--reports", str(tmp_path)]
    ended = pytest_in(ROOT, "tests", *reports, **given)
    errors = [line for line in ended.stderr.splitlines() if line.strip()]
    assert ended.returncode == 4, ended.stdout + ended.stderr
    assert len(errors) == 1, ended.stderr
    assert says in errors[0]


def test_an_option_wins_over_a_variable_and_a_variable_over_the_file(tmp_path: Path) -> None:
    """The header of the run shows which of the three was used."""
    (tmp_path / "t.toml").write_text('base_url = "http://127.0.0.1:3"\n', encoding="utf-8")
    names = {"TARGET": str(tmp_path / "t.toml"), "PROFILE": "smoke", "SEED": "7"}
    variables = {PREFIX + name: value for name, value in names.items()}
    options = ["--collect-only", "-q", "-v", "--reports", str(tmp_path / "out")]

    def header(*more: str, **further: str) -> str:
        ended = pytest_in(ROOT, "tests/test_fetching.py", *options, *more, **variables, **further)
        return next(line for line in ended.stdout.splitlines() if line.startswith("target: "))

    assert header() == "target: http://127.0.0.1:3, profile: smoke, seed: 7"
    second = header(ORDER_CONFORMANCE_BASE_URL="http://127.0.0.1:2")
    assert second == "target: http://127.0.0.1:2, profile: smoke, seed: 7"
    third = header(
        *("--base-url", "http://127.0.0.1:1", "--profile", "gate", "--seed", "8"),
        ORDER_CONFORMANCE_BASE_URL="http://127.0.0.1:2",
    )
    assert third == "target: http://127.0.0.1:1, profile: gate, seed: 8"
