"""Secrets leave this process only in requests to the target: everywhere else they are masked."""

from __future__ import annotations

import base64
import re
from html.entities import html5
from typing import Any

MASK = "[redacted]"

TELLING_LENGTH = 8
"""From so many characters on a secret is masked in any case, and inside longer base64."""


class Redactor:
    """Replaces secret values, in any encoding a server could echo them in, by a mask.

    Redaction is by value, not by field name: a server may put a key anywhere.
    """

    def __init__(self, secrets: list[str]) -> None:
        """Mask these secrets, and those that ``add`` brings later."""
        self._patterns: dict[str, int] = {}
        self._pattern: re.Pattern[str] | None = None
        self._needles: list[str] = []
        for secret in secrets:
            self.add(secret)

    def add(self, secret: str) -> None:
        """Mask one more secret in its spellings: plain, URL, JSON, HTML, hexadecimal, base64."""
        if not secret:
            return
        written = {secret, *encodings_of(secret)}
        self._patterns |= {escaped(each): len(each) for each in written}
        # Longest first, so that no spelling is cut open by a shorter one inside it.
        longest_first = sorted(self._patterns, key=lambda each: (-self._patterns[each], each))
        self._pattern = re.compile("|".join(longest_first))
        # No escape touches letters and digits.
        plain = {max(re.split(r"[^A-Za-z0-9]+", each), key=len).casefold() for each in written}
        needles = {*self._needles, *plain}
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


def encodings_of(secret: str) -> set[str]:
    """Return what a secret becomes where every character of it changes."""
    raw = secret.encode()
    encoded = base64.b64encode(raw).decode().rstrip("=")
    encodings = {encoded, encoded.replace("+", "-").replace("/", "_")}
    if len(secret) >= TELLING_LENGTH:
        encodings |= {raw.hex(), *_inside_base64(raw)}
    return encodings


def escaped(text: str) -> str:
    """Return a pattern for a text in which any characters may be escaped, each in its own way.

    Which ones a URL, JSON or HTML escapes depends on the place and on the library, and what is
    escaped may be escaped again on its way.
    """
    pattern = "".join(
        each if each.isascii() and each.isalnum() else _ways_to_write(each) for each in text
    )
    return f"(?i:{pattern})" if len(text) >= TELLING_LENGTH else pattern


def _ways_to_write(character: str) -> str:
    code = ord(character)
    percent = "".join(f"%(?:25)*{byte:02x}" for byte in character.encode())
    entities = [f"#0*{code};", f"#x0*{code:x};"]
    entities += [name for name, meant in html5.items() if meant == character and name[-1] == ";"]
    ways = [
        rf"\\*{re.escape(character)}",
        rf"\\+(?:u{code:04x}|x{code:02x})",
        f"(?i:{percent})",
        rf"(?i:&(?:amp;)*(?:{'|'.join(entities)}))",
        *([r"\+"] if character == " " else []),
    ]
    return f"(?:{'|'.join(ways)})"


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
