"""Sequences of requests, drawn by Hypothesis and made shorter where one of them fails."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import HypothesisException
from hypothesis.stateful import (
    RuleBasedStateMachine,
    rule,
    run_state_machine_as_test,
)

from order_conformance.judging.findings import NonConformance
from strategies.workflow import broken_orders, orders

if TYPE_CHECKING:
    from collections.abc import Callable

    from order_conformance.generation.sequences import OrderSequence, ShrinkBudget
    from strategies.ids import Ids


class Depth(NamedTuple):
    """How many sequences, steps in each, and requests to make a failing one shorter."""

    sequences: int
    steps: int
    shrinks: int


# docs/generation.md shows what they find.
DEPTHS = {"smoke": Depth(1, 3, 0), "gate": Depth(5, 7, 80), "certify": Depth(40, 20, 400)}


class Workflow(RuleBasedStateMachine):
    """Draws one sequence. Nothing is undone at its end: the API cannot delete an order.

    Hypothesis sorts the rules by name: renaming one changes what a seed draws.
    """

    def __init__(
        self, begin: Callable[[], OrderSequence], ids: Ids, shortest: ShrinkBudget
    ) -> None:
        """Begin a sequence."""
        super().__init__()
        self._sequence = begin()
        self._ids = ids
        self._shortest = shortest
        self._has_failed = False

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
        self._do(partial(self._sequence.create_broken, data.draw(broken_orders(self._ids))))

    @rule(which=st.integers(0, 20))
    def fetch(self, which: int) -> None:
        """Fetch an earlier order."""
        self._do(partial(self._sequence.fetch, which))

    @rule(index=st.integers(0, 3), size=st.integers(1, 10) | st.just(50))
    def look_at_a_page(self, index: int, size: int) -> None:
        """Read a page of the list."""
        self._do(partial(self._sequence.read_a_page, index, size))

    def teardown(self) -> None:
        """Look for every order at the end, unless the sequence has failed."""
        if not self._has_failed:
            self._do(self._sequence.find_all)

    def _do(self, step: Callable[[], None]) -> None:
        if self._shortest.is_settled:
            return
        self._has_failed = True
        step()
        self._has_failed = False


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
            machine,  # type: ignore[arg-type]  # called, never inspected
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
        # Failed once, but not when it was repeated: orders may have collided by chance.
        if shortest.failure is None:
            raise
