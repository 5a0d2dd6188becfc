"""Runs generated requests without pytest around them: for measurements and tests."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from order_conformance.core.kinds import Kind
from order_conformance.core.redaction import Redactor
from order_conformance.generation.cases import Budget, Generated, draw
from order_conformance.generation.findings import Findings, observe
from order_conformance.generation.sequences import OrderSequence, ShrinkBudget
from order_conformance.http.client import HttpClient
from order_conformance.orders.creates import Api
from order_conformance.orders.dialect import Dialect
from order_conformance.orders.discovery import check_it_is_there, confirm, discover
from order_conformance.orders.factory import Account
from order_conformance.orders.order_list import OrderList
from order_conformance.orders.placed import Orders
from order_conformance.recording.evidence import EvidenceLog
from order_conformance.recording.ledger import Ledger
from order_conformance.requirements.catalogue import load_catalogue
from order_conformance.target.model import Target
from selftest.support.cases import KEY
from strategies.ids import KINDS, Ids
from tests.checks.sequences import DEPTHS, run_sequences

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from order_conformance.judging.findings import NonConformance

CATALOGUE = load_catalogue()


@dataclass
class Observed:
    """What one pass of generation sent and found; the cost excludes everything else."""

    findings: Findings
    requests: int
    seconds: float

    @property
    def requirements(self) -> set[str]:
        """The requirements under which something was found."""
        return {each.requirement for each in self.findings.all}


@contextmanager
def client_of(base_url: str, folder: Path, seed: int) -> Iterator[tuple[Api, Account]]:
    """Yield a client for a server, and what exists there."""
    redactor = Redactor([KEY])
    evidence = EvidenceLog(folder / "evidence.jsonl", redactor)
    ledger = Ledger(folder / "ledger.jsonl", redactor)
    client = HttpClient(Target(base_url, api_key=KEY), evidence, seed)
    try:
        api = Api(client, ledger)
        first = check_it_is_there(api)
        known = discover(api, first)
        account = Account(known, api.target, f"{seed:08x}")
        confirm(api, known, account.marker)
        yield api, account
    finally:
        client.close()
        evidence.close()
        ledger.close()


def generate(base_url: str, folder: Path, seed: int, budget: Budget) -> Observed:
    """Send the requests that a seed draws to a server, and return what they show."""
    with client_of(base_url, folder, seed) as (api, account):
        before, began = api.client.requests, time.monotonic()
        drawn: list[Generated] = list(draw(account, api.target, seed, budget))
        findings = observe(drawn, api, account, CATALOGUE)
        return Observed(findings, api.client.requests - before, time.monotonic() - began)


def sequences(api: Api, account: Account, seed: int, profile: str) -> NonConformance | None:
    """Run the state machine at a profile's depth; return the shortest failing sequence."""
    ids = Ids(
        known=frozenset(kind for kind in KINDS if account.knows(Kind(kind))),
        existing=lambda kind: account.existing(Kind(kind)),
        unknown={kind: account.unknown(kind) for kind in KINDS},
    )
    orders = Orders(api, OrderList(api, Dialect()))
    shortest = ShrinkBudget(DEPTHS[profile].shrinks)
    begin = partial(OrderSequence, api, account, orders, shortest)
    run_sequences(begin, ids, shortest, seed, DEPTHS[profile])
    return shortest.failure
