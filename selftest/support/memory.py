"""A plugin that writes how much memory each process of a run took at its peak.

What the operating system reports of a child includes the memory of its parent before the fork, so
the process has to measure itself.
"""

from __future__ import annotations

import os
from pathlib import Path

FOLDER_VARIABLE = "SELFTEST_MEMORY_FOLDER"


def pytest_unconfigure() -> None:
    """Write the largest resident size, in kilobytes."""
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    [peak] = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
    folder = Path(os.environ[FOLDER_VARIABLE])
    folder.mkdir(exist_ok=True)
    (folder / str(os.getpid())).write_text(peak, encoding="ascii")


def kilobytes(folder: Path) -> int:
    """Return the memory of all processes of a run together."""
    return sum(int(file.read_text(encoding="ascii")) for file in folder.iterdir())
