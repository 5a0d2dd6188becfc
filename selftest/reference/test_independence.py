"""The reference server is independent of the suite, and its registry is complete."""

from __future__ import annotations

import ast
import sys
from collections import Counter
from pathlib import Path

import pytest
import yaml

from reference.deviations import Fault, Twin, all_faults, all_twins

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "reference").rglob("*.py"))
MAY_IMPORT = {"reference", "starlette", "uvicorn"} | sys.stdlib_module_names
LEVELS = {
    row["id"]: row["level"]
    for row in yaml.safe_load((ROOT / "spec/requirements.yaml").read_text())["requirements"]
}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_it_imports_nothing_of_the_suite_and_reads_nothing_of_the_contract(path: Path) -> None:
    """Its modules import the standard library, starlette, uvicorn and each other."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative import"
            imported.add((node.module or "").partition(".")[0])
    assert imported <= MAY_IMPORT
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    named = [
        text
        for text in texts
        if isinstance(text, str) and ("spec/" in text or "openapi" in text or ".yaml" in text)
    ]
    assert named == []


def test_every_requirement_has_faults() -> None:
    """Two faults break each MUST, one each SHOULD."""
    broken = Counter(name for fault in all_faults().values() for name in fault.breaks)
    few = {
        name: broken[name]
        for name, level in LEVELS.items()
        if broken[name] < (2 if level == "MUST" else 1)
    }
    assert few == {}


def test_faults_and_twins_name_requirements_that_exist() -> None:
    """Their requirements exist, and the warnings of a twin are SHOULD requirements."""
    for fault in all_faults().values():
        named = {*fault.breaks, *fault.also}
        assert named <= LEVELS.keys(), fault.name
        assert not set(fault.breaks) & set(fault.also), fault.name
        levels = {LEVELS[name] for name in fault.breaks}
        assert fault.level == ("MUST" if "MUST" in levels else "SHOULD"), fault.name
    for twin in all_twins().values():
        assert all(LEVELS.get(name) == "SHOULD" for name in twin.earns), twin.name


def test_names_and_sentences_are_distinct_and_well_formed() -> None:
    """Names are in kebab case, and each deviation has its own sentence."""
    deviations: list[Fault | Twin] = [*all_faults().values(), *all_twins().values()]
    for deviation in deviations:
        assert deviation.name.replace("-", "").isalnum()
        assert deviation.name == deviation.name.lower()
        assert deviation.summary.endswith("."), deviation.name
    sentences = Counter(deviation.summary for deviation in deviations)
    assert [text for text, number in sentences.items() if number > 1] == []
