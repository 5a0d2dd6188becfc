"""What is wrong with a JSON value: in words for a person, and as JSON pointers for a program."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Mismatch:
    """How a JSON value departs from what is right; false if it does not.

    ``pointers`` lead from the value to what is wrong in it (RFC 6901).
    """

    words: str = ""
    pointers: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Say whether there is one."""
        return bool(self.words)

    def __str__(self) -> str:
        """Return the words."""
        return self.words

    def inside(self, *parents: str | int) -> Mismatch:
        """Return it with pointers from the value that holds this one."""
        above = pointer(parents)
        return replace(self, pointers=tuple(above + each for each in self.pointers))


NO_MISMATCH = Mismatch()


def pointer(path: Iterable[str | int]) -> str:
    """Return the JSON pointer of a path of keys and indices."""
    return "".join(f"/{str(each).replace('~', '~0').replace('/', '~1')}" for each in path)


def steps_of(pointer: str) -> list[str]:
    """Return the keys and indices of a JSON pointer."""
    return [each.replace("~1", "/").replace("~0", "~") for each in pointer.split("/")[1:]]
