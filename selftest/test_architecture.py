"""ARCHITECTURE.md describes the packages as they are, and `make lint` keeps them in order."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ENGINE = ROOT / "order_conformance"
PAGE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
LINTER = Path(sys.executable).with_name("lint-imports")

UPWARD_IMPORTS = {
    "at run time": "from order_conformance.judging import verdict\n",
    "for types": (
        "from typing import TYPE_CHECKING\n\n"
        "if TYPE_CHECKING:\n    from order_conformance.judging import verdict\n"
    ),
}


def layers() -> list[str]:
    """Return the packages from the highest to the lowest, as the linter holds them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = [
        each for each in project["tool"]["importlinter"]["contracts"] if each["type"] == "layers"
    ]
    return [str(layer) for layer in contract["layers"]]


def section(heading: str) -> str:
    """Return the text below a heading of the page."""
    return PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def test_the_table_lists_the_layers_from_top_to_bottom() -> None:
    """In the sequence in which the linter has them."""
    table = section("The packages").partition("Around the engine")[0]
    assert re.findall(r"^\| `([a-z_]+)` \|", table, re.MULTILINE) == layers()


def test_the_picture_has_the_same_layers() -> None:
    """The solid arrows lead from each package to the next one below it."""
    (picture,) = re.findall(r"```mermaid\n(.*?)```", section("The packages"), re.DOTALL)
    chains = [line.split(" --> ") for line in picture.splitlines() if " --> " in line]
    steps = [(above.strip(), below) for chain in chains for above, below in _pairs(chain)]
    assert steps == list(_pairs(layers()))


def _pairs(names: list[str]) -> list[tuple[str, str]]:
    return [(names[i].strip(), names[i + 1].strip()) for i in range(len(names) - 1)]


def test_every_package_is_on_the_page() -> None:
    """The engine has these packages and no other."""
    packages = {path.parent.name for path in ENGINE.glob("*/__init__.py")}
    assert packages == set(layers())


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#]+)\)", PAGE))))
def test_every_link_leads_somewhere(link: str) -> None:
    """Links are paths in this repository."""
    assert (ROOT / link).exists()


def test_every_function_that_is_named_exists() -> None:
    """In the files that the same row of the table names."""
    rows = [line for line in section("Where to look").splitlines() if "](" in line]
    for row in rows:
        sources = [(ROOT / link).read_text(encoding="utf-8") for link in _links(row)]
        for name in re.findall(r"`([a-z_]+)`", row):
            assert any(f"def {name}(" in source for source in sources), name


def _links(text: str) -> list[str]:
    return re.findall(r"\]\(([^)#]+)\)", text)


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the import linter as `make lint` does, on the copy in a folder."""
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [LINTER, "--no-logo", "--no-cache"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def engine_copy(tmp_path: Path) -> Path:
    """A copy of the engine and of the linter's configuration."""
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ENGINE, tmp_path / "order_conformance", ignore=ignore)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_linter_passes_on_the_engine_as_it_is(engine_copy: Path) -> None:
    """Otherwise the failures below would prove nothing."""
    ended = lint(engine_copy)
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.parametrize("code", UPWARD_IMPORTS.values(), ids=UPWARD_IMPORTS)
def test_the_linter_fails_on_an_upward_import(engine_copy: Path, code: str) -> None:
    """It names the import, also if only the type checker executes it."""
    (engine_copy / "order_conformance" / "http" / "upward.py").write_text(code, encoding="utf-8")
    ended = lint(engine_copy)
    assert ended.returncode == 1, ended.stdout + ended.stderr
    shown = " ".join(ended.stdout.split())
    assert "order_conformance.http.upward -> order_conformance.judging.verdict" in shown
