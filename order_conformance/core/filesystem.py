"""Folders that options name, and files that are written in one step."""

from __future__ import annotations

import os
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

from order_conformance.core.exit_codes import UsageProblem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def writing_into(folder: Path, named: str) -> Iterator[None]:
    """Create a folder and check that it is writable; report an OSError of the block in one line.

    Args:
        folder: the value of the option.
        named: the option, or the variable or key that gave the value.

    Raises:
        UsageProblem: the folder, or a file in it, cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Workers check the same folder at the same time, so the name of the file must be unique.
        with TemporaryFile(dir=folder):
            pass
        yield
    except OSError as problem:
        raise UsageProblem(
            f"{named} {folder}: cannot be written ({problem.strerror}); name another folder"
        ) from None


def writable(folder: Path, named: str) -> Path:
    """Return a folder that is writable; it is created if necessary (see ``writing_into``)."""
    with writing_into(folder, named):
        return folder


def write_whole(path: Path, text: str) -> None:
    """Write a file in one step, so that nothing reads half of it."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        # Text that UTF-8 cannot encode (a lone surrogate) is written as an escape.
        unfinished.write_bytes(text.encode("utf-8", "backslashreplace"))
        os.replace(unfinished, path)  # noqa: PTH105 - atomic on every system
    finally:
        unfinished.unlink(missing_ok=True)
