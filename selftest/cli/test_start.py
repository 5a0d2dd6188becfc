"""What only prints something starts quickly: it imports nothing that a run alone needs."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import yaml

from order_conformance.cli.main import command
from order_conformance.core.paths import SPEC
from order_conformance.requirements import catalogue
from selftest.support.engine_parts import ROOT

HEAVY = (
    "_pytest",
    "allure_commons",
    "asyncio",
    "cryptography",
    "harfile",
    "httpx",
    "hypothesis",
    "jinja2",
    "jsonschema",
    "pytest",
    "schemathesis",
    "securesystemslib",
    "starlette",
    "tomllib",
)
MODULE = "order_conformance"
QUICK = [["--version"], ["--help"], ["list"], ["explain", "ASSOC-03"], ["where"]]
HELP = [[name, "--help"] for name in command.commands]


def imported(module: str, *arguments: str) -> set[str]:
    """Return the top-level modules that a command imports, in a process of its own."""
    finished = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", module, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [line for line in finished.stderr.splitlines() if line.startswith("import time:")]
    names = {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}
    assert module in names, "the interpreter lists what it imports"
    return names


@pytest.mark.parametrize("arguments", [*QUICK, *HELP], ids=" ".join)
def test_a_command_that_only_prints_imports_nothing_heavy(arguments: list[str]) -> None:
    """A second for `--help` is too long; the modules of a run take most of it."""
    names = imported(MODULE, *arguments)
    assert not names & {*HEAVY}
    reads_the_catalogue = arguments in (["list"], ["explain", "ASSOC-03"])
    assert ("yaml" in names) == reads_the_catalogue


def test_the_help_of_the_reference_server_imports_nothing_heavy() -> None:
    """`serve --help` asks it for its options."""
    assert not imported("reference", "--help") & {*HEAVY}


def test_the_fast_parser_reads_the_same_catalogue() -> None:
    """It is most of what `explain` does; without it, PyYAML's own takes ten times as long."""
    content = (SPEC / "requirements.yaml").read_text(encoding="utf-8")
    assert catalogue.Loader is yaml.CSafeLoader
    assert yaml.load(content, catalogue.Loader) == yaml.safe_load(content)
