"""Without the extra ``[certify]``, everything but certification works."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from order_conformance.cli.certify import EXTRA
from selftest.support.engine_parts import ROOT

if TYPE_CHECKING:
    from pathlib import Path

HIDE = f"""
import runpy, sys
for name in {sorted(EXTRA)!r}:
    sys.modules[name] = None
sys.argv = ["order-conformance", *sys.argv[1:]]
runpy.run_module("order_conformance", run_name="__main__")
"""


def without_the_extra(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Call the command in a Python that finds none of the extra's packages."""
    return subprocess.run(
        [sys.executable, "-c", HIDE, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["certify", "--target=t", "--nonce=acme-2026-11", "--key=k", "--out=o"],
        ["verify", "bundle.zip", "--public-key=k"],
    ],
    ids=lambda words: words[0],
)
def test_certification_says_what_to_install(tmp_path: Path, arguments: list[str]) -> None:
    """One line, exit code 4."""
    ended = without_the_extra(tmp_path, *arguments)
    assert (ended.returncode, ended.stdout) == (4, "")
    (line,) = ended.stderr.splitlines()
    assert f"{arguments[0]} needs `pip install 'order-conformance[certify]'`" in line


def test_the_rest_needs_none_of_it(tmp_path: Path) -> None:
    """Help, plan and the whole command line are there."""
    for arguments in (["--help"], ["certify", "--help"], ["plan"]):
        ended = without_the_extra(tmp_path, *arguments)
        assert (ended.returncode, ended.stderr) == (0, "")
