"""Bodies laid out for reading: JSON over several lines, what is wrong marked, the rest folded.

Only white space is added: every token is shown as it was sent, so ``10.0`` stays ``10.0``, and a
key that comes twice is shown twice.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from order_conformance.core.mismatch import steps_of
from order_conformance.core.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s{}\[\],:"]+|[{}\[\],:]')
WIDTH = 76
DEEPEST = 60
SHORT_BODY = 26
LONG_LINE = 480
HEAD, CONTEXT, SUBTREE = 12, 2, 10

Span: TypeAlias = tuple[str, bool]
"""A piece of text, and whether it is marked."""


@dataclass(frozen=True)
class Line:
    """One line: its text in spans, the part of it that is hidden at first, its depth.

    ``wanted`` says whether it is part of a value that is marked.
    """

    spans: list[Span]
    rest: str = ""
    depth: int = 0
    wanted: bool = False

    @property
    def marked(self) -> bool:
        """Whether some of it is marked."""
        return any(marked for _, marked in self.spans)


@dataclass(frozen=True)
class Block:
    """Lines that are shown, or that are folded at first."""

    lines: list[Line]
    folded: bool = False


def lay_out(body: str, pointers: Sequence[str] = ()) -> list[Block]:
    """Return a body as blocks of lines, with the values marked to which JSON pointers lead."""
    try:
        json.loads(body)
        tree = _Reader(_TOKEN.findall(printable(body))).value(0)
    except (ValueError, RecursionError, _TooDeep, IndexError):
        return _fold([_line([(text, False)], 0) for text in printable(body).split("\n")])
    for pointer in pointers:
        tree.mark(steps_of(pointer))
    return _fold(list(_layout(tree, 0)))


class _TooDeep(Exception):
    pass


@dataclass
class _Node:
    """A value of a JSON text, with its key in the object that holds it."""

    text: str = ""
    brackets: str = ""
    children: list[_Node] = field(default_factory=list)
    key: str = ""
    marked: bool = False

    @property
    def label(self) -> str:
        return f"{self.key}: " if self.key else ""

    def mark(self, path: Sequence[str]) -> None:
        """Mark the values below it to which a path leads; none if there is no such value."""
        for number, child in enumerate(self.children if path else ()):
            if path[0] == (_name(child.key) if child.key else str(number)):
                child.marked = child.marked or len(path) == 1
                child.mark(path[1:])

    def inline(self) -> str:
        if not self.brackets:
            return self.label + self.text
        inner = ", ".join(child.inline() for child in self.children)
        return f"{self.label}{self.brackets[0]}{inner}{self.brackets[1]}"

    def spans(self) -> Iterator[Span]:
        """Yield its text on one line."""
        if self.marked or not self.brackets:
            yield self.inline(), self.marked
            return
        yield self.label + self.brackets[0], False
        for number, child in enumerate(self.children):
            if number:
                yield ", ", False
            yield from child.spans()
        yield self.brackets[1], False


class _Reader:
    """Reads the tokens of a text that is known to be JSON."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0

    def value(self, depth: int) -> _Node:
        if depth > DEEPEST:
            raise _TooDeep
        first = self._take()
        if first not in {"{", "["}:
            return _Node(text=first)
        node = _Node(brackets="{}" if first == "{" else "[]")
        while self._tokens[self._at] != node.brackets[1]:
            key = ""
            if first == "{":
                key = self._take()
                self._take()
            child = self.value(depth + 1)
            child.key = key
            node.children.append(child)
            if self._tokens[self._at] == ",":
                self._take()
        self._take()
        return node

    def _take(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1]


def _layout(node: _Node, depth: int, comma: str = "", *, wanted: bool = False) -> Iterator[Line]:
    """Yield the lines of a value; ``wanted`` if it is part of a marked one."""
    wanted = wanted or node.marked
    # The outermost value is always spread, so that its keys are one below the other.
    if not node.children or (depth and len(node.inline()) + 2 * depth <= WIDTH):
        yield _line([*node.spans(), (comma, False)], depth, wanted=wanted)
        return
    yield _line([(node.label + node.brackets[0], node.marked)], depth, wanted=wanted)
    last = len(node.children) - 1
    for number, child in enumerate(node.children):
        yield from _layout(child, depth + 1, "," if number < last else "", wanted=wanted)
    yield _line([(f"{node.brackets[1]}{comma}", False)], depth, wanted=wanted)


def _name(key: str) -> str:
    """Return the name that a quoted key stands for."""
    try:
        return str(json.loads(key))
    except ValueError:
        return key[1:-1]


def _line(spans: Iterable[Span], depth: int, *, wanted: bool = False) -> Line:
    shown: list[Span] = []
    rest, left = "", LONG_LINE
    for text, marked in [("  " * depth, False), *spans]:
        kept, left_over = text[:left], text[left:]
        rest += left_over
        left -= len(kept)
        if shown and shown[-1][1] is marked:
            shown[-1] = (shown[-1][0] + kept, marked)
        elif kept:
            shown.append((kept, marked))
    return Line(shown or [("", False)], rest, depth, wanted)


def _fold(lines: list[Line]) -> list[Block]:
    if len(lines) <= SHORT_BODY:
        return [Block(lines)]
    shown = [False] * len(lines)
    budget = 0
    for number, line in enumerate(lines):
        budget = SUBTREE if line.marked else budget - 1
        if (line.wanted or line.marked) and budget > 0:
            for near in range(max(0, number - CONTEXT), min(len(lines), number + CONTEXT + 1)):
                shown[near] = True
    for number in range(4 if any(shown) else HEAD):
        shown[number] = True
    shown[-1] = True
    blocks: list[Block] = []
    for line, visible in zip(lines, shown, strict=True):
        if blocks and blocks[-1].folded is not visible:
            blocks[-1].lines.append(line)
        else:
            blocks.append(Block([line], folded=not visible))
    return blocks
