"""One run: what it is to judge, what its tests reported, and the results that it leaves."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from order_conformance.core.clock import now
from order_conformance.core.redaction import Redactor
from order_conformance.judging.verdict import Judgement, judge
from order_conformance.orders.dialect import Dialect
from order_conformance.recording.inputs import FILE_NAME as INPUTS
from order_conformance.reports import clear_reports
from order_conformance.results.diagnosis import with_guesses
from order_conformance.results.document import (
    FILE_NAME,
    CompletedRun,
    RunFacts,
    build_results,
    write_results,
)
from order_conformance.results.outcomes import OUTCOMES, write_outcomes
from order_conformance.session.names import orders_name, run_id
from order_conformance.session.running import RunningRun, judges_embedded, unwritable
from order_conformance.target.model import Target

if TYPE_CHECKING:
    from order_conformance.core.shard import Shard
    from order_conformance.judging.findings import TestOutcome
    from order_conformance.requirements.catalogue import Catalogue
    from order_conformance.session.options import Options


class Run:
    """A run against one target, from its options to its results.

    ``running`` is what tests use: it exists from ``start`` on.
    """

    def __init__(self, options: Options, catalogue: Catalogue) -> None:
        """Open and send nothing yet."""
        self.options = options
        chosen = options.requirement_set
        self.catalogue = chosen.levelled(catalogue) if chosen else catalogue
        self.judged_by = chosen.only(self.catalogue) if chosen else self.catalogue
        self.redactor = Redactor([*options.target.secrets] if options.target else [])
        self.dialect = Dialect()
        self.outcomes: list[TestOutcome] = []
        self.pending: dict[str, set[str]] = {}
        self.left_out = ""
        self.running: RunningRun | None = None
        self.finished: CompletedRun | None = None
        self._target = options.target
        self._started = now()
        self._began = time.monotonic()

    @property
    def target(self) -> Target | None:
        """The server to judge; None for the embedded server before it is started."""
        return self.running.target if self.running else self._target

    @property
    def run_id(self) -> str:
        """A short name for the run; it follows from the seed alone."""
        return run_id(self.options)

    def orders_name(self, first_shown: str) -> str:
        """Return a short name for the run's orders (see ``names.orders_name``)."""
        return orders_name(self.options, first_shown)

    @property
    def requests(self) -> int:
        """How many requests were sent so far."""
        return self.running.client.requests if self.running else 0

    @property
    def orders_created(self) -> int:
        """How many orders the run is known to have created so far."""
        return len(self.running.ledger.created) if self.running else 0

    def take_share(self, shard: Shard, *, requests: float, orders: float) -> None:
        """Limit the run to a fraction of the target's budget; in a replay it is limited already."""
        if self._target is not None and self.options.replay is None:
            self._target = self._target.share(
                shard.count, request_fraction=requests, order_fraction=orders
            )

    def clear(self) -> None:
        """Remove an earlier run's results, so that they are not taken for this run's.

        Raises:
            UsageProblem: they cannot be removed.
        """
        try:
            for name in (FILE_NAME, INPUTS, OUTCOMES):
                (self.options.reports / name).unlink(missing_ok=True)
        except OSError as problem:
            raise unwritable(self.options, problem) from None
        clear_reports(self.options.reports)

    def start(self) -> RunningRun:
        """Open the files and connections that tests use, and return them.

        Raises:
            UsageProblem: a file, the recording, the embedded server or a certificate fails.
        """
        self.running = RunningRun(self.options, self._target, self.redactor, self.dialect)
        return self.running

    def selected(self, requirement_id: str, test: str) -> None:
        """Note that a test of the requirement will run."""
        self.pending.setdefault(requirement_id, set()).add(test)

    def judged(self, outcome: TestOutcome) -> None:
        """Add the outcome of one test."""
        self.outcomes.append(outcome)
        self.pending.get(outcome.requirement, set()).discard(outcome.test)

    def finish(self, interrupted: str) -> Judgement:
        """Compute the verdict, write ``results.json`` and close everything."""
        diverged = self.running.diverged() if self.running else ""
        judgement = judge(
            self.judged_by,
            self.outcomes,
            strict=self.options.strict,
            interrupted=interrupted or diverged,
            pending=frozenset(i for i, tests in self.pending.items() if tests),
            left_out=self.left_out or self._only_a_shard(),
            whole=self.options.requirement_set is not None,
            waivers=self.options.waivers,
        )
        results = self._results(judgement)
        if self.options.shard is not None:
            write_outcomes(self.options.reports, self.outcomes, self.pending)
        write_results(results, self.options.reports, self.redactor)
        self.finished = CompletedRun(judgement, results, self.judged_by, self.options.reports)
        self.stop()
        return judgement

    def stop(self) -> None:
        """Close every connection, file and process; safe to call twice."""
        if self.running is not None:
            self.running.stop()

    def _only_a_shard(self) -> str:
        if self.options.shard is None:
            return ""
        return (
            f"only shard {self.options.shard} was run; join all of them with "
            "`order-conformance merge`"
        )

    def _results(self, judgement: Judgement) -> dict[str, Any]:
        of_set = self.options.requirement_set
        facts = RunFacts(
            target=self.target or Target("embedded reference server"),
            profile=self.options.profile.name,
            strict=self.options.strict,
            seed=self.options.seed,
            started=self._started,
            seconds=time.monotonic() - self._began,
            requests=self.requests,
            orders_created=self.orders_created,
            orders_unknown=self.running.ledger.unknown if self.running else 0,
            embedded=judges_embedded(self.options),
            shard=str(self.options.shard) if self.options.shard else None,
            left_out=self.left_out or None,
            dialect=self.dialect.shown(),
            requirement_set=of_set.named if of_set else None,
        )
        return with_guesses(build_results(judgement, self.judged_by, facts))
