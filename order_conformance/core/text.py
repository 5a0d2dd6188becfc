"""Text for people: printable, shortened, counted."""

from __future__ import annotations

from typing import Any

LONGEST_LINE = 300


def printable(text: str) -> str:
    """Return the text with control and direction characters as escapes; new lines stay.

    What a server says must not steer the terminal that shows it, nor the build that logs it.
    """
    plain = "".join(c if c == "\n" or c.isprintable() else _escape(c) for c in text)
    # Build services take commands from a log: "##[" anywhere, "::" where a line begins.
    return plain.replace("##[", "#\\x23[").replace("\n::", "\n\\x3a:")


def shortened(text: str, longest: int = LONGEST_LINE) -> str:
    """Return the text on one line, cut in the middle when it is long."""
    line = " ".join(text.split())
    if len(line) <= longest:
        return line
    head = longest * 3 // 4
    return f"{line[:head]} ... {line[-(longest - head) :]}"


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def short(value: Any) -> str:
    """Return a value as a reader wants to see it inside a sentence."""
    return cut(repr(value))


def cut(text: str) -> str:
    """Return a text without its middle where it is long."""
    return text if len(text) <= 120 else f"{text[:80]} ... {text[-30:]}"  # noqa: PLR2004


MINUTE, HOUR = 60, 3600


def shown_time(seconds: float) -> str:
    """Return a time as people say it, in no more than two units."""
    if seconds < MINUTE:
        return f"{max(1, round(seconds))} s"
    if seconds < HOUR:
        return f"{int(seconds // MINUTE)} min {int(seconds % MINUTE)} s"
    return f"{int(seconds // HOUR)} h {int(seconds % HOUR // MINUTE)} min"


def plural(count: int, noun: str) -> str:
    """Return a count with its noun."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
