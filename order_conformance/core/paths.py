"""Where the parts of the suite are: in a checkout around the engine, in a wheel inside it."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]

CARRIED = PACKAGE / "suite"
"""What a wheel carries beside the engine; a checkout has no such folder."""

ROOT = CARRIED if CARRIED.is_dir() else PACKAGE.parent
"""Holds tests, strategies, spec and reference, and pytest's configuration."""

TESTS = ROOT / "tests"
SPEC = ROOT / "spec"
