"""Renders pages for people; each is one file that needs no other.

Text from a server is shown as text only: the templates escape it, and the Content-Security-Policy
allows no script except the one whose hash it names.
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from order_conformance.core.paths import PACKAGE
from order_conformance.core.text import plural, printable

if TYPE_CHECKING:
    from pathlib import Path

FILES = PACKAGE / "reports" / "page"

WORDS = {
    "passed": "passed",
    "failed": "failed",
    "warned": "warned",
    "waived": "waived",
    "cantTell": "could not be judged",
    "inapplicable": "does not apply",
    "untested": "not tested",
}
SIGNS = {
    "failed": "\u00d7",
    "warned": "!",
    "waived": "~",
    "cantTell": "?",
    "inapplicable": "\u2013",
    "untested": "\u00b7",
}
VERDICT_CLASSES = {"conformant": "passed", "non-conformant": "failed"}


def render(template: str, styles: list[str], script: str = "", **context: Any) -> str:
    """Return the page that a template makes, with its styles and its script inside."""
    style = "".join((FILES / name).read_text(encoding="utf-8") for name in styles)
    code = (FILES / script).read_text(encoding="utf-8") if script else ""
    return (
        page_environment(FILES)
        .get_template(template)
        .render(
            **context,
            words=WORDS,
            signs=SIGNS,
            plural=plural,
            style=style,
            script=code,
            policy=policy(style, code),
        )
    )


def page_environment(folder: Path) -> Environment:
    """Return the environment of the templates: it escapes every value."""
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["printable"] = printable
    environment.filters["sentence"] = _sentence
    return environment


def policy(style: str, script: str = "") -> str:
    """Return the Content-Security-Policy of a page with one style and at most one script."""
    allowed = f"'{_digest(script)}'" if script else "'none'"
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src {allowed}; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
    )


def verdict_class(verdict: str) -> str:
    """Return the name of the colour of a verdict."""
    return VERDICT_CLASSES.get(verdict, "cantTell")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
