"""The review of the run-time dependencies, and the page that ``make docs`` writes from it."""

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

This page lists the packages that a run needs, why it needs them and what could replace them. The
versions are those in [requirements-runtime.lock](../requirements-runtime.lock), which pins every
file by its hash; the licences are taken from the packages' metadata. Packages that are only needed
to build or test the suite are in [requirements.lock](../requirements.lock) as well; they are not
part of a wheel or an image.
`make sbom` writes a bill of materials (CycloneDX).
"""


@dataclass(frozen=True)
class Review:
    """The result of the latest review of a dependency."""

    version: str
    released: str
    why: str
    instead: str


REVIEWS = {
    "allure-pytest": Review(
        "2.16.2",
        "2026-09",
        "Writes `allure-results/` with the Allure project's own model (allure-python-commons), and "
        "can record the suite's own tests as well (`--alluredir`).",
        "About 150 lines of our own, which would have to follow Allure's changes.",
    ),
    "click": Review(
        "8.5.1",
        "2026-11",
        "The `order-conformance` command. Schemathesis requires it anyway.",
        "argparse, with more code and without shell completion.",
    ),
    "harfile": Review(
        "0.6.0",
        "2026-10",
        "Writes `evidence.har`. Schemathesis requires it anyway.",
        "About 80 lines of our own: HAR is JSON.",
    ),
    "httpx": Review(
        "0.28.1",
        "2024-12",
        "Sends every request: time-outs, TLS, proxies, raw paths. No other dependency has been "
        "without a release for so long; watch it.",
        "niquests or aiohttp; only order_conformance/http/transport.py would change.",
    ),
    "hypothesis": Review(
        "6.170.15",
        "2026-11",
        "Generates requests, and shrinks those that fail. Schemathesis is built on it.",
        "Nothing comparable.",
    ),
    "jsonschema": Review(
        "4.26.0",
        "2026-01",
        "Validates responses and target files; its messages name the place of a mistake.",
        "jsonschema-rs, which Schemathesis requires anyway; its messages were not evaluated.",
    ),
    "pytest": Review(
        "9.2.0",
        "2026-10",
        "Collects and runs the tests, with fixtures that are set up once and used by many tests.",
        "Nothing that is equally well known.",
    ),
    "pytest-xdist": Review(
        "3.8.0",
        "2025-07",
        "Runs shards in parallel (`-n`).",
        "Our own processes and `order-conformance merge`, without joint progress in the terminal.",
    ),
    "jinja2": Review(
        "3.1.6",
        "2025-03",
        "Renders `report.html`; escapes everything that came from a server by default.",
        "Nothing that we would trust more with hostile text.",
    ),
    "pyyaml": Review(
        "6.0.3",
        "2025-09",
        "Reads the requirements and the contract (with `safe_load` only).",
        "ruamel.yaml, or both files as JSON or TOML.",
    ),
    "schemathesis": Review(
        "4.32.5",
        "2026-10",
        "Generates requests from the contract, and checks responses against it. It pulls in more "
        "packages than all others together.",
        "Our own strategies for what the contract allows and forbids.",
    ),
    "rfc8785": Review(
        "0.1.4",
        "2024-09",
        "Writes canonical JSON, from which the digests in a certificate are computed.",
        "About 100 lines of our own; formatting numbers is the hard part.",
    ),
    "securesystemslib": Review(
        "1.6.0",
        "2026-10",
        "Signs and verifies certificates: DSSE envelopes, as in in-toto and TUF.",
        "cryptography, and our own code for the envelope.",
    ),
    "starlette": Review(
        "1.10.0",
        "2026-10",
        "The embedded reference server.",
        "Any other small web framework.",
    ),
    "uvicorn": Review(
        "0.54.0",
        "2026-09",
        "Serves the embedded reference server.",
        "hypercorn or granian.",
    ),
}


def declared() -> list[str]:
    """Return the run-time dependencies that pyproject.toml declares, in its order."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [re.split(r"[\[>]", requirement)[0] for requirement in project["dependencies"]]


def licence_of(name: str) -> str:
    """Return the licence of a package; empty if it is not installed on this system."""
    try:
        said = metadata(name)
    except PackageNotFoundError:
        return ""
    named = [*said.get_all("License-Expression", []), *said.get_all("License", [])]
    classifiers = said.get_all("Classifier", [])
    named += [c.rpartition(" :: ")[2] for c in classifiers if c.startswith("License :: ")]
    # Some packages put the whole text of the licence there.
    return next((words for words in named if 0 < len(words) <= LONGEST_LICENCE), "")


def dependencies_page() -> str:
    """Return the page: the reviews, then the transitive dependencies."""
    locked = read_lock(RUN_TIME)
    direct = declared()
    parts = [INTRODUCTION, f"\n## Direct dependencies ({len(direct)})\n"]
    for name in direct:
        review = REVIEWS[name]
        parts.append(
            f"\n### {name}\n\n{review.why}\n\n"
            f"- *Licence:* {licence_of(name)}\n"
            f"- *Version:* {locked[name].version}, of {review.released}\n"
            f"- *Pulls in:* {', '.join(pulled_in(name, locked)) or 'nothing'}\n"
            f"- *Alternative:* {review.instead}\n"
        )
    others = sorted(locked.keys() - set(direct))
    parts.append(f"\n## Transitive dependencies ({len(others)})\n\n| package | version | licence |")
    parts.append(" needed by |\n|---|---|---|---|\n")
    for name in others:
        licence = licence_of(name) or "(other systems only)"
        needed_by = ", ".join(locked[name].brought_by)
        parts.append(f"| {name} | {locked[name].version} | {licence} | {needed_by} |\n")
    return "".join(parts)


def pulled_in(name: str, locked: dict[str, Locked]) -> list[str]:
    """Return the packages that only this dependency needs, directly or indirectly."""
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
