"""The wheel carries the whole suite: it judges from an empty folder, without a checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import pytest

from order_conformance import __version__
from order_conformance.certification.bundle import code_digest
from selftest.support.suite_runs import reference_server

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 120
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
OFFLINE = ["--no-index", "--no-deps"]
CARRIED = ("tests", "strategies", "spec", "reference", "conftest.py", "pyproject.toml")
LOCK = "requirements.lock"


def run_in(folder: Path, *command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder, with nothing in the environment that leads to the checkout."""
    environment = {**os.environ, "NO_COLOR": "1"}
    for name in ("PYTHONPATH", "ORDER_API_KEY", "VIRTUAL_ENV"):
        environment.pop(name, None)
    return subprocess.run(
        list(map(str, command)),
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )


@dataclass(frozen=True)
class Installed:
    """An environment into which the wheel, and nothing of the checkout, is installed."""

    wheel: Path
    programs: Path

    def order_conformance(self, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
        """Call the command in a folder."""
        return run_in(folder, self.programs / "order-conformance", *words)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Build the wheel and install it; what it depends on is lent by the environment at hand."""
    folder = tmp_path_factory.mktemp("wheel")
    built = run_in(ROOT, *PIP, "wheel", *OFFLINE, "--no-build-isolation", "-w", folder, ".")
    assert built.returncode == 0, built.stderr
    (wheel,) = folder.glob("*.whl")
    environment = folder / "environment"
    venv.create(environment, with_pip=False, symlinks=True)
    places = {"base": str(environment), "platbase": str(environment)}
    packages = Path(sysconfig.get_path("purelib", "venv", places))
    # Packages are found there, but its own .pth, which leads to the checkout, is not followed.
    (packages / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    programs = Path(sysconfig.get_path("scripts", "venv", places))
    put = run_in(folder, *PIP, "--python", programs / "python", "install", *OFFLINE, wheel)
    assert put.returncode == 0, put.stderr
    return Installed(wheel, programs)


def test_it_holds_what_a_run_needs_and_nothing_else(installed: Installed) -> None:
    """Every file of the carried folders that git knows or would, at its place, and no other."""
    known = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    files = run_in(ROOT, *known, "order_conformance", *CARRIED, LOCK).stdout.splitlines()
    placed = {p if p.startswith("order_") else f"order_conformance/suite/{p}" for p in files}
    held = {name for name in ZipFile(installed.wheel).namelist() if ".dist-info/" not in name}
    assert held == placed
    assert installed.wheel.name.split("-")[1] == __version__


def test_certification_is_an_extra(installed: Installed) -> None:
    """Whoever only tests a server installs neither canonical JSON nor signatures."""
    (metadata,) = [n for n in ZipFile(installed.wheel).namelist() if n.endswith("/METADATA")]
    lines = ZipFile(installed.wheel).read(metadata).decode().splitlines()
    assert "Provides-Extra: certify" in lines
    signing = [line for line in lines if "securesystemslib" in line or "rfc8785" in line]
    assert len(signing) == 2
    assert all(line.endswith("extra == 'certify'") for line in signing)


def test_certificates_call_it_by_the_name_of_its_checkout(
    installed: Installed, tmp_path: Path
) -> None:
    """The digest of the code is the same in both, so that either verifies what the other made."""
    asked = "from order_conformance.certification.bundle import code_digest; print(code_digest())"
    told = run_in(tmp_path, installed.programs / "python", "-c", asked)
    assert told.stdout.strip() == code_digest(), told.stderr


def test_it_judges_from_an_empty_folder(installed: Installed, tmp_path: Path) -> None:
    """The embedded server conforms, and the reports are where the command was called."""
    ended = installed.order_conformance(tmp_path, "run", "--profile", "smoke", "-q")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "CONFORMANT" in ended.stdout
    assert {path.name for path in tmp_path.iterdir()} - {".hypothesis"} == {"reports"}
    results = json.loads((tmp_path / "reports" / "results.json").read_text(encoding="utf-8"))
    assert results["verdict"] == "conformant"
    assert all(
        test.startswith("tests/test_") for row in results["requirements"] for test in row["tests"]
    )
    assert (tmp_path / "reports" / "report.html").exists()


def test_pytest_itself_judges_with_it(installed: Installed, tmp_path: Path) -> None:
    """Given the folder of the tests, pytest knows the options and finds the fault."""
    where = installed.order_conformance(tmp_path, "where").stdout.strip()
    assert Path(where).is_relative_to(installed.programs.parent)
    with reference_server("--fault", "association-both-kept") as base_url:
        command = [str(installed.programs / "python"), "-m", "pytest", where]
        options = ["--base-url", base_url, "-q", "-k", "association"]
        ended = run_in(tmp_path, *command, *options)
    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert "ASSOC-03 MUST failed" in ended.stdout
    assert (tmp_path / "reports" / "results.json").exists()


def test_pytest_says_how_to_name_a_folder_that_exists(installed: Installed, tmp_path: Path) -> None:
    """It takes the folder for a path to test, and reads the configuration of the project there."""
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (tmp_path / "out").mkdir()
    where = installed.order_conformance(tmp_path, "where").stdout.strip()
    command = [str(installed.programs / "python"), "-m", "pytest", "--reports", "out", where]
    ended = run_in(tmp_path, *command)
    assert ended.returncode == 4, ended.stdout
    assert "write --reports=out" in ended.stderr


def test_it_imports_nothing_that_lies_in_the_working_folder(
    installed: Installed, tmp_path: Path
) -> None:
    """A project's own tests, reference and spec do not stand in its way."""
    for name in ("tests", "reference", "strategies", "spec", "order_conformance"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("1 / 0", encoding="utf-8")
    assert "ASSOC-03" in installed.order_conformance(tmp_path, "list").stdout
    told = installed.order_conformance(tmp_path, "explain", "ASSOC-03").stdout
    assert "serve --port=8080 --fault=association-both-" in told
    assert (
        "association-both-kept"
        in installed.order_conformance(tmp_path, "serve", "--list-faults").stdout
    )
    ended = installed.order_conformance(tmp_path, "run", "-q", "-k", "association", "-n", "2")
    assert ended.returncode == 2, ended.stdout + ended.stderr
    assert "INCONCLUSIVE" in ended.stdout
