"""Canonical JSON (RFC 8785): equal values have equal bytes, and so equal digests."""

from __future__ import annotations

import hashlib
from typing import Any

import rfc8785

LARGEST_INTEGER = 2**53 - 1
"""Larger integers are written as strings, since most JSON parsers read numbers as doubles."""


def canonical(value: Any) -> bytes:
    """Return the canonical bytes of a JSON value."""
    return rfc8785.dumps(_portable(value))


def digest(content: bytes) -> str:
    """Return the SHA-256 digest of bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def _portable(value: Any) -> Any:
    match value:
        case bool():
            return value
        case int() if abs(value) > LARGEST_INTEGER:
            return str(value)
        case dict():
            return {key: _portable(item) for key, item in value.items()}
        case list() | tuple():
            return [_portable(item) for item in value]
        case _:
            return value
