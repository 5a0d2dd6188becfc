"""A screen that understands just what is written to it, to see what a person would see."""

from __future__ import annotations

import re

CONTROL = re.compile(r"\x1b(?:\[([0-9;]*)([A-Za-z])|([DM78]))|([\r\n\b])|([^\x1b\r\n\b]+)")


class Screen:
    """Lines of text, with a cursor; those beyond ``height`` have scrolled off."""

    def __init__(self, height: int = 24) -> None:
        """Begin empty."""
        self.lines = [""]
        self.height = height
        self._row = self._column = self._top = 0
        self._saved = (0, 0)
        self.below: list[str] = []

    @property
    def text(self) -> str:
        """All that was written and not wiped out."""
        return "\n".join(line.rstrip() for line in self.lines)

    def write(self, text: str) -> None:
        """Write text with its control sequences.

        Raises:
            AssertionError: a control sequence that no pytest and no progress should write.
        """
        at = 0
        while at < len(text):
            found = CONTROL.match(text, at)
            assert found, f"{text[at : at + 20]!r} is no control sequence that is known"
            at = found.end()
            parameter, final, single, move, letters = found.groups()
            if letters is not None:
                self._put(letters)
            elif move == "\n" or single == "D":
                self._down(scrolls=True)
            elif move == "\r":
                self._column = 0
            elif single == "M":
                assert self._row > self._top, "scrolled backwards"
                self._row -= 1
            elif single == "7":
                self._saved = (self._row - self._top, self._column)
            elif single == "8":
                self._row, self._column = self._saved[0] + self._top, self._saved[1]
            else:
                self._control(parameter or "", final)

    def _control(self, parameter: str, final: str) -> None:
        if final == "B":
            self._down(scrolls=False)
        elif final == "K":
            self.lines[self._row] = self.lines[self._row][: self._column]
        elif final == "J":
            self.below += [line for line in self.lines[self._row + 1 :] if line]
            del self.lines[self._row + 1 :]
            self.lines[self._row] = self.lines[self._row][: self._column]
        else:
            assert final == "m", f"the control sequence {parameter}{final}"

    def _put(self, letters: str) -> None:
        line = self.lines[self._row].ljust(self._column)
        self.lines[self._row] = line[: self._column] + letters + line[self._column + len(letters) :]
        self._column += len(letters)

    def _down(self, *, scrolls: bool) -> None:
        if self._row + 1 == len(self.lines):
            self.lines.append("")
        if self._row + 1 - self._top < self.height:
            self._row += 1
        elif scrolls:
            self._row, self._top = self._row + 1, self._top + 1
