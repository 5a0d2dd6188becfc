"""A plugin for runs that judge by explicit examples alone, and generate no inputs.

It makes a run half as long. The faults of the CONTRACT requirements and the lawful servers are
judged by everything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

GENERATING = frozenset({"test_contract", "test_workflow"})


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out the tests that generate what they send."""
    # Not announced as deselected: what is left out is untested, and the verdict says so.
    items[:] = [item for item in items if not generates(item)]


def generates(item: pytest.Item) -> bool:
    """Say whether a test generates what it sends."""
    return item.path.stem in GENERATING or item.get_closest_marker("generates") is not None
