"""A plugin that runs a sample of the self tests, and all that your changes affect.

`make test-fast` uses it. A case is affected if the module of its deviation has changed since the
last commit, or a test module for a requirement that its fault breaks. Any other test is affected if
its own module has changed, or the module that it is named after.
"""

from __future__ import annotations

import re
import subprocess
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from selftest.support.cases import FAULTS, TWINS, case_of

if TYPE_CHECKING:
    import pytest

    from selftest.support.cases import Case

ROOT = Path(__file__).resolve().parents[2]
MOST_TOUCHED = 20
ONE_CASE_IN = 24
ONE_TEST_IN = 16
QUICK = frozenset({"spec", "strategies", "test_kill_matrix_pages"})
"""Folders and modules that start no process and send no requests: all their tests are kept."""

JUDGED = re.compile(r'requirement\("([A-Z]+-\d+)"\)')


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep a sample of the cases and of the slow tests."""
    changed = changed_files()
    requirements = {
        found
        for path in changed
        if path.startswith("tests/")
        for found in JUDGED.findall((ROOT / path).read_text(encoding="utf-8"))
    }
    kept, touched = [], 0
    for item in items:
        case = case_of(item)
        if case is not None:
            if touched < MOST_TOUCHED and is_touched(case, changed, requirements):
                touched += 1
            elif not is_sampled(case.name, ONE_CASE_IN):
                continue
        elif not (is_named_after(item, changed) or is_sampled(item.nodeid, ONE_TEST_IN)):
            continue
        kept.append(item)
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


def is_sampled(name: str, one_in: int) -> bool:
    """Whether a name belongs to the sample, which is always the same."""
    return zlib.crc32(name.encode()) % one_in == 0


def is_named_after(item: pytest.Item, changed: set[str]) -> bool:
    """Whether a test is quick, has changed, or is named after a module that has changed."""
    path = item.path.relative_to(ROOT)
    subject = path.stem.removeprefix("test_")
    return (
        bool(QUICK & {path.parent.name, path.stem})
        or str(path) in changed
        or any(Path(name).stem == subject for name in changed)
    )


def is_touched(case: Case, changed: set[str], requirements: set[str]) -> bool:
    """Whether a case is affected by the changes."""
    deviations = [FAULTS[name] for name in case.faults] + [TWINS[name] for name in case.twins]
    modules = {each.cls.__module__.replace(".", "/") + ".py" for each in deviations}
    broken = {requirement for name in case.faults for requirement in FAULTS[name].breaks}
    return bool(modules & changed or broken & requirements)


def changed_files() -> set[str]:
    """Return the files that differ from the last commit; none if there is no repository."""
    found = subprocess.run(
        ["git", "status", "--porcelain", "--no-renames", "--untracked-files=all"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    names = {line[3:] for line in found.stdout.splitlines()}
    return {name for name in names if (ROOT / name).is_file()}
