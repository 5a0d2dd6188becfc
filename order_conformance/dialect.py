"""What the server chose where the guide leaves it free: noted, shown, never judged."""

from __future__ import annotations

from collections import Counter
from typing import Any


class Dialect:
    """Choices seen in observations that were made anyway."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._values: dict[str, Any] = {}
        self._seen: dict[str, Counter[Any]] = {}

    def note(self, name: str, value: Any) -> None:
        """Set a choice that has one value, such as the number of the first page."""
        self._values[name] = value

    def count(self, name: str, value: Any) -> None:
        """Count one more sighting of a choice that may vary, such as a refusal's status."""
        self._seen.setdefault(name, Counter())[value] += 1

    def get(self, name: str) -> Any:
        """Return a noted choice, or None."""
        return self._values.get(name)

    def shown(self) -> dict[str, Any]:
        """Return the dialect for ``results.json``; of counted choices, the most frequent first."""
        counted = {
            name: [value for value, _ in sorted(seen.items(), key=lambda i: (-i[1], str(i[0])))]
            for name, seen in self._seen.items()
        }
        single = {name: v[0] if len(v) == 1 else v for name, v in counted.items()}
        return dict(sorted({**self._values, **single}.items()))
