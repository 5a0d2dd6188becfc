"""Secrets leave this process only in requests to the target: everywhere else they are masked."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote

MASK = "[redacted]"


class Redactor:
    """Replaces secret values, in any encoding a server could echo them in, by a mask.

    Redaction is by value, not by field name: a server may put a key anywhere.
    """

    def __init__(self, secrets: list[str]) -> None:
        """Mask these secrets, and those that ``add`` brings later."""
        self._spellings: list[str] = []
        for secret in secrets:
            self.add(secret)

    def add(self, secret: str) -> None:
        """Mask one more secret in its spellings: plain, URL, JSON and base64."""
        if secret:
            encoded = base64.b64encode(secret.encode()).decode()
            spellings = {
                *self._spellings,
                secret,
                quote(secret, safe=""),
                quote(secret),
                json.dumps(secret)[1:-1],
                json.dumps(secret).replace("/", "\\/")[1:-1],
                encoded,
                encoded.rstrip("="),
                base64.urlsafe_b64encode(secret.encode()).decode().rstrip("="),
            }
            # Longest first, so that no spelling is cut open by a shorter one inside it.
            self._spellings = sorted(spellings, key=len, reverse=True)

    def text(self, text: str) -> str:
        """Return the text with every spelling of every secret masked."""
        for spelling in self._spellings:
            text = text.replace(spelling, MASK)
        return text

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
        return any(spelling in text for spelling in self._spellings)
