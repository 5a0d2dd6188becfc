"""A plugin for runs that judge by explicit examples alone, and generate no inputs.

It makes a run half as long. Most faults show by example; those that do not say so, and the
twins and the combinations are judged by everything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


GENERATING = frozenset({"test_contract", "test_workflow"})


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests that explore, and those that judge what was generated."""
    exploring = [
        item
        for item in items
        if "explore" in getattr(item, "fixturenames", ()) or item.path.stem in GENERATING
    ]
    items[:] = [item for item in items if item not in exploring]
    config.hook.pytest_deselected(items=exploring)
