"""A tiny suite in its own folder, run by the real engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from selftest.support.engine_parts import ROOT

if TYPE_CHECKING:
    from pathlib import Path

CONFTEST = f"""
import sys
from pathlib import Path

import pytest

sys.path.insert(0, {str(ROOT)!r})
pytest_plugins = [
    "order_conformance.pytest_plugin.plugin",
    "order_conformance.pytest_plugin.fixtures",
]


@pytest.hookimpl(tryfirst=True)
def pytest_configure():
    from order_conformance.pytest_plugin import plugin

    plugin.TESTS = Path(__file__).resolve().parent / "tests"
"""

SETTINGS = """
[tool.pytest]
testpaths = ["tests"]
addopts = ["--strict-markers", "-p", "no:schemathesis", "-p", "no:cacheprovider"]
filterwarnings = ["error"]
markers = ["requirement(id): judged", "deep: not in smoke", "every_shard: in each shard"]
"""


def write_suite(folder: Path, *modules: str) -> None:
    """Write a suite with these test modules into a folder."""
    (folder / "tests").mkdir()
    (folder / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    (folder / "pyproject.toml").write_text(SETTINGS, encoding="utf-8")
    for number, module in enumerate(modules):
        name = "test_tiny.py" if number == 0 else f"test_tiny_{number}.py"
        (folder / "tests" / name).write_text(module, encoding="utf-8")
