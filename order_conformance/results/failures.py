"""Which failures of a requirement are alike, so that each is shown once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from order_conformance.judging.findings import Failure


def distinct(failures: Iterable[Failure]) -> list[tuple[Failure, int]]:
    """Return the first failure of each kind, with the number of others of that kind."""
    kinds: dict[str, list[Failure]] = {}
    for failure in failures:
        kinds.setdefault(failure.kind, []).append(failure)
    return [(alike[0], len(alike) - 1) for alike in kinds.values()]
