"""The review of the run-time dependencies: ``make docs`` writes ``docs/dependencies.md`` of it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata

from selftest.support.lock_files import ROOT, RUN_TIME, Locked, read_lock

PAGE = ROOT / "docs" / "dependencies.md"
LONGEST_LICENCE = 40
INTRODUCTION = """\
<!-- Made by `make docs` from tools/dependencies_page.py, the lock and the metadata. -->
# Run-time dependencies

What a run needs, why, and what would take its place. Versions are those of
[requirements-runtime.lock](../requirements-runtime.lock), which pins every file by its hash;
licences are what the packages say of themselves. What only builds or tests the suite is in
[requirements.lock](../requirements.lock) besides, and is not part of a wheel or an image.
`make sbom` writes all of this for machines (CycloneDX).
"""


@dataclass(frozen=True)
class Review:
    """What was found when somebody last looked at a dependency."""

    version: str
    released: str
    why: str
    instead: str


REVIEWS = {
    "allure-pytest": Review(
        "2.16.2",
        "2026-09",
        "Brings the model and the writer of `allure-results/` (allure-python-commons), by those "
        "who read them; and can record the suite's own tests (`-p allure_pytest --alluredir DIR`).",
        "Some 150 lines of our own, to be kept in step with Allure.",
    ),
    "click": Review(
        "8.5.1",
        "2026-11",
        "The `order-conformance` command. Schemathesis brings it anyway.",
        "argparse, without completion in the shell and with more code.",
    ),
    "harfile": Review(
        "0.6.0",
        "2026-10",
        "Writes `evidence.har`. Schemathesis brings it anyway.",
        "Some 80 lines of our own: HAR is JSON.",
    ),
    "httpx": Review(
        "0.28.1",
        "2024-12",
        "Every request goes out through it: time-outs, TLS, proxies, raw paths. The oldest release "
        "of all: the one to watch.",
        "niquests or aiohttp, at the one place that sends: order_conformance/http/transport.py.",
    ),
    "hypothesis": Review(
        "6.170.15",
        "2026-11",
        "Generates and shrinks what is sent. Schemathesis is built on it.",
        "Nothing of its kind.",
    ),
    "jsonschema": Review(
        "4.26.0",
        "2026-01",
        "Holds answers against the contract, and target files against their schema, with messages "
        "that say where.",
        "jsonschema-rs, which Schemathesis brings anyway; its messages were not tried.",
    ),
    "pytest": Review(
        "9.2.0",
        "2026-10",
        "Collects and runs the tests, with fixtures that are prepared once and judged often.",
        "Nothing that people know as well.",
    ),
    "pytest-xdist": Review(
        "3.8.0",
        "2025-07",
        "Shards side by side (`-n`).",
        "Processes of our own and `order-conformance merge`, without progress in one terminal.",
    ),
    "jinja2": Review(
        "3.1.6",
        "2025-03",
        "`report.html`: a template in which everything that a server said is escaped by default.",
        "Nothing that we would trust more with hostile text.",
    ),
    "pyyaml": Review(
        "6.0.3",
        "2025-09",
        "Reads the catalogue and the contract (`safe_load` alone).",
        "ruamel.yaml, or both files as JSON or TOML.",
    ),
    "schemathesis": Review(
        "4.32.5",
        "2026-10",
        "Generates requests from the contract, and judges answers by it. It brings more along than "
        "all others together.",
        "Strategies of our own for what the contract allows and forbids.",
    ),
    "rfc8785": Review(
        "0.1.4",
        "2024-09",
        "Canonical JSON, of which the digests in a certificate are taken. It needs nothing else.",
        "Some 100 lines of our own; numbers are what is hard about it.",
    ),
    "securesystemslib": Review(
        "1.6.0",
        "2026-10",
        "Signs certificates, and verifies them: DSSE envelopes, as in-toto and TUF use them.",
        "cryptography alone, and the envelope by ourselves.",
    ),
    "starlette": Review(
        "1.10.0",
        "2026-10",
        "The embedded reference server.",
        "Any other framework for small servers.",
    ),
    "uvicorn": Review(
        "0.54.0",
        "2026-09",
        "Serves the embedded reference server.",
        "hypercorn or granian.",
    ),
}


def declared() -> list[str]:
    """Return the names of the run-time dependencies that pyproject.toml declares, in its order."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [each for extra in project["optional-dependencies"].values() for each in extra]
    return [re.split(r"[\[>]", each)[0] for each in [*project["dependencies"], *extras]]


def licence_of(name: str) -> str:
    """Return the licence that a package names; empty if it is not for this system."""
    try:
        said = metadata(name)
    except PackageNotFoundError:
        return ""
    named = [*said.get_all("License-Expression", []), *said.get_all("License", [])]
    classifiers = said.get_all("Classifier", [])
    named += [c.rpartition(" :: ")[2] for c in classifiers if c.startswith("License :: ")]
    # Some packages put the whole text of their licence there.
    return next((words for words in named if 0 < len(words) <= LONGEST_LICENCE), "")


def dependencies_page() -> str:
    """Return the page: the review of each, then what comes along with them."""
    locked = read_lock(RUN_TIME)
    direct = declared()
    parts = [INTRODUCTION, f"\n## The {len(direct)} that are chosen\n"]
    for name in direct:
        review = REVIEWS[name]
        parts.append(
            f"\n### {name}\n\n{review.why}\n\n"
            f"- *Licence:* {licence_of(name)}\n"
            f"- *Version:* {locked[name].version}, of {review.released}\n"
            f"- *Brings along:* {', '.join(brought_along(name, locked)) or 'nothing'}\n"
            f"- *Instead:* {review.instead}\n"
        )
    others = sorted(locked.keys() - set(direct))
    parts.append(f"\n## And {len(others)} that come along\n\n| package | version | licence |")
    parts.append(" needed by |\n|---|---|---|---|\n")
    for name in others:
        licence = licence_of(name) or "(on other systems only)"
        needed_by = ", ".join(locked[name].brought_by)
        parts.append(f"| {name} | {locked[name].version} | {licence} | {needed_by} |\n")
    return "".join(parts)


def brought_along(name: str, locked: dict[str, Locked]) -> list[str]:
    """Return what would be gone without a dependency, as nothing else needs it."""
    gone = {name}
    roots = set(declared())
    while True:
        more = {
            other
            for other, entry in locked.items()
            if other not in gone | roots and set(entry.brought_by) <= gone
        }
        if not more:
            return sorted(gone - {name})
        gone |= more


if __name__ == "__main__":
    PAGE.write_text(dependencies_page(), encoding="utf-8")
