"""Bugs that change certain strings."""

# Methods are documented in reference/server/; a deviation need not use every argument.
# ruff: noqa: D102

import re
import unicodedata
from typing import Any

from reference.deviations import Deviation, fault
from reference.faults.external_ids import ExternalIds
from reference.settings import Settings

_UUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_PAIR = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")
_TYPOGRAPHIC = str.maketrans("\u2018\u2019\u201c\u201d\u2013\u2014", "''\"\"--")


class _Texts(ExternalIds):
    """Base: changes each string separately."""

    def change_one(self, text: str) -> str:
        """Return the string to store."""
        return text

    def change(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(self.change_one, ids))


@fault("plus-becomes-space", breaks=["EXT-04"], level="MUST", category="external-ids")
class PlusBecomesSpace(_Texts):
    """Decodes strings as if they came from a form."""

    def change_one(self, text: str) -> str:
        return text.replace("+", " ")


@fault("fragment-cut-off", breaks=["EXT-04"], level="MUST", category="external-ids")
class FragmentCutOff(_Texts):
    """Treats each string as a URL, and drops the fragment."""

    def change_one(self, text: str) -> str:
        return text.partition("#")[0] if "#" in text else text


@fault("external-id-csv-escaped", breaks=["EXT-04"], level="MUST", category="external-ids")
class FormulaDefused(_Texts):
    """Prefixes strings that a spreadsheet would evaluate with an apostrophe when storing."""

    def change_one(self, text: str) -> str:
        return f"'{text}" if text[:1] in {"=", "+", "-", "@"} else text


@fault("typographic-signs-flattened", breaks=["EXT-04"], level="MUST", category="external-ids")
class TypographicSignsFlattened(_Texts):
    """Replaces typographic quotes and dashes with ASCII ones."""

    def change_one(self, text: str) -> str:
        return text.translate(_TYPOGRAPHIC)


@fault("last-line-break-lost", breaks=["EXT-04"], level="MUST", category="external-ids")
class LastLineBreakLost(_Texts):
    """Reads strings line by line, and loses the last line break."""

    def change_one(self, text: str) -> str:
        return text.removesuffix("\n")


@fault("uuid-in-small-letters", breaks=["EXT-04"], level="MUST", category="external-ids")
class UuidInSmallLetters(_Texts):
    """Stores strings that look like a UUID in a UUID column."""

    def change_one(self, text: str) -> str:
        return text.lower() if _UUID.fullmatch(text) else text


@fault("card-number-masked", breaks=["EXT-04"], level="MUST", category="external-ids")
class CardNumberMasked(_Texts):
    """Masks strings that look like a credit card number."""

    def change_one(self, text: str) -> str:
        return re.sub(r"\b\d{12}(\d{4})\b", r"************\1", text)


class _Interned(_Texts):
    """Base: stores each string once, in a table whose collation decides which are equal."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._known: dict[str, str] = {}

    def equal_form(self, text: str) -> str:
        """Return the key by which strings are considered equal."""
        return text

    def change_one(self, text: str) -> str:
        return self._known.setdefault(self.equal_form(text), text)


@fault("texts-shared-by-case", breaks=["EXT-04"], level="MUST", category="external-ids")
class TextsSharedByCase(_Interned):
    """Stores each external id once for all orders, in a case-insensitive table."""

    def equal_form(self, text: str) -> str:
        return text.lower()


@fault("external-ids-accent-insensitive", breaks=["EXT-04"], level="MUST", category="external-ids")
class TextsSharedByAccent(_Interned):
    """Stores each external id once for all orders, in an accent-insensitive table."""

    def equal_form(self, text: str) -> str:
        letters = unicodedata.normalize("NFD", text)
        return "".join(letter for letter in letters if not unicodedata.combining(letter))


@fault("texts-shared-by-padding", breaks=["EXT-04"], level="MUST", category="external-ids")
class TextsSharedByPadding(_Interned):
    """Stores each external id once for all orders, in a CHAR column that pads with spaces."""

    def equal_form(self, text: str) -> str:
        return text.rstrip(" ")


@fault("escaped-pairs-mangled", breaks=["EXT-04"], level="MUST", category="external-ids")
class EscapedPairsMangled(Deviation):
    """Decodes each JSON escape separately, and breaks surrogate pairs."""

    def parse(self, text: str) -> Any:
        return super().parse(_PAIR.sub("??", text))
