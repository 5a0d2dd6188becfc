"""A plugin for runs that judge by explicit examples, and generate inputs only where they must.

It makes a run half as long. Most faults show by example; those that do not say so, and the
twins and the combinations are judged by everything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out the tests that explore what other tests judge by example."""
    by_example = {_requirement(item) for item in items if not _explores(item)}
    # Not announced as deselected: each requirement is still judged, so the verdict stands.
    items[:] = [i for i in items if not _explores(i) or _requirement(i) not in by_example]


def _explores(item: pytest.Item) -> bool:
    return "explore" in getattr(item, "fixturenames", ())


def _requirement(item: pytest.Item) -> str:
    mark = item.get_closest_marker("requirement")
    return str(mark.args[0]) if mark and mark.args else ""
