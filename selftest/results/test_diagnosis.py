"""Guesses: right where a run resembles a known fault, silent where it resembles none."""

from __future__ import annotations

from typing import Any

from order_conformance.reports.terminal import guess_lines
from order_conformance.results.diagnosis import (
    KnownFault,
    Mark,
    diagnose,
    load_known_faults,
    marks_of,
)

LATE = Mark("LIST-04", "test_last[size 3]", "`last` is false", 200)
LATER = Mark("LIST-04", "test_last[size 2]", "`last` is false", 200)
TOTAL = Mark("LIST-06", "test_total", "`total` is wrong", 200)
BOTH = Mark("ASSOC-03", "test_both", "the server accepted an order", 201)
KNOWN = [
    KnownFault("last-off-by-one", "Counts pages from one.", frozenset({LATE})),
    KnownFault("last-never", "Never says that it is the last.", frozenset({LATE, LATER})),
    KnownFault("total-cached", "Caches the total.", frozenset({TOTAL, LATE})),
    KnownFault("both-kept", "Keeps both.", frozenset({BOTH})),
]


def failing(*marks: Mark) -> list[dict[str, Any]]:
    """Return requirements as in results.json that fail in these ways."""
    return [
        {
            "id": mark.requirement,
            "failures": [
                {
                    "test": f"tests/test_x.py::{mark.test}",
                    "kind": mark.kind,
                    "steps": [{"status": mark.status}] if mark.status else [],
                }
            ],
        }
        for mark in marks
    ]


def test_marks_are_read_from_results() -> None:
    """The kind of a failure is compared, not its title: that holds numbers of the run."""
    assert marks_of(failing(TOTAL, BOTH)) == {TOTAL, BOTH}


def test_a_run_that_fails_as_a_known_fault_does_is_told_so() -> None:
    """The fault that fits best comes first."""
    (diagnosis,) = diagnose(failing(LATE, LATER), KNOWN)
    assert diagnosis.requirements == ("LIST-04",)
    assert diagnosis.guesses[0].name == "last-never"
    assert diagnosis.guesses[0].fit == 1


def test_two_faults_are_told_apart() -> None:
    """What one fault explains does not stand in the way of the other."""
    found = diagnose(failing(LATE, LATER, BOTH), KNOWN)
    names = {each.requirements: [guess.name for guess in each.guesses] for each in found}
    assert names == {("LIST-04",): ["last-never"], ("ASSOC-03",): ["both-kept"]}


def test_a_run_that_resembles_nothing_gets_no_guess() -> None:
    """Neither a requirement that no fault breaks, nor one that fails in another way."""
    assert diagnose(failing(Mark("AUTH-01", "test_key", "no", 200)), KNOWN) == []
    assert diagnose(failing(Mark("LIST-06", "test_other", "no", 500)), KNOWN) == []
    assert diagnose(failing(), KNOWN) == []


def test_every_known_fault_is_guessed_from_its_own_marks() -> None:
    """It fits itself; others may fit as well if they look the same."""
    for fault in load_known_faults():
        fits = [guess.fit for each in diagnose(failing(*fault.marks)) for guess in each.guesses]
        assert fits[0] == 1, fault.name


def test_a_guess_is_shown_once_and_names_what_else_it_may_explain() -> None:
    """It stands under the first requirement, and is marked as a guess."""
    guess = {"name": "x", "does": "Caches the total.", "fit": 0.9}
    lines = guess_lines([{"requirements": ["LIST-04", "LIST-06"], "guesses": [guess]}])
    assert lines == {
        "LIST-04": [
            "  guess      it fails as a server does that has this fault (perhaps LIST-06 too):",
            "             - Caches the total.",
        ]
    }
