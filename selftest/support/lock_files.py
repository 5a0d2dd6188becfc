"""The two locks, read: ``requirements.lock`` for this repository, and its run-time part."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WHOLE = ROOT / "requirements.lock"
RUN_TIME = ROOT / "requirements-runtime.lock"


@dataclass(frozen=True)
class Locked:
    """One package of a lock."""

    name: str
    version: str
    hashes: frozenset[str]
    brought_by: tuple[str, ...]
    """The packages that need it; empty if only this project does."""


def read_lock(path: Path) -> dict[str, Locked]:
    """Return the packages of a lock by name."""
    entry = re.compile(r"^([a-z0-9-]+)==(\S+)[^\n]*\\\n((?:    .*\n)+)", re.MULTILINE)
    found = entry.findall(path.read_text(encoding="utf-8"))
    return {
        name: Locked(
            name,
            version,
            frozenset(re.findall(r"--hash=sha256:([0-9a-f]{64})", rest)),
            tuple(re.findall(r"#(?: via| {2}) ([a-z0-9-]+)$", rest, re.MULTILINE)),
        )
        for name, version, rest in found
    }
