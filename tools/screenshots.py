"""Takes the screenshots in docs/: ``make screenshots``."""

from __future__ import annotations

import tempfile
from pathlib import Path

from selftest.support.browser import Browser
from selftest.support.suite_runs import judge_deviation

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
FAULTS = ("association-both-kept", "first-always-true", "stack-trace")
SETTLED = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


def main() -> None:
    """Run the suite against a conforming and a faulty server, and take pictures of the reports."""
    with tempfile.TemporaryDirectory() as folder, Browser() as browser:
        for name, faults in (("conformant", ()), ("non-conformant", FAULTS)):
            reports = Path(folder) / name
            judge_deviation(reports, "--seed", "1", faults=faults)
            url = (reports / "report.html").as_uri()
            page = browser.page(1280, 760)
            page.open(url)
            page.screenshot(IMAGES / f"{name}.png")
        page.evaluate("location.hash = '#finding-ASSOC-03'")
        page.evaluate(SETTLED)
        page.screenshot(IMAGES / "failure.png")
        page = browser.page(390, 760, dark=True)
        page.open(url)
        page.screenshot(IMAGES / "phone.png")


if __name__ == "__main__":
    main()
