"""The end of the terminal output: short, read from the bottom, safe."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from order_conformance.requirements.catalogue import load_catalogue
from selftest.support.suite_runs import SuiteRun, judge, reference_server

if TYPE_CHECKING:
    from pathlib import Path

CATALOGUE = load_catalogue()
WIDTH = 100


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> SuiteRun:
    """A run against a server whose counts are wrong in many ways, and which trims texts."""
    faults = ("--fault=counts-of-first-line", "--fault=external-ids-trimmed")
    folder: Path = tmp_path_factory.mktemp("broken")
    server = reference_server("--api-key-env", "SERVER_KEY", *faults)
    with server as url, pytest.MonkeyPatch.context() as environment:
        environment.setenv("FORCE_COLOR", "1")
        return judge(url, folder)


def test_no_colour_is_written_when_it_is_not_wanted(broken: SuiteRun) -> None:
    """NO_COLOR wins over the wish of a CI system for colour (https://no-color.org)."""
    assert "\x1b" not in broken.output


def test_the_verdict_is_the_last_thing_that_we_say(broken: SuiteRun) -> None:
    """Only pytest's own count of tests follows."""
    *_, verdict, counts = broken.output.strip().splitlines()
    assert re.fullmatch(r"NON-CONFORMANT: \d+ MUST requirements failed", verdict)
    assert " passed" in counts


def test_areas_fit_the_screen_and_show_no_empty_column(broken: SuiteRun) -> None:
    """The table and all below it fit in 100 columns and a short screen, but for two lists."""
    lines = broken.output.strip().splitlines()
    start = next(n for n, line in enumerate(lines) if re.fullmatch(r"=+ requirements =+", line))
    below = lines[start:]
    assert len(below) <= len(CATALOGUE.areas) + 12
    found = {row["outcome"] for row in broken.results["requirements"]}
    warned = {"warned"} if broken.failed("SHOULD") else set()
    assert set(below[1].split()) == found | warned
    long = [line for line in below if len(line) > WIDTH]
    assert all(line.startswith(("target: ", "report: ", "dialect: ")) for line in long)


def test_failures_that_say_the_same_are_told_once(broken: SuiteRun) -> None:
    """The first failure of a requirement is whole; of the others only what differs is said."""
    heads = re.findall(r"^([A-Z]+-\d\d) MUST failed: ", broken.output, re.MULTILINE)
    assert sorted(heads) == sorted(broken.failed("MUST"))
    assert re.search(r"^  (also       |and \d+ more like it)", broken.output, re.MULTILINE)
