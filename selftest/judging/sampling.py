"""A plugin that judges a sample of the cases, and those that a change of yours touches.

`make test-fast` uses it. A case is touched when the module of its deviation has changed since the
last commit, or a test module that judges what its fault breaks.
"""

from __future__ import annotations

import re
import subprocess
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from selftest.judging.cases import FAULTS, TWINS, Case

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).resolve().parents[2]
MOST_TOUCHED = 20
ONE_IN = 16
JUDGED = re.compile(r'requirement\("([A-Z]+-\d+)"\)')


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep a few of the judged cases; all other tests stay."""
    changed = changed_files()
    requirements = {
        found
        for path in changed
        if path.startswith("tests/")
        for found in JUDGED.findall((ROOT / path).read_text(encoding="utf-8"))
    }
    kept, touched = [], 0
    for item in items:
        callspec = getattr(item, "callspec", None)
        case = callspec.params.get("case") if callspec else None
        if isinstance(case, Case):
            if touched < MOST_TOUCHED and is_touched(case, changed, requirements):
                touched += 1
            elif zlib.crc32(case.name.encode()) % ONE_IN:
                continue
        kept.append(item)
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


def is_touched(case: Case, changed: set[str], requirements: set[str]) -> bool:
    """Say whether a change concerns the case."""
    deviations = [FAULTS[name] for name in case.faults] + [TWINS[name] for name in case.twins]
    modules = {each.cls.__module__.replace(".", "/") + ".py" for each in deviations}
    broken = {requirement for name in case.faults for requirement in FAULTS[name].breaks}
    return bool(modules & changed or broken & requirements)


def changed_files() -> set[str]:
    """Return the files that differ from the last commit; none where there is no repository."""
    found = subprocess.run(
        ["git", "status", "--porcelain", "--no-renames", "--untracked-files=all"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    names = {line[3:] for line in found.stdout.splitlines()}
    return {name for name in names if (ROOT / name).is_file()}
