"""Writes a CycloneDX bill of materials of the run-time dependencies: ``make sbom``.

uv writes it and gets the list of files from the package index, as it does for the lock. Every
package is constrained to the version in the lock.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from order_conformance import __version__
from selftest.support.lock_files import ROOT, RUN_TIME, read_lock
from tools.dependencies_page import licence_of

FILE = ROOT / "dist" / "sbom.cdx.json"


class Unreachable(Exception):
    """Uv could not reach the package index."""


def bill_of_materials() -> dict[str, Any]:
    """Return the bill of materials.

    Raises:
        Unreachable: the package index cannot be reached.
    """
    with TemporaryDirectory() as folder:
        (Path(folder) / "pyproject.toml").write_text(_pinned_project(), encoding="utf-8")
        ended = subprocess.run(
            [Path(sys.executable).parent / "uv", "export", "--quiet", "--format", "cyclonedx1.5"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
    if ended.returncode:
        raise Unreachable(ended.stderr)
    bill: dict[str, Any] = json.loads(ended.stdout)
    for component in bill["components"]:
        licence = licence_of(component["name"])
        if licence:
            component["licenses"] = [{"license": {"name": licence}}]
    return bill


def _pinned_project() -> str:
    """Return a pyproject.toml with our dependencies, all of them pinned."""
    ours = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = [f"{each.name}=={each.version}" for each in read_lock(RUN_TIME).values()]
    # JSON writes lists of strings as TOML does.
    return (
        f'[project]\nname = "{ours["name"]}"\nversion = "{__version__}"\n'
        f'requires-python = "{ours["requires-python"]}"\n'
        f"dependencies = {json.dumps(ours['dependencies'])}\n"
        f"[tool.uv]\npackage = false\nconstraint-dependencies = {json.dumps(pinned)}\n"
    )


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps(bill_of_materials(), indent=1) + "\n", encoding="utf-8")
    print(FILE.relative_to(ROOT))
