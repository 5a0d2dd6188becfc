"""The order of a run: the list while it is short, then area by area, what must last at the end."""

from __future__ import annotations

import pytest

RUN_ORDER = (
    "test_listing",
    "test_pagination",
    "test_association",
    "test_references",
    "test_content",
    "test_counts",
    "test_external_ids",
    "test_shipping",
    "test_identity",
    "test_fetching",
    "test_shapes",
    "test_protocol",
    "test_methods",
    "test_errors",
    "test_robustness",
    "test_authentication",
    "test_storage",
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort the test modules; tests inside a module keep their order."""
    places = {name: place for place, name in enumerate(RUN_ORDER)}
    items.sort(key=lambda item: places.get(item.path.stem, len(RUN_ORDER) - 1))
