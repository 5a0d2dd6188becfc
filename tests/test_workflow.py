"""Sequences: whatever was sent before, the server shows what it accepted (guide, the whole)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import HypothesisException
from hypothesis.stateful import (
    RuleBasedStateMachine,
    rule,
    run_state_machine_as_test,
)

from order_conformance.core.outcomes import Level, blocked
from order_conformance.generation.judging import is_covered
from order_conformance.generation.sequences import OrderSequence, ShrinkBudget
from order_conformance.judging.findings import NonConformance
from strategies.workflow import broken_orders, orders

if TYPE_CHECKING:
    from collections.abc import Callable

    from order_conformance.orders.creates import Api
    from order_conformance.orders.factory import Account
    from order_conformance.orders.placed import Orders
    from order_conformance.session.run import Run
    from strategies.ids import Ids

requirement = pytest.mark.requirement


class Depth(NamedTuple):
    """How many sequences, steps in each, and requests to make a failing one shorter."""

    sequences: int
    steps: int
    shrinks: int


# docs/generation.md tells what they find.
DEPTHS = {"smoke": Depth(1, 3, 0), "gate": Depth(5, 7, 80), "certify": Depth(40, 20, 400)}


class Workflow(RuleBasedStateMachine):
    """Draws one sequence; the account is the server's, so nothing is undone at its end."""

    def __init__(
        self, begin: Callable[[], OrderSequence], ids: Ids, shortest: ShrinkBudget
    ) -> None:
        """Begin a sequence."""
        super().__init__()
        self._sequence = begin()
        self._ids = ids
        self._shortest = shortest
        self._is_through = False

    @rule(data=st.data())
    def create(self, data: st.DataObject) -> None:
        """Create an order for a patient or a site."""
        self._do(partial(self._sequence.create, data.draw(orders(self._ids))))

    @rule(data=st.data())
    def create_together(self, data: st.DataObject) -> None:
        """Create a few orders at the same time."""
        several = data.draw(st.lists(orders(self._ids), min_size=2, max_size=3))
        self._do(partial(self._sequence.create, *several))

    @rule(data=st.data())
    def be_refused(self, data: st.DataObject) -> None:
        """Send an order that breaks a rule."""
        self._do(partial(self._sequence.be_refused, data.draw(broken_orders(self._ids))))

    @rule(which=st.integers(0, 20))
    def fetch(self, which: int) -> None:
        """Fetch an earlier order."""
        self._do(partial(self._sequence.fetch, which))

    @rule(index=st.integers(0, 3), size=st.integers(1, 10) | st.just(50))
    def look_at_a_page(self, index: int, size: int) -> None:
        """Read a page of the list."""
        self._do(partial(self._sequence.look_at_a_page, index, size))

    def teardown(self) -> None:
        """Look for every order at the end, unless the sequence has failed before."""
        if not self._is_through:
            self._do(self._sequence.find_all)

    def _do(self, step: Callable[[], None]) -> None:
        if self._shortest.is_settled:
            return
        self._is_through = True
        step()
        self._is_through = False


@requirement("CONTRACT-04")
def test_the_server_shows_what_it_accepted_after_any_sequence(
    api: Api, account: Account, orders: Orders, ids: Ids, run: Run
) -> None:
    """After creates, refusals, fetches and pages in any sequence, every order is as accepted."""
    depth = DEPTHS[run.options.profile.name]
    shortest = ShrinkBudget(depth.shrinks)
    begin = partial(OrderSequence, api, account, orders, shortest)
    run_sequences(begin, ids, shortest, run.options.seed, depth)
    if shortest.failure is not None:
        told = is_covered(run, covered_by(run))
        if told:
            raise blocked(told, shortest.failure.title)
        shortest.failure.covered_by = (tuple(sorted(covered_by(run))),)
        raise shortest.failure


def run_sequences(
    begin: Callable[[], OrderSequence],
    ids: Ids,
    shortest: ShrinkBudget,
    run_seed: int,
    depth: Depth,
) -> None:
    """Run the sequences of a seed; a failure is left in ``shortest``."""

    @seed(run_seed)
    def machine() -> Workflow:
        return Workflow(begin, ids, shortest)

    try:
        run_state_machine_as_test(
            machine,  # type: ignore[arg-type]  # called, never looked into
            settings=settings(
                max_examples=depth.sequences,
                stateful_step_count=depth.steps,
                phases=[Phase.generate, Phase.shrink],
                database=None,
                deadline=None,
                print_blob=False,
                report_multiple_bugs=False,
                verbosity=Verbosity.quiet,
                suppress_health_check=list(HealthCheck),
            ),
        )
    except (NonConformance, HypothesisException):
        # A sequence that does not fail again, as when orders collide by chance, has failed once.
        if shortest.failure is None:
            raise


def covered_by(run: Run) -> set[str]:
    """Return the requirements that say of a single request what this one says of sequences."""
    return {
        each.id
        for each in run.catalogue.requirements.values()
        if each.level is Level.MUST and each.area not in {"AUTH", "CONTRACT"}
    }
