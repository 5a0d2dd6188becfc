"""The parts of a failure message, told apart again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from order_conformance.core.redaction import Redactor

_FIELD = re.compile(r"^  (rule|before|sent|got|expected|notice|reproduce|evidence)(?: +|$)(.*)$")


@dataclass(frozen=True)
class Failure:
    """One failure of one test."""

    test: str
    summary: str
    message: str
    expected: str
    notice: str
    reproduce: str
    exchanges: tuple[str, ...]


def read_failure(failure: dict[str, Any], redactor: Redactor) -> Failure:
    """Read an entry of ``failures`` in the results."""
    message = redactor.text(failure["message"])
    fields = message_fields(message)
    return Failure(
        test=failure["test"],
        summary=redactor.text(failure["summary"]),
        message=message,
        expected=fields.get("expected", ""),
        notice=fields.get("notice", ""),
        reproduce=fields.get("reproduce", ""),
        exchanges=tuple(failure["exchanges"]),
    )


def message_fields(message: str) -> dict[str, str]:
    """Return the fields of a failure message by name; of a repeated one, the last."""
    fields: dict[str, str] = {}
    name = ""
    for line in message.splitlines()[1:]:
        found = _FIELD.match(line)
        if found:
            name = found.group(1)
            fields[name] = found.group(2)
        elif name:
            fields[name] += "\n" + line
    return fields


class HasSummary(Protocol):
    """Whatever says in one line what the server did."""

    @property
    def summary(self) -> str:
        """What the server did."""


SomeFailure = TypeVar("SomeFailure", bound=HasSummary)


def distinct(failures: Iterable[SomeFailure]) -> list[tuple[SomeFailure, int]]:
    """Gather failures that say the same; each first one comes with how many more are like it.

    Numbers and quoted values may differ: the same cause shows itself with many of them.
    """
    groups: dict[str, list[SomeFailure]] = {}
    for failure in failures:
        groups.setdefault(shape(failure.summary), []).append(failure)
    return [(alike[0], len(alike) - 1) for alike in groups.values()]


def shape(summary: str) -> str:
    """Return a summary without what differs from case to case: numbers and quoted values."""
    return re.sub(r"'[^']*'|\"[^\"]*\"|\d+", "#", summary)
