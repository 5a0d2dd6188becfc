"""Sequences: the server shows what it accepted, whatever was sent before (guide, the whole)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from order_conformance.core.outcomes import blocked
from order_conformance.core.vocabulary import Level
from order_conformance.generation.judging import is_covered
from order_conformance.generation.sequences import OrderSequence, ShrinkBudget
from tests.checks.sequences import DEPTHS, run_sequences

if TYPE_CHECKING:
    from order_conformance.orders.creates import Api
    from order_conformance.orders.factory import Account
    from order_conformance.orders.placed import Orders
    from order_conformance.session.run import Run
    from strategies.ids import Ids

requirement = pytest.mark.requirement


@requirement("CONTRACT-04")
def test_generated_sequences_leave_every_order_as_accepted(
    api: Api, account: Account, orders: Orders, ids: Ids, run: Run
) -> None:
    """After creates, refusals, fetches and pages in any sequence, every order is as accepted."""
    depth = DEPTHS[run.options.profile.name]
    shortest = ShrinkBudget(depth.shrinks)
    begin = partial(OrderSequence, api, account, orders, shortest)
    run_sequences(begin, ids, shortest, run.options.seed, depth)
    if shortest.failure is not None:
        covering = covered_by(run)
        failed = is_covered(run, covering)
        if failed:
            raise blocked(failed, shortest.failure.title)
        shortest.failure.covered_by = (tuple(sorted(covering)),)
        raise shortest.failure


def covered_by(run: Run) -> set[str]:
    """Return the requirements that judge single requests as this one judges sequences."""
    return {
        each.id
        for each in run.catalogue.requirements.values()
        if each.level is Level.MUST and each.area not in {"AUTH", "CONTRACT"}
    }
