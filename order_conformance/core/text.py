"""Text for people: printable, shortened, counted."""

from __future__ import annotations

from typing import Any, Self

LONGEST_LINE = 300
ANY_VALUE = "N"


class Phrase(str):
    """A text with values filled in, and its kind: the same text without the values.

    ``Phrase("order {} is gone", 17)`` reads "order 17 is gone", and is of the kind "order N is
    gone". A value that is a phrase itself keeps its own kind.
    """

    __slots__ = ("kind",)
    kind: str

    def __new__(cls, template: str, *values: object) -> Self:
        """Fill the values into the template; without values it is the text."""
        phrase = super().__new__(cls, template.format(*values) if values else template)
        kinds = [each.kind if isinstance(each, Phrase) else ANY_VALUE for each in values]
        phrase.kind = template.format(*kinds) if values else template
        return phrase

    @classmethod
    def of(cls, text: str) -> Phrase:
        """Return the text as a phrase that keeps its kind inside another one."""
        return text if isinstance(text, Phrase) else cls(text)


def printable(text: str) -> str:
    """Return the text with control and direction characters as escapes; line breaks stay.

    Text from a server must not control the terminal that shows it, nor the build that logs it.
    """
    plain = "".join(c if c == "\n" or c.isprintable() else _escape(c) for c in text)
    # Build services read commands from a log: "##[" anywhere, "::" where a line begins.
    return plain.replace("##[", "#\\x23[").replace("\n::", "\n\\x3a:")


def shortened(text: str, longest: int = LONGEST_LINE) -> str:
    """Return the text on one line, cut in the middle when it is long."""
    line = " ".join(text.split())
    if len(line) <= longest:
        return line
    head = longest * 3 // 4
    return f"{line[:head]} ... {line[-(longest - head) :]}"


def on_one_line(text: str) -> str:
    r"""Return the text with line breaks written as ``\n``."""
    return text.replace("\n", "\\n")


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def short(value: Any) -> str:
    """Return a value as it is shown inside a sentence: as Python writes it, shortened."""
    return cut(repr(value))


def cut(text: str) -> str:
    """Return a text, without its middle if it is long."""
    return text if len(text) <= 120 else f"{text[:80]} ... {text[-30:]}"  # noqa: PLR2004


MINUTE, HOUR = 60, 3600


def shown_time(seconds: float) -> str:
    """Return a duration in at most two units, such as ``3 min 20 s``."""
    if seconds < MINUTE:
        return f"{max(1, round(seconds))} s"
    if seconds < HOUR:
        return f"{int(seconds // MINUTE)} min {int(seconds % MINUTE)} s"
    return f"{int(seconds // HOUR)} h {int(seconds % HOUR // MINUTE)} min"


def plural(count: int, noun: str) -> str:
    """Return a count with its noun, in the plural unless it is one."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
