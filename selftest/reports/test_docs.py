"""The documentation says what is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from selftest.support.sample_runs import CATALOGUE
from tools.options_page import PAGE as OPTIONS_PAGE
from tools.options_page import options_page
from tools.requirements_page import PAGE, catalogue_page

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = sorted(DOCS.glob("*.md"))
LARGEST_IMAGE = 200_000


def test_the_page_of_requirements_is_up_to_date() -> None:
    """It is made from the catalogue; `make docs` makes it again."""
    assert PAGE.read_text("utf-8") == catalogue_page(CATALOGUE), "run `make docs`"


def test_the_page_of_options_is_up_to_date() -> None:
    """It is made from the table of options and the schema of the target file."""
    assert OPTIONS_PAGE.read_text("utf-8") == options_page(), "run `make docs`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files_and_anchors_that_exist(page: Path) -> None:
    """Every relative link and image of a page has a target."""
    text = page.read_text("utf-8")
    links = [link for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]
    assert links
    for link in links:
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), link
        if anchor:
            assert f'<a id="{anchor}"></a>' in target.read_text("utf-8"), link


def test_requirements_that_the_pages_name_exist() -> None:
    """No page speaks of a requirement that is gone."""
    for page in PAGES:
        named = set(re.findall(r"\b[A-Z]{2,10}-\d{2}\b", page.read_text("utf-8")))
        assert named <= set(CATALOGUE.requirements), page.name


def test_images_are_small_and_all_in_use() -> None:
    """A screenshot that no page shows is litter."""
    shown = {
        name for p in PAGES for name in re.findall(r"\(images/([^)]+)\)", p.read_text("utf-8"))
    }
    images = {path.name for path in (DOCS / "images").iterdir()}
    assert images == shown
    assert all(path.stat().st_size < LARGEST_IMAGE for path in (DOCS / "images").iterdir())
