"""One run: what is started for it, what it learns, and what it leaves behind."""

from __future__ import annotations

import hashlib
import re
import time
from typing import TYPE_CHECKING, Any

from hypothesis.database import DirectoryBasedExampleDatabase

from order_conformance.core.clock import now
from order_conformance.core.outcomes import UsageProblem
from order_conformance.core.redaction import Redactor
from order_conformance.http.client import HttpClient
from order_conformance.judging.passive_checks import PassiveChecks
from order_conformance.judging.verdict import Judgement, judge
from order_conformance.orders.creates import Api
from order_conformance.orders.dialect import Dialect
from order_conformance.recording.evidence import EVIDENCE, EvidenceLog
from order_conformance.recording.inputs import FILE_NAME as INPUTS
from order_conformance.recording.inputs import write_inputs
from order_conformance.recording.ledger import LEDGER, Ledger
from order_conformance.recording.replay import ReplayTransport, read_recording
from order_conformance.reports import clear_reports
from order_conformance.results.diagnosis import diagnose
from order_conformance.results.document import (
    FILE_NAME,
    CompletedRun,
    RunFacts,
    build_results,
    write_results,
)
from order_conformance.session.embedded_server import EmbeddedServer
from order_conformance.target.model import Target
from order_conformance.target.settings import KEY_VARIABLE

if TYPE_CHECKING:
    from hypothesis.database import ExampleDatabase

    from order_conformance.core.shard import Shard
    from order_conformance.judging.findings import TestOutcome
    from order_conformance.requirements.catalogue import Catalogue
    from order_conformance.session.options import Options


class Run:
    """A run against one target, from the first file it opens to the last it writes."""

    def __init__(self, options: Options, catalogue: Catalogue) -> None:
        """Nothing is started yet."""
        self.options = options
        requirement_set = options.requirement_set
        self.catalogue = requirement_set.levelled(catalogue) if requirement_set else catalogue
        self.judged_by = requirement_set.only(self.catalogue) if requirement_set else self.catalogue
        self.outcomes: list[TestOutcome] = []
        self.pending: dict[str, set[str]] = {}
        self.requirement = ""
        self.left_out = ""
        self.dialect = Dialect()
        self.target = options.target
        self.redactor = Redactor([*options.target.secrets] if options.target else [])
        self.client: HttpClient | None = None
        self.api: Api | None = None
        self.passive_checks: PassiveChecks | None = None
        self.finished: CompletedRun | None = None
        self.started = now()
        self._began = time.monotonic()
        self._server: EmbeddedServer | None = None
        self._recording: ReplayTransport | None = None
        self._evidence: EvidenceLog | None = None
        self._ledger: Ledger | None = None

    @property
    def embedded(self) -> bool:
        """Whether the run judges the embedded reference server."""
        return self.options.target is None or self.options.replays_embedded

    @property
    def run_id(self) -> str:
        """A short name for the run; it follows from the seed alone."""
        return self._name("")

    def orders_name(self, beginning: str) -> str:
        """Return a short name for the run's orders: from the seed, and what the list showed first.

        A second run with the seed must not take the orders of the first for its own, nor one
        shard those of another.
        """
        shard = f" {self.options.shard}" if self.options.shard else ""
        return self._name(f" {beginning}{shard}")

    def _name(self, words: str) -> str:
        options = self.options
        name = str(options.seed) if options.nonce is None else f"{options.seed} {options.token}"
        return hashlib.sha256(f"{name}{words}".encode()).hexdigest()[:8]

    def saved_examples(self) -> ExampleDatabase | None:
        """Return the inputs with which the running test failed in earlier runs; None without any.

        Each test has a folder: Hypothesis would take all that share an explorer for one.
        """
        if self.options.examples is None or self.client is None:
            return None
        test = re.sub(r"[^A-Za-z0-9]+", "-", self.client.current_test)
        return DirectoryBasedExampleDatabase(self.options.examples / test)

    @property
    def orders_created(self) -> int:
        """How many orders the run is known to have created so far."""
        return len(self._ledger.created) if self._ledger else 0

    def take_share(self, shard: Shard, *, requests: float, orders: float) -> None:
        """Keep to a part of what the target allows; what was recorded of a shard is one."""
        if self.target is not None and self.options.replay is None:
            self.target = self.target.share(
                shard.count, request_fraction=requests, order_fraction=orders
            )

    def start(self) -> Api:
        """Open the files, start the embedded server if no other is named, open the door.

        Raises:
            UsageProblem: the files, the embedded server or the certificates of the target fail.
        """
        self._open_recording()
        self._open_files()
        if self.target is None:
            key = "embedded-" + hashlib.sha256(self.run_id.encode()).hexdigest()[:24]
            self.redactor.add(key)
            self._server = EmbeddedServer(key)
            self.target = Target(self._server.base_url, api_key=key, key_variable=KEY_VARIABLE)
        if self._evidence is None or self._ledger is None:
            raise RuntimeError("the files are open, or start() has ended")
        self._write_inputs(self.target)
        self.client = HttpClient(
            self.target,
            self._evidence,
            self.options.seed,
            transport=self._recording,
            clock=self._recording.clock if self._recording else None,
        )
        self.passive_checks = PassiveChecks(self.target)
        self.client.renewal.learners += [self._learn, self.passive_checks.learn]
        self.client.observers.append(self.passive_checks.see)
        self.client.observers.append(lambda exchange: self.dialect.see(exchange, self.requirement))
        self.api = Api(self.client, self._ledger)
        return self.api

    def _learn(self, renewed: Target) -> None:
        """Take the target with its new credentials, before they are used."""
        for secret in renewed.secrets:
            self.redactor.add(secret)
        self.target = renewed

    def clear(self) -> None:
        """Remove an earlier run's results: they must not pass for this run's.

        Raises:
            UsageProblem: they cannot be removed.
        """
        try:
            for name in (FILE_NAME, INPUTS):
                (self.options.reports / name).unlink(missing_ok=True)
        except OSError as problem:
            raise self._unwritable(problem) from None
        clear_reports(self.options.reports)

    def _open_recording(self) -> None:
        if self.options.replay is not None and self.target is not None:
            self._recording = read_recording(
                self.options.replay, self.redactor, self.target.api_key, self.options.shard
            )

    def _open_files(self) -> None:
        reports = self.options.reports
        try:
            self._evidence = EvidenceLog(reports / EVIDENCE, self.redactor)
            self._ledger = Ledger(reports / LEDGER, self.redactor)
        except OSError as problem:
            raise self._unwritable(problem) from None

    def _write_inputs(self, target: Target) -> None:
        try:
            inputs = self.options.inputs(target, embedded=self.embedded)
            write_inputs(self.options.reports, inputs)
        except OSError as problem:
            raise self._unwritable(problem) from None

    def _unwritable(self, problem: OSError) -> UsageProblem:
        return UsageProblem(
            f"--reports {self.options.reports}: {problem.filename} cannot be written "
            f"({problem.strerror}); remove it or name another folder"
        )

    def selected(self, requirement_id: str, test: str) -> None:
        """Note that a test of the requirement will run."""
        self.pending.setdefault(requirement_id, set()).add(test)

    def judged(self, outcome: TestOutcome) -> None:
        """Take the outcome of one test."""
        self.outcomes.append(outcome)
        self.pending.get(outcome.requirement, set()).discard(outcome.test)

    def finish(self, interrupted: str) -> Judgement:
        """Stop what was started, compute the verdict and write ``results.json``."""
        judgement = judge(
            self.judged_by,
            self.outcomes,
            strict=self.options.strict,
            interrupted=interrupted or self._diverged(),
            pending=frozenset(i for i, tests in self.pending.items() if tests),
            left_out=self.left_out or self._only_a_shard(),
            whole=self.options.requirement_set is not None,
            waivers=self.options.waivers,
        )
        results = self._results(judgement)
        write_results(results, self.options.reports, self.redactor)
        self.finished = CompletedRun(judgement, results, self.judged_by, self.options.reports)
        self.stop()
        return judgement

    def _diverged(self) -> str:
        """Say where a replay left its recording; empty where it did not, or is none."""
        if self._recording is None:
            return ""
        where = self._recording.diverged or self._recording.left_over()
        return f"the replay left its recording: {where}" if where else ""

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
            started=self.started,
            seconds=time.monotonic() - self._began,
            requests=self.client.requests if self.client else 0,
            orders_created=self.orders_created,
            orders_unknown=self._ledger.unknown if self._ledger else 0,
            embedded=self.embedded,
            shard=str(self.options.shard) if self.options.shard else None,
            left_out=self.left_out or None,
            dialect=self.dialect.shown(),
            requirement_set=of_set.named if of_set else None,
        )
        results = build_results(judgement, self.judged_by, facts)
        guesses = [diagnosis.dump() for diagnosis in diagnose(results["requirements"])]
        return results | {"guesses": guesses}

    def stop(self) -> None:
        """Close every connection, file and process; safe to call twice."""
        if self.client is not None:
            self.client.close()
        for opened in (self._evidence, self._ledger):
            if opened is not None:
                opened.close()
        if self._server is not None:
            self._server.stop()
            self._server = None
