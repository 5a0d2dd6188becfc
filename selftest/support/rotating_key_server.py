"""A server whose key changes, and commands that print one key after the other."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from selftest.support.misbehaving_server import JSON, Gateway, Incoming, response_to

if TYPE_CHECKING:
    import asyncio
    from pathlib import Path


def python(code: str) -> list[str]:
    """Return a command that runs a line of Python."""
    return [sys.executable, "-c", code]


def counting(folder: Path, *keys: str) -> tuple[str, ...]:
    """Return a command that prints one key after the other, and then repeats the last one."""
    code = (
        "import pathlib, sys; log = pathlib.Path(sys.argv[1]);"
        " times = len(log.read_text()) if log.exists() else 0; log.write_text('x' * (times + 1));"
        " print(sys.argv[2:][min(times, len(sys.argv) - 3)])"
    )
    return (*python(code), str(folder / "times"), *keys)


def times_run(folder: Path) -> int:
    """Return how often the counting command ran."""
    log = folder / "times"
    return len(log.read_text(encoding="utf-8")) if log.exists() else 0


class Lock:
    """Serves requests with the current key, which changes after some of them."""

    def __init__(self, *keys: str, each: int = 3, field: str = "impilo-api-key") -> None:
        """Accept each key for ``each`` requests, and the last one for any number."""
        self.keys = list(keys)
        self.each = each
        self.opened = 0
        self.created = 0
        self.field = field

    async def __call__(self, _: Gateway, request: Incoming, writer: asyncio.StreamWriter) -> None:
        """Respond with 200, 201 or 401; order 7 is always forbidden."""
        if len(self.keys) > 1 and self.opened >= self.each:
            self.keys.pop(0)
            self.opened = 0
        if f"{self.field}: {self.keys[0]}\r\n".lower() not in request.head.decode().lower():
            writer.write(response_to("401 Unauthorized", b'{"message": "who?"}', JSON))
        elif request.path.endswith("/7"):
            writer.write(response_to("403 Forbidden", b'{"message": "not yours"}', JSON))
        else:
            self.opened += 1
            self.created += request.is_create
            status = "201 Created" if request.is_create else "200 OK"
            writer.write(response_to(status, b'{"id": 1}', JSON))
