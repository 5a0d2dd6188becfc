"""Runs that never happened, written by the engine's own writers."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from order_conformance.core.redaction import Redactor
from order_conformance.core.vocabulary import Blame, Outcome
from order_conformance.http.exchange import Exchange, Request, Response
from order_conformance.judging.failure_message import describe
from order_conformance.judging.findings import NonConformance, TestOutcome
from order_conformance.judging.verdict import judge
from order_conformance.recording.evidence import EvidenceLog
from order_conformance.requirements.catalogue import load_catalogue
from order_conformance.results.diagnosis import with_guesses
from order_conformance.results.document import RunFacts, build_results, write_results
from order_conformance.target.model import Target

if TYPE_CHECKING:
    from pathlib import Path

CATALOGUE = load_catalogue()
TARGET = Target("http://127.0.0.1:9/base", api_key="k" * 20)
LONG_ORDER = {"id": 17, "patient": {"id": 1, "firstName": "x" * 3000}, "site": {"id": 2}}

# What a hostile server could say: markup, scripts, templates, the ends of formats, terminal
# escapes, workflow commands, characters that XML has no place for.
_LINES = (
    "<script>window.owned = 1</script>",
    "</script><script>window.owned = 2</script>",
    '"><img src="http://127.0.0.1:9/leak" onerror="window.owned = 3">',
    "' onmouseover='window.owned = 4",
    '<a href="javascript:window.owned = 5">x</a>',
    "</style></title></textarea></details><iframe src='http://127.0.0.1:9/frame'></iframe>",
    "{{ 7 * 7 }}{% raw %}${7*7}",
    "]]>",
    "-->",
    "\x1b[31mred\x1b[0m\x07",
    "::error::owned",
    "##[error]owned",
    "\u202eright to left",
    "\x00\ufffe\ud800",
    "![x](http://127.0.0.1:9/image) @someone `x` | y |",
)
HOSTILE = "\n".join(_LINES)


@dataclass
class Made:
    """A run that never happened: what became of its requirements."""

    failed: dict[str, str] = field(default_factory=dict)
    """Requirements that failed, each with what the server said."""
    cant_tell: dict[str, str] = field(default_factory=dict)
    inapplicable: dict[str, str] = field(default_factory=dict)
    untested: frozenset[str] = frozenset()
    dialect: dict[str, Any] = field(default_factory=dict)
    exchanges: int = 3
    failures_each: int = 1
    strict: bool = False
    interrupted: str = ""

    def write(self, folder: Path) -> Path:
        """Write results and evidence, and return the folder."""
        folder.mkdir(parents=True, exist_ok=True)
        redactor = Redactor([TARGET.api_key or ""])
        evidence = EvidenceLog(folder / "evidence.jsonl", redactor)
        tests: list[TestOutcome] = []
        for requirement in CATALOGUE.requirements.values():
            if requirement.id in self.untested:
                continue
            test = f"tests/test_made.py::test_{requirement.id}"
            times = self.failures_each if requirement.id in self.failed else 1
            tests += [
                self._outcome(requirement.id, f"{test}[{number}]", evidence, redactor)
                for number in range(times)
            ]
        for number in range(self.exchanges):
            made = _exchange(f"tests/test_made.py::test_others[{number % 200}]#{number}", "fine")
            evidence.answered(made)
        evidence.unanswered("tests/test_made.py::test_gone#1", Request("GET", "/x"), HOSTILE)
        evidence.close()
        judgement = judge(CATALOGUE, tests, strict=self.strict, interrupted=self.interrupted)
        facts = RunFacts(
            target=TARGET,
            profile="gate",
            strict=self.strict,
            seed=1,
            started="2026-03-01T12:00:00.000+00:00",
            seconds=2.5,
            requests=self.exchanges,
            orders_created=3,
            dialect=self.dialect,
        )
        results = with_guesses(build_results(judgement, CATALOGUE, facts))
        write_results(results, folder, redactor)
        return folder

    def _outcome(
        self, identifier: str, test: str, evidence: EvidenceLog, redactor: Redactor
    ) -> TestOutcome:
        requirement = CATALOGUE[identifier]
        if identifier in self.cant_tell:
            reason = self.cant_tell[identifier]
            return TestOutcome(test, identifier, Outcome.CANT_TELL, reason, Blame.ENVIRONMENT)
        if identifier in self.inapplicable:
            return TestOutcome(
                test, identifier, Outcome.INAPPLICABLE, self.inapplicable[identifier]
            )
        if identifier not in self.failed:
            return TestOutcome(test, identifier, Outcome.PASSED)
        said = self.failed[identifier]
        exchange = _exchange(f"{test}#1", said)
        evidence.answered(exchange)
        problem = NonConformance(
            f"the server said {said}",
            [exchange],
            expected="`patient` alone",
            notice=f"see {said}",
            pointers=["/patient"],
        )
        failure = describe(problem, test, requirement, TARGET, redactor)
        return TestOutcome(test, identifier, Outcome.FAILED, failure.title, failure.blame, failure)


def _exchange(identifier: str, said: str) -> Exchange:
    order = json.dumps({**LONG_ORDER, "note": said}).encode()
    raw = said.encode("utf-8", "surrogatepass")
    return Exchange(
        identifier,
        Request("POST", "/base/api/v3/order?q=%3Cb%3E", (("Accept", "application/json"),), order),
        Response(200, (("content-type", "text/html"), ("x-said", said[:200])), raw + order, 0.002),
    )


EVERY_STATUS = Made(
    failed={"ASSOC-03": "no", "LIST-03": "no", "CONTENT-13": "well", "PROTO-11": "well"},
    cant_tell={"AUTH-01": "the target was gone", "AUTH-06": "the target was gone"},
    inapplicable={"SHIP-03": "the target file lists no shipping_options"},
    untested=frozenset({"SCHEMA-06"}),
    dialect={"create_status": 201},
    failures_each=3,
)
