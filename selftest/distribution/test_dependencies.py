"""What a run depends on is reviewed, licensed, and listed for machines."""

from __future__ import annotations

import ast
import re
import sys
from importlib.metadata import packages_distributions

import pytest

from order_conformance import __version__
from selftest.support.lock_files import ROOT, RUN_TIME, read_lock
from tools import sbom
from tools.dependencies_page import PAGE, REVIEWS, declared, dependencies_page, licence_of

LOCKED = read_lock(RUN_TIME)
LICENCES = re.compile(r"MIT|BSD|Apache|MPL|Mozilla|PSF")
"""Those that let the suite, which is Apache-2.0, be handed on with them."""


def test_each_dependency_is_reviewed_and_nothing_else_is() -> None:
    """Whoever adds one says why it is there and what would replace it."""
    assert set(REVIEWS) == set(declared()) <= LOCKED.keys()


@pytest.mark.parametrize("name", declared())
def test_a_review_is_of_the_version_that_is_locked(name: str) -> None:
    """A dependency that moved is looked at again, at least at when it was released."""
    assert REVIEWS[name].version == LOCKED[name].version, "review it in dependencies.py"
    assert re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", REVIEWS[name].released)


def test_the_page_is_up_to_date() -> None:
    """`make docs` makes it again."""
    assert PAGE.read_text("utf-8") == dependencies_page(), "run `make docs`"


@pytest.mark.parametrize("name", LOCKED)
def test_every_licence_is_known_and_lets_the_suite_be_handed_on(name: str) -> None:
    """Of what is installed here; the rest is for other systems."""
    licence = licence_of(name)
    on_others = "sys_platform" in RUN_TIME.read_text("utf-8").partition(f"\n{name}==")[2][:60]
    assert bool(LICENCES.search(licence)) or (licence == "" and on_others)


def test_the_bill_of_materials_lists_the_lock() -> None:
    """Every package with version, licence and hashes, and who needs whom."""
    try:
        bill = sbom.bill_of_materials()
    except sbom.Unreachable as problem:
        pytest.skip(f"the package index cannot be reached: {problem}")
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.5")
    ours = bill["metadata"]["component"]
    assert (ours["name"], ours["version"]) == ("order-conformance", __version__)
    components = {component["name"]: component for component in bill["components"]}
    assert components.keys() == LOCKED.keys()
    for name, component in components.items():
        assert component["purl"].startswith(f"pkg:pypi/{name}@{LOCKED[name].version}")
        files = component["externalReferences"]
        hashes = {each["content"] for file in files for each in file["hashes"]}
        # The lock has files for older versions of Python besides.
        assert hashes, name
        assert hashes <= LOCKED[name].hashes, name
        assert ("licenses" in component) == bool(licence_of(name)), name
    needs = {row["ref"]: set(row.get("dependsOn", ())) for row in bill["dependencies"]}
    references = {component["bom-ref"]: name for name, component in components.items()}
    assert {references[ref] for ref in needs[ours["bom-ref"]]} == set(declared())
    assert set(references) <= needs.keys()


def test_the_version_stands_in_one_place() -> None:
    """Everything that names it agrees with the package, and pyproject.toml does not name it."""
    assert "\nversion = " not in (ROOT / "pyproject.toml").read_text("utf-8")
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert re.findall(r"^## ([0-9.]+)", changes, re.MULTILINE)[0] == __version__
    examples = (ROOT / "docs" / "ci.md").read_text("utf-8")
    assert set(re.findall(r"\bv?(\d+\.\d+\.\d+)\b", examples)) - {"127.0.0"} == {__version__}


def test_what_is_imported_is_declared_and_what_is_declared_is_imported() -> None:
    """Nothing rests on what only another dependency brings; nothing is there for nothing."""
    folders = ("order_conformance", "tests", "strategies", "reference")
    trees = [
        ast.parse(path.read_text(encoding="utf-8"))
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
    ]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    modules = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    modules += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    ours = {*folders, *sys.stdlib_module_names}
    packages = packages_distributions()
    imported = {
        packages[top][0].lower() for top in {module.partition(".")[0] for module in modules} - ours
    }
    # These come with one that is declared, and are the reason why it is.
    brought = {"allure-python-commons": "allure-pytest", "cryptography": "securesystemslib"}
    imported = {brought.get(name, name) for name in imported}
    # xdist is loaded by pytest, as its plugin.
    assert imported | {"pytest-xdist"} == set(declared())
