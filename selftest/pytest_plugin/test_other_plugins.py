"""Plugins of other distributions do not change a run, unless the user names them with ``-p``."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from selftest.support.engine_parts import ROOT, pytest_in
from selftest.support.plugin_distribution import install_plugin
from selftest.support.suite_runs import reference_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MEDDLER = """
def pytest_collection_modifyitems(items):
    items.reverse()


def pytest_runtest_call(item):
    raise RuntimeError("another plugin meddles")
"""
OPTIONS = ("tests/test_association.py", "--profile", "smoke", "--seed", "7", "-q")


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    """A conforming server."""
    with reference_server() as url:
        yield url


def judged(folder: Path) -> tuple[dict[str, str], list[str]]:
    """Return the outcomes of a run, and the tests of its requests in the order of sending."""
    results: dict[str, Any] = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    lines = (folder / "evidence.jsonl").read_text(encoding="utf-8").splitlines()
    tests = [json.loads(line)["id"].partition("#")[0] for line in lines]
    return {row["id"]: row["outcome"] for row in results["requirements"]}, tests


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["one process", "workers"])
def test_an_installed_plugin_changes_nothing(
    tmp_path: Path, base_url: str, workers: tuple[str, ...]
) -> None:
    """Neither outcomes nor the order of tests, in the process itself and in its workers."""
    installed = install_plugin(tmp_path, "meddler", "order_meddler", MEDDLER)
    options = (*OPTIONS, *workers, "--base-url", base_url)
    pytest_in(ROOT, *options, f"--reports={tmp_path / 'without'}")
    ended = pytest_in(ROOT, *options, f"--reports={tmp_path / 'with'}", **installed)
    outcomes, tests = judged(tmp_path / "with")
    assert (outcomes, tests) == judged(tmp_path / "without"), ended.stdout
    assert outcomes["ASSOC-01"] == "passed"
    assert "meddles" not in ended.stdout + ended.stderr


def test_a_plugin_that_the_user_names_is_loaded(tmp_path: Path, base_url: str) -> None:
    """With ``-p``; what it breaks is not blamed on the server."""
    installed = install_plugin(tmp_path, "meddler", "order_meddler", MEDDLER)
    options = (*OPTIONS, "--base-url", base_url, f"--reports={tmp_path / 'out'}")
    ended = pytest_in(ROOT, *options, "-p", "meddler", **installed)
    assert judged(tmp_path / "out")[0]["ASSOC-01"] == "cantTell"
    assert "another plugin meddles" in ended.stdout


def entry_point() -> dict[str, str]:
    """Return the pytest plugins that the project installs."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return dict(project["entry-points"]["pytest11"])


@pytest.fixture
def installed(tmp_path: Path) -> dict[str, str]:
    """The variables with which our own entry point is found, whatever is installed."""
    [(name, module)] = entry_point().items()
    folder = tmp_path / "installed"
    folder.mkdir()
    variables = install_plugin(folder, name, module)
    return {"PYTHONPATH": f"{variables['PYTHONPATH']}:{ROOT}"}


def test_an_existing_folder_for_reports_is_one_clear_line(
    tmp_path: Path, installed: dict[str, str]
) -> None:
    """From the checkout and without naming tests: pytest takes the folder for its root."""
    (tmp_path / "out").mkdir()
    options = ("--base-url", "http://127.0.0.1:1", "--reports", str(tmp_path / "out"))
    ended = pytest_in(ROOT, *options, **installed)
    assert ended.returncode == 4, ended.stdout
    [line] = [line for line in ended.stderr.splitlines() if line.strip()]
    assert line.startswith(f"ERROR: --reports {tmp_path / 'out'}: ")
    assert line.endswith(f"write --reports={tmp_path / 'out'}")


def test_the_line_appears_for_the_folder_of_the_tests_too(
    tmp_path: Path, installed: dict[str, str]
) -> None:
    """The project in which pytest is called has a configuration of its own."""
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (tmp_path / "out").mkdir()
    ended = pytest_in(tmp_path, "--reports", "out", str(ROOT / "tests"), **installed)
    assert ended.returncode == 4, ended.stdout
    assert "write --reports=out" in ended.stderr


def test_the_form_that_the_line_asks_for_works(tmp_path: Path, installed: dict[str, str]) -> None:
    """The configuration of the suite is found, and its options are known."""
    (tmp_path / "out").mkdir()
    ended = pytest_in(ROOT, f"--reports={tmp_path / 'out'}", "--collect-only", "-q", **installed)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "tests/test_association.py::" in ended.stdout


def test_other_projects_do_not_notice_the_entry_point(
    tmp_path: Path, installed: dict[str, str]
) -> None:
    """Their own plugin may have our options, and none of our modules is imported but two."""
    (tmp_path / "conftest.py").write_text(
        "def pytest_addoption(parser):\n"
        "    parser.addoption('--base-url')\n"
        "    parser.addoption('--reports')\n",
        encoding="utf-8",
    )
    (tmp_path / "test_it.py").write_text(
        "import sys\n\n\n"
        "def test_it(pytestconfig):\n"
        "    assert pytestconfig.getoption('--reports') == 'installed'\n"
        "    ours = {name for name in sys.modules if name.startswith('order_conformance.')}\n"
        "    packages = {'order_conformance.core', 'order_conformance.pytest_plugin'}\n"
        "    modules = {'core.paths', 'pytest_plugin.entry_point'}\n"
        "    assert ours - packages == {f'order_conformance.{name}' for name in modules}\n",
        encoding="utf-8",
    )
    ended = pytest_in(
        tmp_path, "test_it.py", "--base-url", "x", "--reports", "installed", **installed
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
