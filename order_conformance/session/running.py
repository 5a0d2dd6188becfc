"""A run while its tests are running: the open connections and files, and what the tests use."""

from __future__ import annotations

import hashlib
import re
from contextlib import ExitStack
from typing import TYPE_CHECKING

from hypothesis.database import DirectoryBasedExampleDatabase

from order_conformance.core.exit_codes import UsageProblem
from order_conformance.http.client import HttpClient
from order_conformance.judging.passive_checks import PassiveChecks
from order_conformance.orders.creates import Api
from order_conformance.recording.evidence import EVIDENCE, EvidenceLog
from order_conformance.recording.inputs import write_inputs
from order_conformance.recording.ledger import LEDGER, Ledger
from order_conformance.recording.replay import ReplayTransport, read_recording
from order_conformance.session.embedded_server import EmbeddedServer
from order_conformance.session.names import run_id
from order_conformance.target.model import Target
from order_conformance.target.settings import KEY_VARIABLE

if TYPE_CHECKING:
    from hypothesis.database import ExampleDatabase

    from order_conformance.core.redaction import Redactor
    from order_conformance.orders.dialect import Dialect
    from order_conformance.session.options import Options


class RunningRun:
    """What is open from the first test to the last, until ``stop`` closes it."""

    def __init__(
        self, options: Options, target: Target | None, redactor: Redactor, dialect: Dialect
    ) -> None:
        """Open the files and connections; start the embedded server if there is no target.

        Args:
            options: of the run.
            target: the server to judge, or None for the embedded one.
            redactor: learns the secrets that come up during the run.
            dialect: learns from every exchange.

        Raises:
            UsageProblem: a file, the recording, the embedded server or a certificate fails.
        """
        self.options = options
        self.redactor = redactor
        self.requirement = ""
        with ExitStack() as opened:
            self.recording = self._read_recording(target)
            try:
                self.evidence = EvidenceLog(options.reports / EVIDENCE, redactor)
                opened.callback(self.evidence.close)
                self.ledger = Ledger(options.reports / LEDGER, redactor)
                opened.callback(self.ledger.close)
            except OSError as problem:
                raise unwritable(options, problem) from None
            if target is None:
                target = self._start_server(opened)
            self._write_inputs(target)
            self.client = HttpClient(
                target,
                self.evidence,
                options.seed,
                transport=self.recording,
                clock=self.recording.clock if self.recording else None,
            )
            opened.callback(self.client.close)
            self.api = Api(self.client, self.ledger)
            self.passive_checks = PassiveChecks(target)
            self.client.renewal.learners += [self._learn, self.passive_checks.learn]
            self.client.observers.append(self.passive_checks.see)
            self.client.observers.append(lambda exchange: dialect.see(exchange, self.requirement))
            # Whatever was opened is closed again if anything above fails.
            self._opened = opened.pop_all()

    @property
    def target(self) -> Target:
        """The target with its current credentials."""
        return self.client.target

    def saved_examples(self) -> ExampleDatabase | None:
        """Return the inputs with which the running test failed in earlier runs, if any are kept.

        Each test has a folder of its own: Hypothesis would mix those of tests that share a
        property tester.
        """
        if self.options.examples is None:
            return None
        test = re.sub(r"[^A-Za-z0-9]+", "-", self.client.current_test)
        return DirectoryBasedExampleDatabase(self.options.examples / test)

    def diverged(self) -> str:
        """Return where a replay differs from its recording; empty if it does not, or is not one."""
        if self.recording is None:
            return ""
        where = self.recording.diverged or self.recording.left_over()
        return f"the replay left its recording: {where}" if where else ""

    def stop(self) -> None:
        """Close every connection, file and process; safe to call twice."""
        self._opened.close()

    def _read_recording(self, target: Target | None) -> ReplayTransport | None:
        if self.options.replay is None or target is None:
            return None
        return read_recording(
            self.options.replay, self.redactor, target.api_key, self.options.shard
        )

    def _start_server(self, opened: ExitStack) -> Target:
        """Start the embedded server, with a key that follows from the seed."""
        key = "embedded-" + hashlib.sha256(run_id(self.options).encode()).hexdigest()[:24]
        self.redactor.add(key)
        server = EmbeddedServer(key)
        opened.callback(server.stop)
        return Target(server.base_url, api_key=key, key_variable=KEY_VARIABLE)

    def _write_inputs(self, target: Target) -> None:
        inputs = self.options.inputs(target, embedded=judges_embedded(self.options))
        try:
            write_inputs(self.options.reports, inputs)
        except OSError as problem:
            raise unwritable(self.options, problem) from None

    def _learn(self, renewed: Target) -> None:
        """Mask new credentials before they are used."""
        for secret in renewed.secrets:
            self.redactor.add(secret)


def judges_embedded(options: Options) -> bool:
    """Return whether the run judges the embedded reference server."""
    return options.target is None or options.replays_embedded


def unwritable(options: Options, problem: OSError) -> UsageProblem:
    """Return the usage problem for a file in the reports folder that cannot be written."""
    return UsageProblem(
        f"--reports {options.reports}: {problem.filename} cannot be written "
        f"({problem.strerror}); remove it or name another folder"
    )
