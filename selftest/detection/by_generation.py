"""A plugin that keeps only the tests with generated inputs, which depend on the seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from selftest.detection.by_example import generates

if TYPE_CHECKING:
    import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out the tests whose requests do not depend on the seed."""
    items[:] = [item for item in items if generates(item)]
