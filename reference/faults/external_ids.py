"""Bugs with external order ids."""

# Methods are documented in reference/server/; a deviation need not use every argument.
# ruff: noqa: D102

import unicodedata
from typing import Any
from urllib.parse import unquote

from reference.deviations import Deviation, fault
from reference.refusal import Problem
from reference.server.core import Crash

_CRASHES = {"PROTO-09": "it answers 500"}


class ExternalIds(Deviation):
    """Changes external ids on their way into the database."""

    def change(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        """Return the external ids to store."""
        return ids

    def read_external_ids(self, value: Any, problems: list[Problem]) -> tuple[str, ...]:
        return self.change(super().read_external_ids(value, problems))


@fault("external-ids-required", breaks=["EXT-01"], level="MUST", category="external-ids")
class ExternalIdsRequired(Deviation):
    """Makes the external ids a required property."""

    def read_external_ids(self, value: Any, problems: list[Problem]) -> tuple[str, ...]:
        if value is None:
            problems.append(Problem("externalOrderIds", "must not be null"))
        return super().read_external_ids(value, problems)


@fault("eleventh-external-id-dropped", breaks=["EXT-02"], level="MUST", category="odd-input")
class EleventhDropped(ExternalIds):
    """Joins at most ten rows of external ids."""

    def change(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        return ids[:10]


@fault(
    "external-ids-a-set",
    breaks=["EXT-03"],
    level="SHOULD",
    category="external-ids",
)
class ExternalIdsSorted(ExternalIds):
    """Reads external ids back in the sequence of the index, not of the request."""

    def change(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted(ids))


@fault("external-ids-trimmed", breaks=["EXT-04"], level="MUST", category="odd-input")
class Trimmed(ExternalIds):
    """Trims all incoming strings."""

    def change(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(text.strip() for text in ids)


@fault(
    "external-ids-upper-cased",
    breaks=["EXT-04"],
    level="MUST",
    category="odd-input",
    also={
        "EXT-02": "a plain id has letters too",
        "EXT-03": "a plain id has letters too",
        "ATOM-01": "the marker of the run is changed",
    },
)
class UpperCased(ExternalIds):
    """Stores external ids in a case-insensitive column, in capitals."""

    def change(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(text.upper() for text in ids)


@fault("external-ids-normalised", breaks=["EXT-04"], level="MUST", category="odd-input")
class Normalised(ExternalIds):
    """Normalises strings to NFC."""

    def change(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(unicodedata.normalize("NFC", text) for text in ids)


@fault("external-ids-truncated-at-64", breaks=["EXT-04"], level="MUST", category="odd-input")
class Truncated(ExternalIds):
    """Stores external ids in a VARCHAR(64) that truncates silently."""

    def change(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(text[:64] for text in ids)


@fault("single-quote-crash", breaks=["EXT-04"], level="MUST", category="odd-input", also=_CRASHES)
class QuoteCrash(ExternalIds):
    """Builds SQL by concatenating strings."""

    def change(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        if any("'" in text for text in ids):
            raise Crash("syntax error")
        return ids


@fault("nul-crash", breaks=["EXT-04"], level="MUST", category="odd-input", also=_CRASHES)
class NulCrash(ExternalIds):
    """Sends U+0000 to a database that does not accept it."""

    def change(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        if any("\0" in text for text in ids):
            raise Crash("invalid byte sequence")
        return ids


@fault("external-id-invented", breaks=["EXT-01"], level="MUST", category="external-ids")
class Invented(ExternalIds):
    """Generates an external id if the client sends none."""

    def change(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        return ids or ("WEB-1",)


@fault("external-ids-none-is-empty-text", breaks=["EXT-01"], level="MUST", category="external-ids")
class NoneIsEmptyText(ExternalIds):
    """Joins the ids to one string and splits it again: no ids become one empty id."""

    def change(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        return tuple("\x1f".join(ids).split("\x1f")) if len(ids) < 2 else ids


@fault(
    "external-ids-last-wins",
    breaks=["EXT-02"],
    level="MUST",
    category="external-ids",
    also={
        "EXT-03": "of several ids one is left",
        "EXT-04": "unusual strings are sent together with others",
    },
)
class LastWins(ExternalIds):
    """Has one column for the external id, and overwrites it with each id."""

    def change(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        return ids[-1:]


class _LenientIds(Deviation):
    """Base: `repair` changes the external ids before they are validated."""

    def repair(self, value: Any) -> Any:
        """Return the value that the server uses instead."""
        raise NotImplementedError

    def read_external_ids(self, value: Any, problems: list[Problem]) -> tuple[str, ...]:
        return super().read_external_ids(self.repair(value), problems)


@fault("external-id-number-as-text", breaks=["EXT-05"], level="SHOULD", category="external-ids")
class NumberAsText(_LenientIds):
    """Converts numbers among the external ids to strings."""

    def repair(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return [str(entry) if type(entry) is int else entry for entry in value]


@fault("external-id-null-skipped", breaks=["EXT-05"], level="SHOULD", category="external-ids")
class NullSkipped(_LenientIds):
    """Skips nulls among the external ids."""

    def repair(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return [entry for entry in value if entry is not None]


@fault("external-id-bare-text", breaks=["EXT-05"], level="SHOULD", category="external-ids")
class BareText(_LenientIds):
    """Wraps a single string into a list, as PHP and Jackson can be configured to do."""

    def repair(self, value: Any) -> Any:
        return [value] if isinstance(value, str) else value


class _TextChanged(ExternalIds):
    """Base: stores each string as `write` returns it."""

    def write(self, text: str) -> str:
        """Return the string to store."""
        raise NotImplementedError

    def change(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(self.write(text) for text in ids)


@fault("emoji-cut-off", breaks=["EXT-04"], level="MUST", category="odd-input")
class EmojiCutOff(_TextChanged):
    """Stores strings in MySQL's three-byte utf8, which ends at the first emoji."""

    def write(self, text: str) -> str:
        beyond = [place for place, letter in enumerate(text) if letter > "\uffff"]
        return text[: beyond[0]] if beyond else text


@fault("letters-become-question-marks", breaks=["EXT-04"], level="MUST", category="odd-input")
class QuestionMarks(_TextChanged):
    """Connects to the database with Latin-1."""

    def write(self, text: str) -> str:
        return text.encode("latin-1", "replace").decode("latin-1")


@fault("utf8-encoded-twice", breaks=["EXT-04"], level="MUST", category="odd-input")
class EncodedTwice(_TextChanged):
    """Reads UTF-8 bytes as Latin-1 and encodes them again."""

    def write(self, text: str) -> str:
        return text.encode("utf-8", "surrogatepass").decode("latin-1")


@fault("empty-text-is-null", breaks=["EXT-04"], level="MUST", category="odd-input")
class EmptyIsNull(ExternalIds):
    """Stores strings in Oracle, where an empty string is null, and omits nulls."""

    def change(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(text for text in ids if text)


@fault("markup-escaped", breaks=["EXT-04"], level="MUST", category="odd-input")
class MarkupEscaped(_TextChanged):
    """Escapes HTML when storing, not when rendering."""

    def write(self, text: str) -> str:
        return text.replace("<", "&lt;").replace(">", "&gt;")


@fault("percent-decoded", breaks=["EXT-04"], level="MUST", category="odd-input")
class PercentDecoded(_TextChanged):
    """Decodes percent signs in strings as if they were part of a URL."""

    def write(self, text: str) -> str:
        return unquote(text)


@fault("number-like-text-normalised", breaks=["EXT-04"], level="MUST", category="odd-input")
class NumberNormalised(_TextChanged):
    """Passes ids through a spreadsheet, which removes leading zeros from numbers."""

    def write(self, text: str) -> str:
        return str(int(text)) if text.isascii() and text.isdigit() and len(text) < 19 else text


@fault("line-breaks-normalised", breaks=["EXT-04"], level="MUST", category="odd-input")
class LineBreaksNormalised(_TextChanged):
    """Converts every line break to a line feed."""

    def write(self, text: str) -> str:
        return text.replace("\r\n", "\n").replace("\r", "\n")


@fault("commas-split", breaks=["EXT-04"], level="MUST", category="odd-input")
class CommasSplit(ExternalIds):
    """Stores the ids in one column, separated by commas."""

    def change(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(part for text in ids for part in text.split(","))


@fault("control-characters-stripped", breaks=["EXT-04"], level="MUST", category="odd-input")
class ControlStripped(_TextChanged):
    """Removes control characters, because XML cannot represent them."""

    def write(self, text: str) -> str:
        return "".join(letter for letter in text if letter >= " " or letter in "\t\n\r")
