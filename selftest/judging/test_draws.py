"""What is drawn follows from the seed alone."""

from __future__ import annotations

import importlib.util
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import strategies as st

from order_conformance.judging.property_testing import PropertyTester
from order_conformance.requirements.profiles import PROFILES

if TYPE_CHECKING:
    from pathlib import Path


def drawn(seed: int) -> list[str]:
    """Return a hundred texts."""
    texts: list[str] = []
    PropertyTester(PROFILES["certify"], seed)(st.text(), texts.append)
    return texts


def test_a_module_that_is_imported_changes_no_draw(tmp_path: Path) -> None:
    """Hypothesis would draw the texts in its source."""
    before = drawn(1)
    source = tmp_path / "local_module.py"
    source.write_text("\n".join(f'x{n} = "constant-{n}"' for n in range(500)), encoding="utf-8")
    spec = importlib.util.spec_from_file_location("local_module", source)
    assert spec is not None
    assert spec.loader is not None
    with pytest.MonkeyPatch.context() as patch:
        module = importlib.util.module_from_spec(spec)
        patch.setitem(sys.modules, "local_module", module)
        spec.loader.exec_module(module)
        assert drawn(1) == before
    assert drawn(2) != before
