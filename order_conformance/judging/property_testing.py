"""Judges many generated inputs: seeded and bounded, and reports the smallest one that fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings

from order_conformance.core.outcomes import Inapplicable
from order_conformance.judging.draws import use_the_seed_alone
from order_conformance.judging.findings import NonConformance

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.database import ExampleDatabase
    from hypothesis.strategies import SearchStrategy

    from order_conformance.requirements.profiles import Profile

Value = TypeVar("Value")


class PropertyTester:
    """Draws inputs from a strategy, by the seed of the run, and judges each.

    Args:
        profile: how many inputs to judge, and how many to spend on a smaller failure.
        run_seed: the seed.
        saved: returns the inputs of the running test that failed in earlier runs, if they are
            kept.
    """

    def __init__(
        self,
        profile: Profile,
        run_seed: int,
        saved: Callable[[], ExampleDatabase | None] = lambda: None,
    ) -> None:
        """Draw nothing yet."""
        use_the_seed_alone()
        self._profile = profile
        self._seed = run_seed
        self._saved = saved

    def __call__(self, strategy: SearchStrategy[Value], judge: Callable[[Value], None]) -> None:
        """Judge inputs until one fails or the profile's number is reached.

        A failing input is made smaller within the budget of the profile. Each input is sent once,
        and its finding remembered. Inputs that are kept from earlier runs come first.

        Raises:
            NonConformance: for the smallest input that fails.
            CantTell: at once, if an input had no response: an outage is not shrunk.
            Inapplicable: the profile generates nothing.
        """
        if not self._profile.explores:
            raise Inapplicable(f"the profile {self._profile.name} generates no inputs")
        judged = _Judged(judge, self._profile.shrinks)

        # The seed is inside: outside, it would remove the saved inputs from the settings.
        @settings(
            max_examples=self._profile.examples,
            phases=[Phase.reuse, Phase.generate, Phase.shrink],
            database=self._saved(),
            deadline=None,
            report_multiple_bugs=False,
            print_blob=False,
            verbosity=Verbosity.quiet,
            suppress_health_check=list(HealthCheck),
        )
        @seed(self._seed)
        @given(strategy)
        def each(value: Value) -> None:
            judged(value)

        each()


class _Judged(Generic[Value]):
    """Remembers the finding of each input, and stops sending when the budget is spent."""

    def __init__(self, judge: Callable[[Value], None], shrinks: int) -> None:
        self._judge = judge
        self._shrinks = shrinks
        self._findings: dict[str, NonConformance | None] = {}

    def __call__(self, value: Value) -> None:
        key = repr(value)
        if key not in self._findings:
            if any(self._findings.values()):
                self._shrinks -= 1
            # An unsent input counts as passed, so that Hypothesis keeps the failure it has.
            self._findings[key] = self._find(value) if self._shrinks >= 0 else None
        finding = self._findings[key]
        if finding is not None:
            raise finding

    def _find(self, value: Value) -> NonConformance | None:
        try:
            self._judge(value)
        except NonConformance as finding:
            return finding
        return None
