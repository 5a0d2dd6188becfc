"""The badge and the certificate: a verified bundle on a page, and in a line."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from order_conformance.reports.rendering import WORDS, render

if TYPE_CHECKING:
    from order_conformance.certification.verify import Certificate

TITLES = {
    "PASSED": "Conformant",
    "WARNED": "Conformant, with warnings",
    "FAILED": "Non-conformant",
}
COLOURS = {"PASSED": "#22703f", "WARNED": "#8f5600", "FAILED": "#b3261e"}
BADGE_NAME = "Order API"
LETTER, PADDING = 7, 12
"""Width of a letter on the badge and of the space around a text, in pixels."""


def write_certificate(certificate: Certificate) -> str:
    """Return the page of a certificate; it needs no other file and runs no script."""
    results, predicate = certificate.results, certificate.statement["predicate"]
    return render(
        "certificate.html.jinja",
        ["certificate.css"],
        requirement_set=certificate.manifest["set"]["name"],
        result=predicate["result"],
        title=TITLES[predicate["result"]],
        reason=results["verdict_reason"],
        facts=_facts(certificate),
        levels=list(results["summary"].items()),
        outcomes=list(results["summary"]["MUST"]),
        lists=_lists(results),
    )


def write_badge(certificate: Certificate) -> str:
    """Return the badge of a certificate, a small SVG picture."""
    result = certificate.statement["predicate"]["result"]
    words = f"{TITLES[result].lower()} {certificate.manifest['set']['name']}"
    return render(
        "badge.svg.jinja",
        [],
        name=BADGE_NAME,
        line=words,
        digest=f"sha256:{certificate.digest}",
        colour=COLOURS[result],
        left=len(BADGE_NAME) * LETTER + PADDING,
        right=len(words) * LETTER + PADDING,
    )


def _facts(certificate: Certificate) -> list[tuple[str, str, bool]]:
    """Return what the page states: name, value, and whether it is for machines."""
    results, manifest = certificate.results, certificate.manifest
    started = datetime.fromisoformat(results["started"]).strftime("%Y-%m-%d %H:%M %Z")
    return [
        ("Target", certificate.statement["subject"][0]["name"], False),
        ("Judged", f"{started} (as the signer says)", False),
        ("Nonce", manifest["nonce"], True),
        ("Suite", manifest["suite"]["version"], False),
        ("Code of the suite", manifest["suite"]["code"], True),
        ("Requirement set", manifest["set"]["digest"], True),
        ("Bundle", f"sha256:{certificate.digest}", True),
        ("Signed with the key", certificate.key_id, True),
    ]


def _lists(results: dict[str, Any]) -> list[tuple[str, str, list[str]]]:
    """Return the requirements that did not pass: what became of them, why, and their ids."""
    lists: dict[tuple[str, str], list[str]] = {}
    for outcome in ("failed", "cantTell", "inapplicable"):
        for row in results["requirements"]:
            if row["outcome"] == outcome:
                title = WORDS[outcome].capitalize()
                lists.setdefault((title, row["reason"] or ""), []).append(row["id"])
    return [(title, reason, ids) for (title, reason), ids in lists.items()]
