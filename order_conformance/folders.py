"""The folders that options name: made, and found writable before anything is sent."""

from __future__ import annotations

from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

from order_conformance.outcomes import UsageProblem

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
