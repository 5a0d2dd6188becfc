"""Where the parts of the suite are: next to the engine in a checkout, inside it in a wheel."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]

CARRIED = PACKAGE / "suite"
"""The tests and data that a wheel contains; this folder does not exist in a checkout."""

ROOT = CARRIED if CARRIED.is_dir() else PACKAGE.parent
"""The folder with tests, strategies, spec, reference and pytest's configuration."""

TESTS = ROOT / "tests"
SPEC = ROOT / "spec"
