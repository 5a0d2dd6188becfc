"""Secrets leave this process only in requests to the target; everywhere else they are masked.

Written here because libraries mask by field name or by pattern. A server may return a key
anywhere and in any encoding, so this masks the value itself.
"""

from __future__ import annotations

import base64
import re
from html.entities import html5
from typing import Any

MASK = "[redacted]"

TELLING_LENGTH = 8
"""Secrets of at least this length are also matched case-insensitively and inside longer base64."""


class Redactor:
    """Replaces secret values, in any encoding in which a server could return them, by a mask."""

    def __init__(self, secrets: list[str]) -> None:
        """Mask these secrets, and those that are added later."""
        self._patterns: dict[str, int] = {}
        self._pattern: re.Pattern[str] | None = None
        self._needles: list[str] = []
        for secret in secrets:
            self.add(secret)

    def add(self, secret: str) -> None:
        """Mask one more secret: plain, and encoded as URL, JSON, HTML, hexadecimal or base64."""
        if not secret:
            return
        written = {secret, *encodings_of(secret)}
        self._patterns |= {escaped(each): len(each) for each in written}
        # Longest first: a match of a shorter one would leave the rest of a longer one visible.
        longest_first = sorted(self._patterns, key=lambda each: (-self._patterns[each], each))
        self._pattern = re.compile("|".join(longest_first))
        # Letters and digits are never escaped.
        plain = {max(re.split(r"[^A-Za-z0-9]+", each), key=len).casefold() for each in written}
        needles = {*self._needles, *plain}
        self._needles = [n for n in needles if not any(o != n and o in n for o in needles)]

    def text(self, text: str) -> str:
        """Return the text with every secret masked, in whatever encoding."""
        return self._pattern.sub(MASK, text) if self._pattern and self._may_hold(text) else text

    def value(self, value: Any) -> Any:
        """Return a JSON value with every text in it masked, except names of properties."""
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
        """Return whether a secret occurs in the text, in whatever encoding."""
        return bool(self._pattern and self._may_hold(text) and self._pattern.search(text))

    def _may_hold(self, text: str) -> bool:
        """Return whether to search the text; this cheap test rules out nearly every text."""
        folded = text.casefold()
        return any(needle in folded for needle in self._needles)


def encodings_of(secret: str) -> set[str]:
    """Return the encodings of a secret that change every character."""
    raw = secret.encode()
    encoded = base64.b64encode(raw).decode().rstrip("=")
    encodings = {encoded, encoded.replace("+", "-").replace("/", "_")}
    if len(secret) >= TELLING_LENGTH:
        encodings |= {raw.hex(), *_inside_base64(raw)}
    return encodings


def escaped(text: str) -> str:
    """Return a pattern for a text in which any character may be escaped.

    Which characters a URL, JSON or HTML escapes depends on the position and on the library, and
    an escaped text may be escaped once more.
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
    """Return what is constant in the base64 of every text with the secret, for three offsets."""
    found = set()
    for shift in range(3):
        # The first and the last character also depend on the neighbouring bytes.
        characters = base64.b64encode(bytes(shift) + raw).decode().rstrip("=")
        start = -(-shift * 8 // 6)
        end = (shift + len(raw)) * 8 // 6
        found.add(characters[start:end])
    return found | {each.replace("+", "-").replace("/", "_") for each in found}
