"""The diff in CONTRIBUTING.md is code of this repository, so it cannot become outdated."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def added_lines() -> dict[str, str]:
    """Return what the diff adds to each file."""
    (diff,) = re.findall(r"```diff\n(.*?)```", PAGE, re.DOTALL)
    parts = re.split(r"^--- a/.*\n\+\+\+ b/(.*)\n", diff, flags=re.MULTILINE)[1:]
    return {
        path: "".join(line.removeprefix("+") for line in lines.splitlines(keepends=True))
        for path, lines in zip(parts[::2], parts[1::2], strict=True)
    }


@pytest.mark.parametrize("path", added_lines())
def test_the_diff_adds_what_is_there(path: str) -> None:
    """Each file contains the added lines in one piece."""
    assert added_lines()[path] in (ROOT / path).read_text(encoding="utf-8")


def test_the_diff_is_whole() -> None:
    """It shows a row, a fault and a test."""
    folders = {Path(path).parts[0] for path in added_lines()}
    assert folders == {"spec", "reference", "tests"}


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#]+)\)", PAGE))
def test_every_link_leads_somewhere(link: str) -> None:
    """Links are paths in this repository."""
    assert (ROOT / link).exists()


def test_every_make_command_exists() -> None:
    """Each `make` command on the page is in the Makefile."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    commands = {name for line in re.findall(r"`make ([a-z -]+)`", PAGE) for name in line.split()}
    assert {"lint", "docs", "test-fast"} <= commands
    for command in commands:
        assert re.search(rf"^{command}:", makefile, re.MULTILINE), command


def test_the_hooks_are_the_commands_of_make_lint() -> None:
    """Before a commit the same programs run as in `make lint`, from the same environment."""
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    entries = [hook["entry"].split() for repo in hooks["repos"] for hook in repo["hooks"]]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    recipe = makefile.partition("\nlint:")[2].partition("\n\n")[0]
    programs = re.findall(r"@\$\(BIN\)/([a-z-]+)", recipe)
    assert [entry[0] for entry in entries] == [f".venv/bin/{name}" for name in programs]
