"""``summary.md``: the run in half a page, for the summary of a CI job."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from order_conformance.core.text import plural, printable, shortened
from order_conformance.judging.failure_message import failure_text
from order_conformance.results.failures import distinct

if TYPE_CHECKING:
    from order_conformance.results.record import RequirementResult, RunRecord

MOST_IN_FULL = 20
COLUMNS = {
    "passed": "passed",
    "failed": "failed",
    "warned": "warned",
    "waived": "waived",
    "cantTell": "not judged",
    "inapplicable": "n/a",
    "untested": "untested",
}


def write_markdown(run: RunRecord) -> str:
    """Return the summary; text from a server is never markup in it."""
    results = run.results
    facts = (
        f"{escaped(results['verdict_reason'])}. Target {_code(results['target']['base_url'])}, "
        f"profile {results['profile']}, seed {results['seed']}, "
        f"{plural(results['requests'], 'request')}, {results['seconds']:.1f} s."
    )
    lines = [
        f"## Order API: {results['verdict']}",
        "",
        facts,
        "",
        *_table(run),
        *_findings(run, "failed", "Failures"),
        *_findings(run, "warned", "Warnings"),
        *_findings(run, "waived", "Waived"),
        *_reasons(run),
    ]
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    """Return the text on one line, with every character escaped that Markdown or HTML uses."""
    line = shortened(printable(text))
    return re.sub(r"[!-/:-@\[-`{-~]", lambda found: f"&#{ord(found.group(0))};", line)


def _table(run: RunRecord) -> list[str]:
    used = [name for name in COLUMNS if run.counts()[name]]
    rows = ["| area | " + " | ".join(COLUMNS[name] for name in used) + " |"]
    rows.append("| --- |" + " ---: |" * len(used))
    for area, title in run.areas.items():
        counts = run.counts(area=area)
        numbers = " | ".join(str(counts[name] or "") for name in used)
        rows.append(f"| {area} {escaped(title)} | {numbers} |")
    return rows


def _findings(run: RunRecord, status: str, title: str) -> list[str]:
    found = run.with_status(status)
    if not found:
        return []
    lines = ["", f"### {title}"]
    for judged in found[:MOST_IN_FULL]:
        lines += ["", *_finding(judged)]
    if len(found) > MOST_IN_FULL:
        rest = ", ".join(judged.id for judged in found[MOST_IN_FULL:])
        lines += ["", f"and {rest}, in the full report."]
    return lines


def _finding(judged: RequirementResult) -> list[str]:
    lines = [f"**{judged.id}** {judged.level}: {escaped(judged.reason)}", f"<br>{judged.statement}"]
    if judged.waiver:
        lines.append(f"<br>Waived {escaped(judged.waiver)}")
    for failure, more in distinct(judged.failures)[:1]:
        text = failure_text(failure)
        fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
        title = "request, response, how to reproduce it"
        title += f" ({more} more like it)" if more else ""
        lines += [f"<details><summary>{title}</summary>", "", f"{fence}text", text, fence]
        lines += ["", "</details>"]
    return lines


def _reasons(run: RunRecord) -> list[str]:
    reasons: dict[str, list[str]] = {}
    for judged in run.with_status("cantTell", "untested"):
        reasons.setdefault(judged.reason, []).append(judged.id)
    if not reasons:
        return []
    lines = [f"- {', '.join(ids)}: {escaped(reason)}" for reason, ids in reasons.items()]
    return ["", "### What could not be judged", "", *lines]


def _code(text: str) -> str:
    return f"<code>{escaped(text)}</code>"
