"""Bodies laid out for reading: JSON over lines, the named part marked, the rest folded.

Only white space is ours: every token stands as it was sent, so that ``10.0`` stays ``10.0`` and
a key that comes twice is seen twice.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from order_conformance.core.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s{}\[\],:"]+|[{}\[\],:]')
WIDTH = 76
DEEPEST = 60
SHORT_BODY = 26
LONG_LINE = 480
HEAD, CONTEXT, SUBTREE = 12, 2, 10
MOST_LITERALS = 3

Span: TypeAlias = tuple[str, bool]
"""A piece of text, and whether it is marked."""


@dataclass(frozen=True)
class Line:
    """One line: its text in spans, what of it is hidden at first, how deep it stands."""

    spans: list[Span]
    rest: str = ""
    depth: int = 0
    key: str = ""

    @property
    def marked(self) -> bool:
        """Whether some of it is marked."""
        return any(marked for _, marked in self.spans)


@dataclass(frozen=True)
class Block:
    """Lines that are shown, or that are folded away at first."""

    lines: list[Line]
    folded: bool = False


@dataclass(frozen=True)
class Hints:
    """What a failure names: keys of the JSON, and literal values."""

    keys: frozenset[str] = frozenset()
    literals: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Say whether anything is named."""
        return bool(self.keys or self.literals)


_WORDS = {
    "patient": r"\bpatients?\b",
    "site": r"\bsites?\b",
    "orderItems": r"\bitems?\b|\blines\b",
    "orderKits": r"\bkits?\b|\blines\b",
    "externalOrderIds": r"\bexternal (order )?ids?\b",
    "shippingOption": r"\bshipping option\b",
}


def hints_of(*texts: str) -> Hints:
    """Find what a failure's sentences name, in code marks, in quotes or in plain words."""
    text = "\n".join(texts)
    keys = {key for name in re.findall(r"`([^`\n]+)`", text) for key in re.findall(r"\w+", name)}
    literals = {literal for each in texts for literal in _quoted(each)}
    if not keys:
        keys = {key for key, words in _WORDS.items() if re.search(words, text)}
    return Hints(frozenset(keys), frozenset(literals))


def _quoted(text: str) -> list[str]:
    found = [a or b for a, b in re.findall(r"'([^'\n]{3,200})'|\"([^\"\n]{3,200})\"", text)]
    # A whole list of values names none of them.
    return found if len(found) <= MOST_LITERALS else []


def lay_out(body: str, hints: Hints | None = None) -> list[Block]:
    """Lay a body out in blocks of lines."""
    hints = hints or Hints()
    lines = list(_plain_lines(body, hints))
    try:
        json.loads(body)
        tree = _Reader(_TOKEN.findall(printable(body))).value(0)
    except (ValueError, RecursionError, _TooDeep, IndexError):
        return _fold(lines, [line.marked for line in lines])
    raw = list(_layout(tree, 0, "", ""))
    shallowest = {
        key: min((depth for text, depth, name in raw if key in {name, *_keys_in(text)}), default=-1)
        for key in hints.keys
    }
    lines, wanted, until = [], [], -1
    for text, depth, key in raw:
        keys = {k for k in hints.keys if shallowest[k] == depth and k in {key, *_keys_in(text)}}
        line = _line(text, keys, hints.literals, depth, key)
        lines.append(line)
        if keys and key in keys:
            until = depth
            wanted.append(True)
        else:
            within = until >= 0 and depth > until
            until = until if within else -1
            wanted.append(within or line.marked)
    return _fold(lines, wanted)


class _TooDeep(Exception):
    pass


@dataclass
class _Node:
    text: str = ""
    brackets: str = ""
    children: list[tuple[str, _Node]] = field(default_factory=list)

    def inline(self) -> str:
        if not self.brackets:
            return self.text
        inner = ", ".join(f"{key}: {n.inline()}" if key else n.inline() for key, n in self.children)
        return f"{self.brackets[0]}{inner}{self.brackets[1]}"


class _Reader:
    """Reads the tokens of a JSON text that is known to be one."""

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
            node.children.append((key, self.value(depth + 1)))
            if self._tokens[self._at] == ",":
                self._take()
        self._take()
        return node

    def _take(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1]


def _layout(node: _Node, depth: int, key: str, comma: str) -> Iterator[tuple[str, int, str]]:
    """Yield text, depth and key of each line."""
    label = f"{key}: " if key else ""
    name = key[1:-1]
    inline = node.inline()
    # The outermost value is always spread, so that its keys stand one below the other.
    if not node.children or (depth and len(label) + len(inline) + 2 * depth <= WIDTH):
        yield f"{label}{inline}{comma}", depth, name
        return
    yield f"{label}{node.brackets[0]}", depth, name
    last = len(node.children) - 1
    for number, (child_key, child) in enumerate(node.children):
        yield from _layout(child, depth + 1, child_key, "," if number < last else "")
    yield f"{node.brackets[1]}{comma}", depth, ""


def _keys_in(text: str) -> list[str]:
    return re.findall(r'"(\w+)": ', text)


def _plain_lines(body: str, hints: Hints) -> Iterator[Line]:
    for text in printable(body).split("\n"):
        yield _line(text, set(), hints.literals, 0, "")


def _line(text: str, keys: set[str], literals: frozenset[str], depth: int, key: str) -> Line:
    indented = "  " * depth + text
    shown, rest = indented[:LONG_LINE], indented[LONG_LINE:]
    spans = _marked(shown, keys, literals)
    return Line(spans, rest, depth, key)


def _marked(text: str, keys: set[str], literals: frozenset[str]) -> list[Span]:
    scalar = r'(?:"(?:[^"\\]|\\.)*"|[^\s,{}\[\]]+)'
    patterns = [f'"{re.escape(key)}":(?: {scalar})?' for key in sorted(keys)]
    patterns += [re.escape(literal) for literal in sorted(literals, key=len, reverse=True)]
    if not patterns:
        return [(text, False)]
    spans: list[Span] = []
    at = 0
    for found in re.finditer("|".join(patterns), text):
        start, end = found.span()
        spans += [(text[at:start], False), (text[start:end], True)]
        at = end
    return [span for span in [*spans, (text[at:], False)] if span[0]] or [("", False)]


def _fold(lines: list[Line], wanted: list[bool]) -> list[Block]:
    if len(lines) <= SHORT_BODY:
        return [Block(lines)]
    shown = [False] * len(lines)
    budget = 0
    for number, want in enumerate(wanted):
        budget = SUBTREE if lines[number].marked else budget - 1
        if want and budget > 0:
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
