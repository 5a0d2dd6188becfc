"""A finished run, read back from its folder: requirements with their outcomes, exchanges."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from order_conformance.core.exit_codes import UsageProblem
from order_conformance.core.redaction import Redactor
from order_conformance.core.text import shortened
from order_conformance.judging.findings import Failure
from order_conformance.recording.evidence import EVIDENCE
from order_conformance.recording.json_lines import read_lines
from order_conformance.requirements.catalogue import Catalogue, load_catalogue
from order_conformance.requirements.waivers import Waiver
from order_conformance.results.document import FILE_NAME, FORMAT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

# A failed SHOULD is shown apart from a failed MUST: it is a warning.
STATUSES = ("failed", "warned", "waived", "cantTell", "passed", "inapplicable", "untested")
MOST_KEPT = 32 * 1024 * 1024
"""Bytes of evidence that are kept in memory while the reports are written."""
LONGEST_VERSION = 40


@dataclass(frozen=True)
class RequirementResult:
    """One requirement and its outcome."""

    id: str
    level: str
    area: str
    operation: str
    statement: str
    source: str
    rationale: str
    outcome: str
    reason: str
    blame: str
    waiver: str
    tests: tuple[str, ...]
    failures: tuple[Failure, ...]

    @property
    def status(self) -> str:
        """The outcome, or ``waived`` or ``warned`` (a SHOULD) if it failed."""
        if self.waiver and self.outcome == "failed":
            return "waived"
        return "warned" if (self.outcome, self.level) == ("failed", "SHOULD") else self.outcome

    def keeps_from_conformant(self, *, strict: bool) -> bool:
        """Whether it is one of the reasons why the run does not end with exit code 0.

        The formats for machines show these in red, and no others.
        """
        if self.waiver:
            return False
        if self.level == "MUST":
            return self.outcome in {"failed", "cantTell", "untested"}
        return strict and self.outcome == "failed"


@dataclass(frozen=True)
class Span:
    """A period: from the first to the last response, and the seconds waited for responses."""

    first: datetime
    last: datetime
    waited: float


@dataclass(frozen=True)
class RunRecord:
    """A finished run, as its folder has it."""

    folder: Path
    results: dict[str, Any]
    catalogue: Catalogue
    redactor: Redactor

    @cached_property
    def requirements(self) -> tuple[RequirementResult, ...]:
        """Every requirement of the run, in the order of its catalogue."""
        return tuple(self._judged(row) for row in self.results["requirements"])

    @cached_property
    def same_catalogue(self) -> bool:
        """Whether the run was judged with the catalogue of this version."""
        return bool(self.results["suite"]["requirements_digest"] == self.catalogue.digest)

    @cached_property
    def cited(self) -> dict[str, list[str]]:
        """The ids of the exchanges that failures cite, each with the citing requirements."""
        cited: dict[str, list[str]] = {}
        for requirement in self.requirements:
            for failure in requirement.failures:
                for exchange in failure.evidence:
                    names = cited.setdefault(exchange, [])
                    if requirement.id not in names:
                        names.append(requirement.id)
        return cited

    @property
    def strict(self) -> bool:
        """Whether warnings fail the run."""
        return bool(self.results["strict"])

    @cached_property
    def began(self) -> datetime:
        """When the run started."""
        return datetime.fromisoformat(self.results["started"])

    @cached_property
    def spans(self) -> dict[str, Span]:
        """When each test sent its requests, and how long it waited for the responses."""
        spans: dict[str, Span] = {}
        for record in self.exchanges():
            test = record["id"].rpartition("#")[0]
            at = datetime.fromisoformat(record["at"])
            waited = record["response"]["seconds"] if "response" in record else 0.0
            known = spans.get(test)
            first = known.first if known else at
            spans[test] = Span(first, at, waited + (known.waited if known else 0.0))
        return spans

    def span(self, judged: RequirementResult) -> Span:
        """When a requirement was judged: if its tests sent nothing, when the run began."""
        found = [self.spans[test] for test in judged.tests if test in self.spans]
        if not found:
            return Span(self.began, self.began, 0.0)
        return Span(
            min(span.first for span in found),
            max(span.last for span in found),
            sum(span.waited for span in found),
        )

    @property
    def areas(self) -> dict[str, str]:
        """The areas of the run's requirements with their titles, in reading order."""
        found = dict.fromkeys(requirement.area for requirement in self.requirements)
        known = {k: v for k, v in self.catalogue.areas.items() if k in found}
        return {**known, **{area: area for area in found if area not in known}}

    def counts(self, *, level: str | None = None, area: str | None = None) -> Counter[str]:
        """Count the requirements by status, of one level or area or of all."""
        return Counter(
            requirement.status
            for requirement in self.requirements
            if level in {None, requirement.level} and area in {None, requirement.area}
        )

    def with_status(self, *statuses: str) -> list[RequirementResult]:
        """Return the requirements with one of these statuses."""
        return [requirement for requirement in self.requirements if requirement.status in statuses]

    def in_area(self, area: str) -> list[RequirementResult]:
        """Return the requirements of one area."""
        return [judged for judged in self.requirements if judged.area == area]

    def exchanges(self) -> Iterable[dict[str, Any]]:
        """Return the recorded exchanges, up to the first line that was cut off.

        Unless they are too large, they are read once for all reports.
        """
        path = self.folder / EVIDENCE
        if not path.exists():
            return []
        return self._read(path) if path.stat().st_size > MOST_KEPT else self._kept

    @cached_property
    def _kept(self) -> list[dict[str, Any]]:
        return list(self._read(self.folder / EVIDENCE))

    def _read(self, path: Path) -> Iterator[dict[str, Any]]:
        return map(self._masked, read_lines(path))

    def _masked(self, record: dict[str, Any]) -> dict[str, Any]:
        """Mask once more what others said; the suite's own words stay as they are."""
        for side in (record["request"], record.get("response") or {}):
            for name in {"body", "headers"} & side.keys():
                side[name] = self.redactor.value(side[name])
        if "failure" in record:
            record["failure"] = self.redactor.text(record["failure"])
        return record

    def url(self, raw_path: str) -> str:
        """Return the whole URL of a request's raw path."""
        # The raw path begins with the path of the base URL, if that has one.
        scheme, _, rest = str(self.results["target"]["base_url"]).partition("://")
        return f"{scheme}://{rest.partition('/')[0]}{raw_path}" if rest else raw_path

    def _judged(self, row: dict[str, Any]) -> RequirementResult:
        known = self.catalogue.requirements.get(row["id"])
        return RequirementResult(
            id=row["id"],
            level=row["level"],
            area=row["area"],
            operation=row["operation"],
            statement=row["statement"],
            source=known.source if known else "",
            rationale=known.rationale if known else "",
            outcome=row["outcome"],
            reason=self.redactor.text(row["reason"] or ""),
            blame=row["blame"] or "",
            waiver=_waiver_of(row),
            tests=tuple(dict.fromkeys(row["tests"])),
            failures=tuple(Failure.from_json(each, self.redactor) for each in row["failures"]),
        )


def _waiver_of(row: dict[str, Any]) -> str:
    """Return the waiver of a requirement in a line; empty if it has none."""
    told = row.get("waiver")
    if not told:
        return ""
    expires = date.fromisoformat(told["expires"])
    return str(Waiver(row["id"], told["reason"], told["owner"], expires, told["link"]))


def read_run(folder: Path, redactor: Redactor | None = None) -> RunRecord:
    """Read the folder of a finished run.

    Raises:
        UsageProblem: it holds no finished run, or one in another format.
    """
    path = folder / FILE_NAME
    redactor = redactor or Redactor([])
    try:
        results = json.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise UsageProblem(
            f"{path}: cannot be read ({problem.strerror}); name the folder of a finished run"
        ) from None
    except ValueError:
        raise UsageProblem(f"{path}: is not JSON; name the folder of a finished run") from None
    version = results.get("schema_version") if isinstance(results, dict) else None
    if version != FORMAT:
        raise UsageProblem(
            f"{path}: has schema version {shortened(repr(version), LONGEST_VERSION)}; this version "
            f"of the suite reads version {FORMAT} only: run the suite again"
        )
    results["dialect"] = redactor.value(results["dialect"])
    return RunRecord(folder, results, load_catalogue(), redactor)
