"""The request loop of the HTTP client, and the evidence that it writes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from order_conformance.core.outcomes import CantTell
from order_conformance.core.redaction import Redactor
from order_conformance.http.client import NoResponse
from order_conformance.http.exchange import Request
from order_conformance.orders.creates import Api
from order_conformance.recording.ledger import Ledger
from selftest.support.engine_parts import KEY, ORDERS, client_for
from selftest.support.misbehaving_server import FINE, JSON, Incoming, Script, response_to, serving

if TYPE_CHECKING:
    from pathlib import Path

GET, POST = Request("GET", ORDERS), Request("POST", ORDERS, (), b"{}")


def test_a_header_field_beyond_ascii_is_sent_as_latin_1(tmp_path: Path) -> None:
    """One byte for each letter (RFC 9110 section 5.5)."""
    with serving(Script(FINE)) as (base_url, gateway):
        with client_for(base_url, tmp_path) as client:
            client.send(Request("GET", ORDERS, (("X-Odd", "caf\u00e9"),)))
        assert b"X-Odd: caf\xe9\r\n" in gateway.requests[0].head


def test_a_lost_create_is_not_sent_again_by_the_client(tmp_path: Path) -> None:
    """It is unknown whether it was stored; only its marker in the list can show that."""
    with serving(Script(b"", FINE)) as (base_url, gateway):
        with client_for(base_url, tmp_path) as client, pytest.raises(NoResponse) as lost:
            client.send(POST)
        assert lost.value.may_have_acted
        assert len(gateway.requests) == 1


def test_one_of_several_that_gets_lost_does_not_hide_the_others(tmp_path: Path) -> None:
    """Results are in request order, each with its own outcome."""

    def by_body(request: Incoming) -> bytes:
        return b"" if request.body == b"1" else response_to("201 Created", request.body, JSON)

    requests = [Request("POST", ORDERS, (), str(n).encode()) for n in range(3)]
    with serving(Script(by_body)) as (base_url, _), client_for(base_url, tmp_path) as client:
        first, lost, last = client.send_together(requests)
    assert isinstance(lost, CantTell)
    assert not isinstance(first, CantTell)
    assert not isinstance(last, CantTell)
    assert (first.json, last.json) == (0, 2)


def test_evidence_is_written_as_it_happens(tmp_path: Path) -> None:
    """The line of each exchange is complete before the next request is sent."""
    file, seen = tmp_path / "evidence.jsonl", []

    def count(_: Incoming) -> bytes:
        seen.append(file.read_text(encoding="utf-8").count("\n"))
        return FINE

    with serving(Script(count)) as (base_url, _), client_for(base_url, tmp_path) as client:
        for _request in range(3):
            client.send(GET)
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert seen == [0, 1, 2]
    assert [line["id"] for line in lines] == ["run#1", "run#2", "run#3"]
    assert {line["response"]["status"] for line in lines} == {200}


def test_an_unanswered_request_is_evidence_too(tmp_path: Path) -> None:
    """Its line says why there was no response."""
    with (
        serving(Script(b"")) as (base_url, _),
        client_for(base_url, tmp_path) as client,
        pytest.raises(CantTell),
    ):
        client.send(POST)
    line = json.loads((tmp_path / "evidence.jsonl").read_text(encoding="utf-8"))
    assert "connection failed" in line["failure"]


def test_the_ledger_lists_an_order_before_it_is_sent(tmp_path: Path) -> None:
    """There is a line before the request, and another after the response."""
    ledger_file, seen = tmp_path / "ledger.jsonl", []

    def look(_: Incoming) -> bytes:
        seen.append([json.loads(x) for x in ledger_file.read_text(encoding="utf-8").splitlines()])
        return response_to("201 Created", b'{"id": 17}', JSON)

    ledger = Ledger(ledger_file, Redactor([KEY]))
    with serving(Script(look)) as (base_url, _), client_for(base_url, tmp_path) as client:
        Api(client, ledger).create({"externalOrderIds": ["conf-1-1"]})
    ledger.close()
    assert [(line["event"], line["external_ids"]) for line in seen[0]] == [
        ("sending", ["conf-1-1"])
    ]
    last = json.loads(ledger_file.read_text(encoding="utf-8").splitlines()[-1])
    assert (last["event"], last["order_id"], last["entry"]) == ("answered", 17, 1)
