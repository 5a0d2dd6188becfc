"""The folders that options name: made, and found writable before anything is sent."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

from order_conformance.core.outcomes import UsageProblem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def writing_into(folder: Path, named: str) -> Iterator[None]:
    """Make a folder and try it; tell in one line what goes wrong with it, also inside the block.

    Args:
        folder: what the option says.
        named: the option, or whatever else it was said by.

    Raises:
        UsageProblem: the folder, or a file in it, cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Workers try the same folder at the same time: the file has a name of its own, or none.
        with TemporaryFile(dir=folder):
            pass
        yield
    except OSError as problem:
        raise UsageProblem(
            f"{named} {folder}: cannot be written ({problem.strerror}); name another folder"
        ) from None


def writable(folder: Path, named: str) -> Path:
    """Return a folder that can be written, made if need be (see ``writing_into``)."""
    with writing_into(folder, named):
        return folder


def write_whole(path: Path, text: str) -> None:
    """Write a file in one step: a reader never meets half of it."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        # Text that UTF-8 cannot carry (a lone surrogate) shows as its escape.
        unfinished.write_bytes(text.encode("utf-8", "backslashreplace"))
        os.replace(unfinished, path)  # noqa: PTH105 - atomic on every system
    finally:
        unfinished.unlink(missing_ok=True)
