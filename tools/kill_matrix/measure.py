"""Runs the suite against every known fault: ``make kill-matrix`` writes the results."""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from order_conformance.results.diagnosis import KNOWN_FAULTS, diagnose, load_known_faults, marks_of
from selftest.support.cases import FAULTS, SINGLE_FAULTS, Case
from selftest.support.expected import disagreement
from selftest.support.fork_server import SEED
from selftest.support.run_pool import Pool
from tools.kill_matrix.page import PAGE, PICTURE, matrix_page, matrix_picture

if TYPE_CHECKING:
    from collections.abc import Iterable

    from selftest.support.suite_runs import SuiteRun

TWIN = "spring"
"""The conforming server on which every fault is judged again, to be guessed from that run."""


def main() -> int:
    """Write ``spec/known-faults.json`` and the pages; return 1 if a run ended unexpectedly."""
    with tempfile.TemporaryDirectory() as folder, Pool(Path(folder)) as pool:
        alone = {case: pool.judge(case, SEED) for case in SINGLE_FAULTS}
        on_twin = {case: pool.judge(case, SEED) for case in on_the_twin()}
        runs = {case: run.result() for case, run in alone.items()}
        wrong = {case: problem for case in runs if (problem := disagreement(case, runs[case]))}
        for case, problem in wrong.items():
            print(f"{case.name}: {problem}", file=sys.stderr)
        if wrong:
            return 1
        known = {"faults": {case.faults[0]: what_is_known(case, run) for case, run in runs.items()}}
        write(known)
        load_known_faults.cache_clear()
        known["guessing"] = guessing((case, run.result()) for case, run in on_twin.items())
        write(known)
    return 0


def write(known: dict[str, Any]) -> None:
    """Write the known faults, one on each line, and the pages."""
    faults = ",\n".join(
        f"  {json.dumps(name)}: {json.dumps(fault, ensure_ascii=False)}"
        for name, fault in known["faults"].items()
    )
    guesses = json.dumps(known.get("guessing", {}))
    text = f'{{\n "guessing": {guesses},\n "faults": {{\n{faults}\n }}\n}}\n'
    KNOWN_FAULTS.write_text(text, encoding="utf-8")
    if "guessing" in known:
        PAGE.write_text(matrix_page(known), encoding="utf-8")
        PICTURE.write_text(matrix_picture(known), encoding="utf-8")


def what_is_known(case: Case, run: SuiteRun) -> dict[str, Any]:
    """Return what the run against a fault showed."""
    fault = FAULTS[case.faults[0]]
    return {
        "does": fault.summary,
        "category": fault.category,
        "level": fault.level,
        "breaks": list(fault.breaks),
        "failed": sorted(run.failed()),
        "first_seen": first_seen(run, fault.breaks),
        "marks": [list(vars(mark).values()) for mark in sorted(marks_of(run.requirements))],
    }


def first_seen(run: SuiteRun, breaks: Iterable[str]) -> int:
    """Return after how many requests the first failure of a broken requirement was proven."""
    lines = (run.reports / "evidence.jsonl").read_text("utf-8").splitlines()
    places = {json.loads(line)["id"]: place for place, line in enumerate(lines, 1)}
    return min(
        max(places[exchange] for exchange in failure["evidence"])
        for row in run.requirements
        if row["id"] in set(breaks)
        for failure in row["failures"]
    )


def on_the_twin() -> list[Case]:
    """Return every fault, on the twin of this measurement."""
    return [Case(twins=(TWIN,), faults=case.faults) for case in SINGLE_FAULTS]


def place_of_the_right_guess(case: Case, run: SuiteRun) -> int | None:
    """Return the place of the fault among the guesses of a run; None if it is not among them."""
    for diagnosis in diagnose(run.requirements):
        names = [guess.name for guess in diagnosis.guesses]
        if case.faults[0] in names:
            return names.index(case.faults[0]) + 1
    return None


def guessing(runs: Iterable[tuple[Case, SuiteRun]]) -> dict[str, Any]:
    """Return how often the right fault is the first guess, and among the first three."""
    places = Counter(place_of_the_right_guess(case, run) for case, run in runs)
    among = sum(count for place, count in places.items() if place is not None)
    return {"twin": TWIN, "faults": places.total(), "first": places[1], "first_three": among}


if __name__ == "__main__":
    sys.exit(main())
