"""The targets of a fleet side by side: the page in a real browser, and the table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from order_conformance.core.exit_codes import ExitCode
from order_conformance.reports.fleet import comparison_page, rows, write_table
from order_conformance.reports.terminal import Console
from order_conformance.results.fleet import TargetResult
from order_conformance.results.record import STATUSES, read_run
from selftest.support.sample_runs import CATALOGUE, EVERY_STATUS, HOSTILE, Made

if TYPE_CHECKING:
    from pathlib import Path

    from selftest.support.browser import Browser


WAIVER = {"reason": HOSTILE, "owner": HOSTILE, "expires": "2030-01-01", "link": HOSTILE}


def made_fleet(folder: Path) -> list[TargetResult]:
    """Return runs that never happened, one with all that a hostile server could say."""
    first = CATALOGUE["ASSOC-03"].id
    runs = {
        "every & <b>": EVERY_STATUS,
        "hostile": Made(failed={first: HOSTILE}, cant_tell={"LIST-03": HOSTILE}),
        "fine": Made(),
    }
    ended = []
    for number, (name, made) in enumerate(runs.items()):
        record = read_run(made.write(folder / str(number)))
        for row in record.results["requirements"]:
            row["waiver"] = WAIVER if row["id"] == "CONTENT-13" and row["failures"] else None
        ended.append(TargetResult(name, ExitCode.NON_CONFORMANT, HOSTILE, record))
    return [*ended, TargetResult("gone\x1b[31m", ExitCode.INCONCLUSIVE, HOSTILE, None)]


@pytest.fixture
def ended(tmp_path: Path) -> list[TargetResult]:
    """The runs of the fleet."""
    return made_fleet(tmp_path)


def test_nothing_that_names_or_servers_say_runs_or_leaves_the_page(
    browser: Browser, ended: list[TargetResult], tmp_path: Path
) -> None:
    """Markup is text, no script runs at all, and every link leads to the report of a target."""
    path = tmp_path / "comparison.html"
    attack = "<script>window.owned = 1</script><img src=x onerror='window.owned = 2'>"
    text = comparison_page(ended)
    path.write_text(text, encoding="utf-8")
    page = browser.page()
    page.open(path.as_uri())
    assert page.evaluate("document.scripts.length") == 0
    assert page.evaluate("document.querySelectorAll('img, iframe, [onerror]').length") == 0
    assert page.evaluate("document.body.textContent").count("<script>window.owned = 1</script>") > 3
    assert (page.requested, page.complaints) == ([path.as_uri()], [])
    links = page.evaluate("[...document.querySelectorAll('a')].map(a => a.getAttribute('href'))")
    assert {link.partition("#")[0] for link in links} == {
        f"{name}/report.html" for name in ("every%20%26%20%3Cb%3E", "hostile", "fine")
    }
    assert not {"\x1b", "\u202e", "\x00"} & set(text)
    # Were the escaping to fail one day, the browser itself would still refuse.
    path.write_text(text.replace("<main", attack + "<main"), encoding="utf-8")
    page = browser.page()
    page.open(path.as_uri())
    assert page.evaluate("typeof window.owned") == "undefined"
    assert len(page.complaints) >= 2


@pytest.mark.parametrize("width", [1280, 390], ids=["desk", "phone"])
def test_the_page_is_no_wider_than_the_screen(
    browser: Browser, ended: list[TargetResult], tmp_path: Path, width: int
) -> None:
    """A wide table scrolls inside it."""
    path = tmp_path / "comparison.html"
    path.write_text(comparison_page(ended * 6), encoding="utf-8")
    page = browser.page(width)
    page.open(path.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_page_compares_every_requirement(ended: list[TargetResult]) -> None:
    """A row for each, a cell for each target, and a link to what it did."""
    page = comparison_page(ended)
    for identifier in CATALOGUE.requirements:
        (row,) = re.findall(rf'<tr id="{identifier}".*?</tr>', page, re.DOTALL)
        assert row.count("<td>") == len(ended)
    assert 'href="hostile/report.html#finding-ASSOC-03"' in page
    found = {row.requirement.id: row.statuses for row in rows(ended)}
    assert found["ASSOC-03"] == ("failed", "failed", "passed", "untested")
    assert found["CONTENT-13"] == ("waived", "passed", "passed", "untested")
    for status in STATUSES:
        assert f'class="cell {status}"' in page


def test_the_table_steers_no_terminal_and_no_pipeline(
    ended: list[TargetResult], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Escapes and workflow commands are text."""
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    write_table(Console(), ended)
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    lines = [line for line in shown.splitlines() if re.match(r"[A-Z]+-\d\d ", line)]
    telling = [row for row in rows(ended) if len(set(row.statuses[:3])) > 1]
    assert [line.split()[0] for line in lines] == [row.requirement.id for row in telling]
    passed = len(CATALOGUE.requirements) - len(telling)
    assert f"{passed} requirements passed at every target" in shown
    assert not [line for line in shown.splitlines() if line.startswith(("::", "##["))]
