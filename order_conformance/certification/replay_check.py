"""Compares what a replay says with what the run has said, requirement by requirement."""

from __future__ import annotations

import json
from contextlib import chdir
from itertools import zip_longest
from pathlib import Path
from typing import Any

from order_conformance.certification.errors import Refused
from order_conformance.certification.suite_process import judge_again
from order_conformance.core.exit_codes import UsageProblem
from order_conformance.core.text import printable, shortened
from order_conformance.recording.evidence import EVIDENCE
from order_conformance.recording.inputs import FILE_NAME as INPUTS
from order_conformance.recording.ledger import LEDGER
from order_conformance.results.document import FILE_NAME as RESULTS

NEW_EACH_TIME = frozenset({"started", "seconds"})
LONGEST = 300


def rejudge(folder: Path, requirement_set: str, reports: Path) -> None:
    """Replay a recorded run, and compare the results.

    Raises:
        Refused: the replay says something else, or sends other requests than were recorded.
    """
    folder, reports = folder.resolve(), reports.resolve()
    if requirement_set.endswith(".yaml"):
        requirement_set = str(Path(requirement_set).resolve())
    recorded = json.loads((folder / RESULTS).read_text(encoding="utf-8"))
    try:
        # From inside the folder, so that what is said of a file names it without a path.
        with chdir(folder):
            again = judge_again(Path(), requirement_set, reports)
    except UsageProblem as problem:
        raise Refused(f"it cannot be judged again: {problem}") from None
    if again["interrupted"]:
        raise Refused(again["verdict_reason"])
    _compare_results(recorded, again)
    _compare_lines(folder / LEDGER, reports / LEDGER)
    _compare_lines(folder / EVIDENCE, reports / EVIDENCE)
    if (folder / INPUTS).read_bytes() != (reports / INPUTS).read_bytes():
        raise Refused(f"{INPUTS} is not what a run writes")


def _compare_results(recorded: dict[str, Any], again: dict[str, Any]) -> None:
    for row, other in zip(recorded["requirements"], again["requirements"], strict=True):
        for name in dict.fromkeys([*other, *row]):
            if row.get(name) != other.get(name):
                raise Refused(
                    f"{other['id']}: judged again, its {name} is {_shown(other.get(name))}, "
                    f"not {_shown(row.get(name))}"
                )
    for name in dict.fromkeys([*again, *recorded]):
        if name not in NEW_EACH_TIME and recorded.get(name) != again.get(name):
            raise Refused(
                f"judged again, {name} is {_shown(again.get(name))}, "
                f"not {_shown(recorded.get(name))}"
            )


def _compare_lines(recorded: Path, again: Path) -> None:
    with recorded.open(encoding="utf-8") as ours, again.open(encoding="utf-8") as others:
        for number, (line, other) in enumerate(zip_longest(ours, others), 1):
            if line is None or other is None or _told(line) != _told(other):
                raise Refused(f"{recorded.name}: line {number} is not what the run writes there")


def _told(line: str) -> Any:
    """Return a line without times, and without measures of what was masked."""
    record = json.loads(line)
    record.pop("at", None)
    for holder in (record, *record.get("attempts", ())):
        response = holder.get("response", {})
        if response.get("redacted"):
            response.pop("body_bytes"), response.pop("body_digest")
    return record


def _shown(value: Any) -> str:
    return printable(shortened(json.dumps(value), LONGEST))
