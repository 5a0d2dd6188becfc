"""Secrets leave this process only in requests to the target: everywhere else they are masked."""

from __future__ import annotations

import base64
import html
import json
import re
from typing import Any
from urllib.parse import quote

MASK = "[redacted]"

TELLING_LENGTH = 8
"""From so many characters on a secret is masked in any case, and inside longer base64."""


class Redactor:
    """Replaces secret values, in any encoding a server could echo them in, by a mask.

    Redaction is by value, not by field name: a server may put a key anywhere.
    """

    def __init__(self, secrets: list[str]) -> None:
        """Mask these secrets, and those that ``add`` brings later."""
        self._spellings: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        self._needles: list[str] = []
        for secret in secrets:
            self.add(secret)

    def add(self, secret: str) -> None:
        """Mask one more secret in its spellings: plain, URL, JSON, HTML, hexadecimal, base64."""
        if not secret:
            return
        self._spellings |= spellings_of(secret)
        # Longest first, so that no spelling is cut open by a shorter one inside it.
        longest_first = sorted(self._spellings, key=lambda each: (-len(each), each))
        self._pattern = re.compile("|".join(map(_as_pattern, longest_first)))
        needles = {max(each.casefold().split("\\"), key=len) for each in self._spellings}
        self._needles = [n for n in needles if not any(o != n and o in n for o in needles)]

    def text(self, text: str) -> str:
        """Return the text with every spelling of every secret masked."""
        return self._pattern.sub(MASK, text) if self._pattern and self._may_hold(text) else text

    def value(self, value: Any) -> Any:
        """Return a JSON value with every text inside it masked; its keys stay as they are."""
        match value:
            case str():
                return self.text(value)
            case dict():
                return {key: self.value(item) for key, item in value.items()}
            case list() | tuple():
                return [self.value(item) for item in value]
            case _:
                return value

    def occurs_in(self, text: str) -> bool:
        """Say whether any spelling of a secret occurs in the text."""
        return bool(self._pattern and self._may_hold(text) and self._pattern.search(text))

    def _may_hold(self, text: str) -> bool:
        """Rule out at little cost what holds no secret: nearly every text."""
        folded = text.casefold()
        return any(needle in folded for needle in self._needles)


def spellings_of(secret: str) -> set[str]:
    """Return the ways in which a server, a gateway or a library may write a secret."""
    raw = secret.encode()
    encoded = base64.b64encode(raw).decode()
    spellings = {
        secret,
        quote(secret, safe=""),
        quote(secret),
        json.dumps(secret)[1:-1],
        json.dumps(secret)[1:-1].replace("/", "\\/"),
        # Some libraries escape whatever has a meaning in HTML, or all that is no letter.
        "".join(c if c.isalnum() else f"\\u{ord(c):04x}" for c in secret),
        html.escape(secret),
        encoded,
        encoded.rstrip("="),
        base64.urlsafe_b64encode(raw).decode().rstrip("="),
    }
    if len(secret) >= TELLING_LENGTH:
        spellings |= {raw.hex(), *_inside_base64(raw)}
    return spellings


def _inside_base64(raw: bytes) -> set[str]:
    """Return what stays of a secret in the base64 of a longer text, at each of three shifts."""
    found = set()
    for shift in range(3):
        # What stands beside the secret shares its first and its last character.
        characters = base64.b64encode(bytes(shift) + raw).decode().rstrip("=")
        start = -(-shift * 8 // 6)
        end = (shift + len(raw)) * 8 // 6
        found.add(characters[start:end])
    return found | {each.replace("+", "-").replace("/", "_") for each in found}


def _as_pattern(spelling: str) -> str:
    # JSON inside JSON doubles its backslashes.
    escaped = re.escape(spelling).replace("\\\\", "\\\\+")
    return f"(?i:{escaped})" if len(spelling) >= TELLING_LENGTH else escaped
