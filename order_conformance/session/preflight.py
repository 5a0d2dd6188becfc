"""Preflight of a run: what exists at the target, and how fast it responds. Sends only GETs."""

from __future__ import annotations

import statistics
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from order_conformance.core.redaction import Redactor
from order_conformance.http.client import HttpClient
from order_conformance.orders.creates import Api
from order_conformance.orders.discovery import check_it_is_there, check_it_speaks_json, discover
from order_conformance.orders.page import is_no_page, read_page
from order_conformance.recording.evidence import EVIDENCE, EvidenceLog
from order_conformance.recording.ledger import LEDGER, Ledger
from order_conformance.session.plan import ProbeResult
from order_conformance.target.model import KINDS

if TYPE_CHECKING:
    from order_conformance.http.exchange import Exchange
    from order_conformance.target.model import Target


def probe(target: Target) -> ProbeResult:
    """Read the list as a run does at its start, and return what it shows.

    Raises:
        CantTell: the list cannot be read; the reason says why.
        UsageProblem: the certificate files of the target cannot be used.
    """
    redactor = Redactor([*target.secrets])
    with TemporaryDirectory() as name:
        evidence = EvidenceLog(Path(name) / EVIDENCE, redactor)
        ledger = Ledger(Path(name) / LEDGER, redactor)
        try:
            # Read-only, even if the run will not be: the client then refuses to send anything else.
            client = HttpClient(replace(target, read_only=True), evidence, seed=0)
            try:
                return _probe(Api(client, ledger))
            finally:
                client.close()
        finally:
            evidence.close()
            ledger.close()


def _probe(api: Api) -> ProbeResult:
    exchanges: list[Exchange] = []
    api.client.observers.append(exchanges.append)
    first = check_it_is_there(api)
    check_it_speaks_json(api, [first])
    known = discover(api, first)
    sure = {kind: set(known.ids(kind)) - set(known.to_try.get(kind, ())) for kind in KINDS}
    return ProbeResult(
        known={kind: len(sure[kind]) for kind in KINDS},
        unsure={kind: len(known.to_try.get(kind, ())) for kind in KINDS},
        orders=None if is_no_page(first) else read_page(first).total,
        latency=statistics.median(each.response.seconds for each in exchanges),
        requests=api.client.requests,
    )
