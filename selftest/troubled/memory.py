"""A plugin that leaves behind how much memory its process took at the most.

The operating system's account of a child begins with what its parent took before, so the
process has to tell of itself.
"""

from __future__ import annotations

import os
from pathlib import Path

FILE_VARIABLE = "SELFTEST_MEMORY_FILE"


def pytest_unconfigure() -> None:
    """Write the largest resident size, in kilobytes."""
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    [peak] = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
    Path(os.environ[FILE_VARIABLE]).write_text(peak, encoding="ascii")
