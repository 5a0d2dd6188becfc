"""report.html in a real browser: what a reader finds, and what no server can make it do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from order_conformance.reports import write_reports
from selftest.support.sample_runs import CATALOGUE, EVERY_STATUS, HOSTILE, Made

if TYPE_CHECKING:
    from pathlib import Path

    from selftest.support.browser import Browser, Page

LARGEST_PAGE = 5_000_000
LONGEST_LOAD = 2_000
SHOWN = "[...document.querySelectorAll('.requirement')].filter(r => !r.hidden).map(r => r.id)"
FRAME = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


def report_of(made: Made, folder: Path) -> str:
    """Write a run with its reports, and return the address of the page."""
    assert write_reports(made.write(folder)) == []
    return (folder / "report.html").as_uri()


def choose(page: Page, selector: str, value: str) -> list[str]:
    """Give a form control a value as a user does, and return the requirements then shown."""
    page.evaluate(
        f"(() => {{ const c = document.querySelector('{selector}'); c.value = '{value}';"
        "c.dispatchEvent(new Event('input', {bubbles: true})); })()"
    )
    shown: list[str] = page.evaluate(SHOWN)
    return shown


def in_view(page: Page, selector: str) -> bool:
    """Whether an element is wholly on the screen."""
    return bool(
        page.evaluate(
            f"(() => {{ const r = document.querySelector('{selector}').getBoundingClientRect();"
            "return r.top >= 0 && r.bottom <= innerHeight && r.height > 0 && r.right <= innerWidth;"
            "})()"
        )
    )


@pytest.fixture(scope="module")
def every_status(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of a run with requirements of every status."""
    return report_of(EVERY_STATUS, tmp_path_factory.mktemp("every"))


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (390, 844)], ids=["desk", "phone"])
def test_the_first_screen_shows_verdict_target_and_the_first_areas(
    browser: Browser, every_status: str, width: int, height: int
) -> None:
    """Nobody has to scroll for the verdict, and nothing is wider than the screen."""
    page = browser.page(width, height)
    page.open(every_status)
    assert page.evaluate("document.querySelector('h1').textContent") == "Non-conformant"
    assert in_view(page, "h1")
    assert in_view(page, ".facts")
    assert in_view(page, ".picture tr:nth-child(5) svg")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_filters_show_the_requirements_that_fit_all_of_them(
    browser: Browser, every_status: str
) -> None:
    """Outcome, area and level narrow the list; a link to a hidden one brings it back."""
    page = browser.page()
    page.open(every_status)
    assert page.evaluate(SHOWN) == list(CATALOGUE.requirements)
    assert choose(page, "#by-outcome", "warned") == ["CONTENT-13", "PROTO-11"]
    assert choose(page, "#by-area", "PROTO") == ["PROTO-11"]
    assert choose(page, "#by-level", "MUST") == []
    assert page.evaluate("document.querySelector('#nothing').hidden") is False
    assert page.evaluate("document.querySelector('#shown').textContent").startswith("0 of")
    page.evaluate("location.hash = '#ASSOC-03'")
    page.evaluate(FRAME)
    assert page.evaluate(SHOWN) == list(CATALOGUE.requirements)
    assert page.evaluate("document.querySelector('#ASSOC-03').open") is True


def test_search_finds_words_ids_and_tests_from_the_keyboard(
    browser: Browser, every_status: str
) -> None:
    """A slash goes to the search, which looks at everything that a requirement says."""
    page = browser.page()
    page.open(every_status)
    page.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    for key in "auth-05":
        page.press(key)
    assert page.evaluate(SHOWN) == ["AUTH-05"]
    assert choose(page, "#search", "test_made.py test_LIST-03") == ["LIST-03"]
    assert choose(page, "#search", "zzz-nowhere") == []


def test_a_tally_leads_to_its_requirements(browser: Browser, every_status: str) -> None:
    """The counts of the overview are links into the filtered list."""
    page = browser.page()
    page.open(every_status)
    page.evaluate("document.querySelector('.tally.failed').click()")
    page.evaluate(FRAME)
    assert page.evaluate(SHOWN) == ["ASSOC-03", "LIST-03"]


def test_failures_show_both_sides_the_named_part_and_a_command(
    browser: Browser, every_status: str
) -> None:
    """A failure has request and answer, a mark on what it names, and is told once."""
    page = browser.page()
    page.open(every_status)
    card = "document.querySelector('#finding-ASSOC-03')"
    assert page.evaluate(f"{card}.querySelectorAll('.exchange .side').length") == 2
    marks = page.evaluate(f"[...{card}.querySelectorAll('mark')].map(m => m.textContent)")
    assert marks
    assert all(mark.startswith('"patient":') for mark in marks)
    assert page.evaluate(f"{card}.querySelector('.curl pre').textContent").startswith("curl -sS")
    assert "2 more like it" in page.evaluate(f"{card}.textContent")


def test_every_link_leads_somewhere(browser: Browser, every_status: str) -> None:
    """All links stay in the page and have a target in it."""
    page = browser.page()
    page.open(every_status)
    lost = page.evaluate(
        "[...document.querySelectorAll('a')].map(a => a.getAttribute('href'))"
        ".filter(h => !h.startsWith('#') || !document.getElementById(h.slice(1)))"
    )
    assert lost == []
    doubled = page.evaluate(
        "(() => { const ids = [...document.querySelectorAll('[id]')].map(e => e.id);"
        "return ids.filter((id, n) => ids.indexOf(id) !== n); })()"
    )
    assert doubled == []


def test_the_page_is_light_or_dark_as_its_reader_is(browser: Browser, every_status: str) -> None:
    """Both schemes have their own paper and ink."""
    colours = set()
    for dark in (False, True):
        page = browser.page(dark=dark)
        page.open(every_status)
        colours.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        colours.add(page.evaluate("getComputedStyle(document.body).color"))
    assert len(colours) == 4


def test_nothing_that_a_server_says_runs_or_leaves_the_page(
    browser: Browser, tmp_path: Path
) -> None:
    """Markup from the server is text; the page asks for nothing and complains of nothing."""
    made = Made(
        failed={"ASSOC-03": HOSTILE, "CONTENT-13": HOSTILE},
        cant_tell={"AUTH-01": HOSTILE},
        inapplicable={"AUTH-02": HOSTILE},
        dialect={HOSTILE: HOSTILE, "x": [HOSTILE, {HOSTILE: HOSTILE}]},
        interrupted=HOSTILE,
    )
    url = report_of(made, tmp_path)
    page = browser.page()
    page.open(url)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    page.evaluate(FRAME)
    for event in ("mouseover", "focus", "click"):
        page.evaluate(
            "document.querySelectorAll('main *:not(a)').forEach(e =>"
            f" e.dispatchEvent(new Event('{event}')))"
        )
    assert page.evaluate("typeof window.owned") == "undefined"
    assert page.evaluate("document.scripts.length") == 1
    assert page.evaluate("document.querySelectorAll('img, iframe, [onerror]').length") == 0
    assert page.evaluate("document.body.textContent").count("<script>window.owned = 1</script>") > 9
    assert "{{ 7 * 7 }}" in page.evaluate("document.body.textContent")
    assert page.requested == [url]
    assert page.complaints == []


def test_the_policy_stops_even_a_script_that_got_into_the_page(
    browser: Browser, tmp_path: Path
) -> None:
    """Were the escaping to fail one day, the browser itself would still refuse."""
    report_of(Made(), tmp_path)
    path = tmp_path / "report.html"
    text = path.read_text("utf-8")
    attack = "<script>window.owned = 1</script><img src=x onerror='window.owned = 2'>"
    path.write_text(text.replace("<main", attack + "<main"), "utf-8")
    page = browser.page()
    page.open(path.as_uri())
    page.evaluate(FRAME)
    assert page.evaluate("typeof window.owned") == "undefined"
    assert len(page.complaints) >= 2


def test_a_report_of_3000_exchanges_is_small_and_opens_fast(
    browser: Browser, tmp_path: Path
) -> None:
    """The page stays under 5 MB and is there within two seconds, failures in full."""
    failing = dict.fromkeys(list(CATALOGUE.requirements)[:40], "no")
    url = report_of(Made(failed=failing, exchanges=3000, failures_each=5), tmp_path)
    assert (tmp_path / "report.html").stat().st_size < LARGEST_PAGE
    page = browser.page()
    page.open(url)
    timing = "performance.getEntriesByType('navigation')[0]"
    assert page.evaluate(f"{timing}.loadEventEnd") < LONGEST_LOAD
    assert page.evaluate("document.querySelectorAll('.exchanges tr').length") > 3000
