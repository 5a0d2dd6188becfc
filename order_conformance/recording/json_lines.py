"""Files of one redacted JSON object a line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TextIO

from order_conformance.core.json_values import finite

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from order_conformance.core.redaction import Redactor


class JsonLines:
    """A file of one redacted JSON object a line, flushed line by line."""

    def __init__(self, path: Path, redactor: Redactor) -> None:
        """Start the file anew: an earlier run's lines never pass for this run's."""
        self._redactor = redactor
        self._file: TextIO = path.open("w", encoding="utf-8")

    def write(self, record: dict[str, Any], **untrusted: Any) -> None:
        """Append one record; secrets are masked in what is ``untrusted``: others' words.

        Our own words stay: a key that is called "test" must not black out the names of tests.
        """
        whole = record | self._redactor.value(untrusted)
        self._file.write(json.dumps(finite(whole), allow_nan=False) + "\n")
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the records of such a file; a last line that was cut off ends it."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            try:
                yield json.loads(line)
            except ValueError:
                return
