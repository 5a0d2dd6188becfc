"""Lawful servers that choose differently are conformant, and warned only where they earn it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reference.deviations import all_twins

if TYPE_CHECKING:
    from collections.abc import Callable

    from selftest.judging.runs import Judged

TWINS = all_twins()
COMBINED = [
    ("spring", "gateway", "big-ids"),
    ("fastapi", "foreign-orders", "extra-fields"),
    ("django-rest", "gappy-ids", "problem-json"),
    ("express-zod", "oldest-first", "date-times"),
    ("bare", "oldest-first", "moving-status"),
    ("unique-external-ids", "strict-references", "foreign-orders-oldest-first"),
]
DEVIATIONS = [((name,), ()) for name in TWINS] + [(names, ()) for names in COMBINED]


@pytest.mark.parametrize("deviations", [((), ()), *DEVIATIONS], ids=lambda d: "+".join(d[0]))
def test_a_lawful_server_is_conformant_without_unearned_warnings(
    judged: Callable[[tuple[tuple[str, ...], tuple[str, ...]]], Judged],
    deviations: tuple[tuple[str, ...], tuple[str, ...]],
) -> None:
    """A lawful choice is no failure, and no warning but those that it earns."""
    run = judged(deviations)
    earned = {warning for name in deviations[0] for warning in TWINS[name].earns}
    assert run.failed("MUST") == set(), run.output
    assert run.failed("SHOULD") == earned, run.output
    assert run.with_outcome("cantTell") == {}, run.output
    assert run.results["verdict"] == "conformant"
    assert run.exit_code == 0
