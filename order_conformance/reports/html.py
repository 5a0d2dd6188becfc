"""``report.html``: the findings of one run, for people."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from order_conformance.core.text import plural, printable
from order_conformance.reports.bodies import Block, lay_out
from order_conformance.reports.evidence_list import EvidenceRow, listed, milliseconds
from order_conformance.reports.rendering import render, verdict_class
from order_conformance.results.failures import distinct
from order_conformance.results.record import STATUSES, RequirementResult, RunRecord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from order_conformance.judging.findings import Failure

# The size of the page: bodies that failures cite first, then a line or two of every exchange.
CITED_BUDGET = 2_000_000
LONGEST_CITED = 40_000
LISTED_BUDGET = 1_500_000
LISTED_OVERHEAD = 260
LISTED_TEXTS = (60, 400)
MOST_LISTED = 4_000
MOST_LISTED_A_TEST = 10
MOST_SHOWN = 4

BLAMES = {
    "server": "the server",
    "guide": "nothing, the guide only recommends it",
    "environment": "the environment, not the server",
    "suite": "the suite itself, not the server",
}


@dataclass(frozen=True)
class Side:
    """A request or a response as a failure shows it."""

    first_line: str
    headers: str
    blocks: list[Block]
    note: str = ""


@dataclass(frozen=True)
class CitedExchange:
    """An exchange that a failure cites, in full."""

    number: int
    id: str
    sent: Side
    got: Side


@dataclass(frozen=True)
class Finding:
    """A failure, how many more are like it, and its exchanges."""

    failure: Failure
    more: int
    exchanges: list[CitedExchange]
    left_out: int


def write_html(run: RunRecord) -> str:
    """Return the whole page."""
    return render("report.html.jinja", ["report.css"], "report.js", **_Page(run).context())


class _Page:
    """Everything that the template needs, collected in two passes over the run."""

    def __init__(self, run: RunRecord) -> None:
        self.run = run
        self.numbers: dict[str, int] = {}
        self.by_test: dict[str, list[EvidenceRow]] = {}
        self.left_out: Counter[str] = Counter()
        self._cited: dict[str, dict[str, Any]] = {}
        self._budget = CITED_BUDGET
        self._read()

    def context(self) -> dict[str, Any]:
        run, results = self.run, self.run.results
        return {
            "results": results,
            "verdict_class": verdict_class(results["verdict"]),
            "facts": self._facts(),
            "levels": [(level, run.counts(level=level)) for level in ("MUST", "SHOULD")],
            "areas": [
                (
                    area,
                    title,
                    run.counts(area=area),
                    [j for j in run.requirements if j.area == area],
                )
                for area, title in run.areas.items()
            ],
            "dialect": _dialect(results["dialect"]),
            "failed": [(judged, self._findings(judged)) for judged in run.with_status("failed")],
            "warned": [(judged, self._findings(judged)) for judged in run.with_status("warned")],
            "waived": [(judged, self._findings(judged)) for judged in run.with_status("waived")],
            "unjudged": _by_reason(run.with_status("cantTell")),
            "untested": _by_reason(run.with_status("untested")),
            "inapplicable": _by_reason(run.with_status("inapplicable")),
            "guesses": {
                requirement: each["guesses"]
                for each in results.get("guesses", ())
                for requirement in each["requirements"]
            },
            "requirements": run.requirements,
            "same_catalogue": run.same_catalogue,
            "tests": self.by_test,
            "test_numbers": {test: n for n, test in enumerate(self.by_test, 1)},
            "numbers": self.numbers,
            "left_out": self.left_out,
            "statuses": STATUSES,
            "blames": BLAMES,
            "total": len(run.requirements),
            "exchange_count": len(self.numbers),
        }

    def _read(self) -> None:
        """Keep the cited exchanges in full and a few words of every other."""
        total = sum(1 for _ in self.run.exchanges())
        longest = min(LISTED_TEXTS[1], LISTED_BUDGET // max(total, 1) - LISTED_OVERHEAD)
        longest = max(LISTED_TEXTS[0], longest) // 2
        for number, record in enumerate(self.run.exchanges(), 1):
            test, _, step = record["id"].rpartition("#")
            if record["id"] in self.run.cited:
                self._cited[record["id"]] = record
            rows = self.by_test.setdefault(test or "before the first test", [])
            crowded = total > MOST_LISTED and len(rows) >= MOST_LISTED_A_TEST
            if crowded and record["id"] not in self.run.cited:
                self.left_out[test] += 1
                continue
            self.numbers[record["id"]] = number
            rows.append(listed(number, step, record, longest))

    def _facts(self) -> list[tuple[str, str]]:
        results = self.run.results
        target = results["target"]
        address = target["base_url"] + (target.get("path_prefix") or "")
        key = "with an API key" if target.get("has_key") else "without an API key"
        mode = ", read-only" if target.get("read_only") else ""
        strict = ", strict" if results["strict"] else ""
        return [
            ("Target", f"{address} ({key}{mode})"),
            ("Run", f"{_day(results['started'])}, {results['seconds']:.1f} s"),
            ("Sent", f"{plural(results['requests'], 'request')}"),
            ("Left there", plural(results["remaining"]["orders"], "order")),
            ("Profile", f"{results['profile']}{strict}, seed {results['seed']}"),
            ("Suite", results["suite"]["version"]),
        ]

    def _findings(self, judged: RequirementResult) -> list[Finding]:
        findings = []
        for failure, more in distinct(judged.failures):
            found = [self._cited[i] for i in failure.evidence if i in self._cited][-MOST_SHOWN:]
            exchanges = [
                self._show(record, failure.pointers if record is found[-1] else ())
                for record in found
            ]
            findings.append(
                Finding(failure, more, exchanges, len(failure.evidence) - len(exchanges))
            )
        return findings

    def _show(self, record: dict[str, Any], pointers: Sequence[str]) -> CitedExchange:
        request, response = record["request"], record.get("response")
        sent = self._side(f"{request['method']} {request['path']}", request, pointers)
        if response is None:
            got = Side("no usable response", "", lay_out(record.get("failure", "")))
        else:
            got = self._side(
                f"{response['status']} in {milliseconds(response)}", response, pointers
            )
        return CitedExchange(self.numbers.get(record["id"], 0), record["id"], sent, got)

    def _side(self, first_line: str, message: dict[str, Any], pointers: Sequence[str]) -> Side:
        headers = [f"{name}: {value}" for name, value in message["headers"]]
        if message.get("with_key") is False:
            headers.append("(the API key was left out)")
        body = message["body"]
        allowed = min(LONGEST_CITED, max(2_000, self._budget))
        note = ""
        if body is not None and len(body) > allowed:
            note = f"{len(body):,} characters, cut here; all of them are in evidence.jsonl"
            body = body[:allowed]
        self._budget -= len(body or "")
        blocks = lay_out(body, pointers) if body else []
        return Side(printable(first_line), printable("\n".join(headers)), blocks, note)


def _by_reason(rows: list[RequirementResult]) -> list[tuple[str, str, list[RequirementResult]]]:
    reasons: dict[tuple[str, str], list[RequirementResult]] = {}
    for judged in rows:
        reasons.setdefault((judged.reason, judged.blame), []).append(judged)
    return [(reason, blame, found) for (reason, blame), found in reasons.items()]


def _dialect(dialect: dict[str, Any]) -> list[tuple[str, str]]:
    return [(name.replace("_", " "), _plain(value)) for name, value in dialect.items()]


def _plain(value: Any) -> str:
    match value:
        case dict():
            words = [f"{name.replace('_', ' ')} {_plain(item)}" for name, item in value.items()]
            return "; ".join(words)
        case list():
            return " or ".join(_plain(item) for item in value) or "[]"
        case str():
            return value
        case _:
            return json.dumps(value)


def _day(started: str) -> str:
    return datetime.fromisoformat(started).strftime("%Y-%m-%d %H:%M:%S %Z")
