"""A run keeps little of what a server sends, however much that is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from order_conformance.core.outcomes import CantTell
from order_conformance.core.redaction import Redactor
from order_conformance.http.exchange import LONGEST_KEPT, Exchange, Request, Response
from order_conformance.http.memory import CONTAINER, LARGEST_MEMORY, MOST_CONTAINERS, ResponseMemory
from order_conformance.recording.evidence import LONGEST_BODY, MOST_MASKED, EvidenceLog
from selftest.support.engine_parts import KEY, ORDERS, client_for
from selftest.support.misbehaving_server import Gateway, Incoming, response_to, serving

if TYPE_CHECKING:
    import asyncio
    from pathlib import Path

GET = Request("GET", ORDERS)
MEGABYTE = 1024 * 1024


def test_a_response_counts_for_as_long_as_it_exists() -> None:
    """Its lists and objects count for the memory that they take once they are parsed."""
    memory = ResponseMemory()
    kept = Response(200, (), b"x" * 1000, 0)
    gone = Response(200, (), b"[{}]", 0)
    memory.add(kept)
    memory.add(gone)
    assert memory.bytes == 2000 + 8 + 2 * CONTAINER
    del gone
    assert memory.bytes == 2000
    assert not memory.is_full


def test_a_large_response_does_not_keep_its_parsed_json() -> None:
    """A small one does; both are parsed in the same way."""
    small = Response(200, (), b'{"a": 1}', 0)
    large = Response(200, (), b'{"a": "' + b"x" * LONGEST_KEPT + b'"}', 0)
    assert small.json is small.json
    assert large.json == {"a": "x" * LONGEST_KEPT}
    assert [name for name in vars(large) if "json" in name] == []


@pytest.mark.parametrize("keeps", [True, False])
def test_a_run_ends_before_its_memory_is_full(tmp_path: Path, keeps: bool) -> None:
    """Responses that are kept end it, with the reason; those that are not kept do no harm."""
    body = b'"' + b"x" * (5 * MEGABYTE) + b'"'

    async def large(_: Gateway, __: Incoming, writer: asyncio.StreamWriter) -> None:
        writer.write(response_to("200 OK", body, "Content-Type: application/json"))

    most = LARGEST_MEMORY // (2 * len(body)) + 1
    kept = []
    with serving(large) as (base_url, gateway), client_for(base_url, tmp_path) as client:
        for _ in range(most):
            exchange = client.send(GET)
            if keeps:
                kept.append(exchange)
        del exchange
        if keeps:
            with pytest.raises(CantTell, match="MB of memory"):
                client.send(GET)
        else:
            assert client.send(GET).status == 200
    assert len(gateway.requests) == (most if keeps else most + 1)


def test_a_response_of_too_many_lists_is_a_failure(tmp_path: Path) -> None:
    """A few megabytes that would take hundreds once parsed are not a finding."""
    body = b"[" + b"{}," * MOST_CONTAINERS + b"1]"

    async def lists(_: Gateway, __: Incoming, writer: asyncio.StreamWriter) -> None:
        writer.write(response_to("200 OK", body, "Content-Type: application/json"))

    with (
        serving(lists) as (base_url, _),
        client_for(base_url, tmp_path) as client,
        pytest.raises(CantTell, match="lists and objects"),
    ):
        client.send(GET)


@pytest.mark.parametrize("before", [0, LONGEST_BODY - 10, MOST_MASKED - 10, 2 * MOST_MASKED])
@pytest.mark.parametrize("again", [1, 40_000])
def test_a_large_body_is_cut_in_the_evidence_and_shows_no_secret(
    tmp_path: Path, before: int, again: int
) -> None:
    """Wherever the key is in the body, and however often, not even half of it is written."""
    body = b"x" * before + KEY.encode() * again + b"y" * MOST_MASKED
    log = EvidenceLog(tmp_path / "evidence.jsonl", Redactor([KEY]))
    log.answered(Exchange("test#1", GET, Response(200, (), body, 0)))
    log.close()
    text = (tmp_path / "evidence.jsonl").read_text(encoding="utf-8")
    assert KEY[:6] not in text
    assert len(text) < 2 * LONGEST_BODY
    response = json.loads(text)["response"]
    assert response["body"].endswith(f"... ({len(body)} bytes)")
    assert response["body_bytes"] == len(body)
