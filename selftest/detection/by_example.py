"""A plugin that leaves out all tests with generated inputs, which halves the length of a run.

Faults that break a CONTRACT requirement, and servers without a fault, are run with all tests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

GENERATING = frozenset({"test_contract", "test_workflow"})


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out the tests that generate their inputs."""
    # Not reported as deselected: their requirements are then untested, and the verdict says so.
    items[:] = [item for item in items if not generates(item)]


def generates(item: pytest.Item) -> bool:
    """Whether a test generates its inputs."""
    return item.path.stem in GENERATING or "explore" in getattr(item, "fixturenames", ())
