"""A pytest plugin as another distribution would install it: found by its entry point."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def install_plugin(folder: Path, name: str, module: str, source: str = "") -> dict[str, str]:
    """Install a plugin into a folder; return the environment variables that make it importable.

    Args:
        folder: where the distribution goes.
        name: the name of the plugin.
        module: the module that the plugin consists of.
        source: the text of the module; empty if the module exists already.
    """
    information = folder / f"{name.replace('-', '_')}-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8"
    )
    (information / "entry_points.txt").write_text(
        f"[pytest11]\n{name} = {module}\n", encoding="utf-8"
    )
    if source:
        (folder / f"{module}.py").write_text(source, encoding="utf-8")
    others = filter(None, [os.environ.get("PYTHONPATH")])
    return {"PYTHONPATH": os.pathsep.join([str(folder), *others])}
