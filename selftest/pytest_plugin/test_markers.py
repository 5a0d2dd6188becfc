"""The markers of the tests say what the fixtures of the tests do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from selftest.support.engine_parts import ROOT, pytest_in
from selftest.support.plugin_distribution import install_plugin

if TYPE_CHECKING:
    from pathlib import Path

PROBE = """
def pytest_collection_finish(session):
    for item in session.items:
        explores = "explore" in item.fixturenames
        if explores is not (item.get_closest_marker("generates") is not None):
            print("\\nunlike its marker:", item.nodeid)
    print("\\nexploring:", sum("explore" in item.fixturenames for item in session.items))
"""


def test_the_tests_that_explore_are_marked_and_no_others(tmp_path: Path) -> None:
    """A test that generates inputs and lacks the marker would be part of the smoke profile."""
    installed = install_plugin(tmp_path, "probe", "explore_probe", PROBE)
    options = ("--collect-only", "-q", "-s", "-p", "probe", f"--reports={tmp_path / 'out'}")
    shown = pytest_in(ROOT, "tests", *options, **installed).stdout.splitlines()
    assert [line for line in shown if line.startswith("unlike")] == []
    [counted] = [line for line in shown if line.startswith("exploring: ")]
    assert int(counted.removeprefix("exploring: ")) > 20
