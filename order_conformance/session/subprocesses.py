"""Start pytest and the reference server as separate processes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from order_conformance.core.paths import ROOT, TESTS

if TYPE_CHECKING:
    from collections.abc import Sequence

REFERENCE = "reference"
PYTEST = "pytest"


def command(module: str, *arguments: str) -> list[str]:
    """Return the command that runs a module; ``-P`` keeps it from importing the working folder."""
    return [sys.executable, "-P", "-m", module, *arguments]


def environment() -> dict[str, str]:
    """Return the environment variables, with the suite on the import path."""
    found = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(found)}


def exec_module(module: str, *arguments: str) -> NoReturn:
    """Replace this process by a module, so that signals and the exit code are the module's."""
    sys.stdout.flush()
    os.execve(  # noqa: S606 - our own interpreter
        sys.executable, command(module, *arguments), environment()
    )


def help_of(module: str, option: str) -> str:
    """Return what a module prints for an option such as ``--help``."""
    return subprocess.run(  # noqa: S603 - our own modules
        command(module, option),
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def pytest_arguments(arguments: Sequence[str]) -> list[str]:
    """Return the arguments of pytest for a run: ours first, then the user's."""
    # pytest finds its configuration in our root; paths stay relative to the working folder.
    options = ["--rootdir", str(ROOT), "-c", str(ROOT / "pyproject.toml"), *arguments]
    places = [argument.partition("::")[0] for argument in arguments]
    if not any(place.endswith(".py") and Path(place).exists() for place in places):
        options.append(str(TESTS))
    return options
