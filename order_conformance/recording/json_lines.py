"""Files with one redacted JSON object per line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TextIO

from order_conformance.core.json_values import finite

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from order_conformance.core.redaction import Redactor


class JsonLines:
    """A file with one redacted JSON object per line, flushed after each."""

    def __init__(self, path: Path, redactor: Redactor) -> None:
        """Create the file, or empty it: lines of an earlier run must not remain."""
        self._redactor = redactor
        self._file: TextIO = path.open("w", encoding="utf-8")

    def write(self, record: dict[str, Any], **untrusted: Any) -> None:
        """Append one record; secrets are masked in ``untrusted``, which holds what others wrote.

        ``record`` is our own text and is not masked: a key "test" must not hide the names of tests.
        """
        whole = record | self._redactor.value(untrusted)
        self._file.write(json.dumps(finite(whole), allow_nan=False) + "\n")
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the records of such a file, up to a line that is incomplete."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            try:
                yield json.loads(line)
            except ValueError:
                return
