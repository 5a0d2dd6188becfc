"""The one door: retries, redirects, bounds, evidence as it happens."""

from __future__ import annotations

import gzip
import json
import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest

from order_conformance.core.json_values import NotJson, read_json
from order_conformance.core.outcomes import CantTell
from order_conformance.core.redaction import Redactor
from order_conformance.http.client import NoResponse
from order_conformance.http.decoding import BodyReader, BrokenCoding, TooLarge
from order_conformance.http.exchange import Request, Response, TransportFailure
from order_conformance.http.retries import GiveUp, RetryAfter, pause_before_retry, retry_after
from order_conformance.orders.creates import Api
from order_conformance.recording.ledger import Ledger
from order_conformance.target.model import Budget
from selftest.support.engine_parts import KEY, ORDERS, client_for
from selftest.support.misbehaving_server import Gateway, Incoming, reset, response_to, serving

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable
    from pathlib import Path

GET, POST = Request("GET", ORDERS), Request("POST", ORDERS, (), b"{}")
JSON = "Content-Type: application/json"


def said(value: str | None) -> float | None:
    """Read a Retry-After."""
    return retry_after(Response(429, () if value is None else (("Retry-After", value),), b"", 0))


@pytest.mark.parametrize(("value", "seconds"), [("0", 0), ("7", 7), (" 30 ", 30)])
def test_retry_after_in_seconds(value: str, seconds: float) -> None:
    """Whole seconds are taken as they are."""
    assert said(value) == seconds


def test_retry_after_as_a_date() -> None:
    """A date counts from now; one that has passed means at once."""
    now = datetime.now(UTC)
    later = said(format_datetime(now + timedelta(seconds=90), usegmt=True))
    assert later is not None
    assert 80 < later <= 90
    assert said(format_datetime(now - timedelta(days=1), usegmt=True)) == 0


@pytest.mark.parametrize("value", [None, "", "soon", "-5", "1.5", "٣", "Wed, 99 Foo 2020", "1e9"])
def test_retry_after_that_makes_no_sense_is_as_good_as_none(value: str | None) -> None:
    """Garbage neither fails nor makes the run wait."""
    assert said(value) is None


def test_retry_after_beyond_all_patience_is_not_waited_for() -> None:
    """Numbers of any length are read; the door does not wait so long."""
    assert said("9" * 400) == float("inf")


LOST, REFUSED, SLOW = (
    TransportFailure("lost"),
    TransportFailure("refused", sent=False),
    TransportFailure("slow", slow=True),
)
OK, BUSY, DOWN, BAD_GATEWAY = (Response(s, (), b"", 0) for s in (200, 429, 503, 502))


@pytest.mark.parametrize(
    ("request_", "outcome", "retries", "follows"),
    [
        (GET, OK, 0, type(None)),
        (GET, Response(500, (), b"", 0), 0, type(None)),
        (POST, Response(500, (), b"", 0), 0, type(None)),
        (GET, BUSY, 0, RetryAfter),
        (GET, DOWN, 4, RetryAfter),
        (GET, DOWN, 5, GiveUp),
        (GET, BAD_GATEWAY, 0, RetryAfter),
        (GET, Response(522, (), b"", 0), 0, RetryAfter),
        (GET, LOST, 0, RetryAfter),
        (GET, SLOW, 0, RetryAfter),
        (GET, SLOW, 1, GiveUp),
        (POST, BUSY, 0, RetryAfter),
        (POST, DOWN, 0, RetryAfter),
        (POST, REFUSED, 0, RetryAfter),
        (POST, BAD_GATEWAY, 0, GiveUp),
        (POST, LOST, 0, GiveUp),
        (POST, SLOW, 0, GiveUp),
    ],
)
def test_what_is_sent_again(
    request_: Request, outcome: Response | TransportFailure, retries: int, follows: type
) -> None:
    """Reads after any trouble, creates only where the target cannot have acted."""
    pause = pause_before_retry(request_, outcome, retries, random.Random(1))
    assert isinstance(pause, follows)


class Script:
    """Answers with one step after the other, the last one again and again."""

    def __init__(self, *steps: bytes | Callable[[Incoming], bytes]) -> None:
        """Take whole answers, or functions of the request; empty bytes reset the connection."""
        self.steps = list(steps)

    async def __call__(self, _: Gateway, request: Incoming, writer: asyncio.StreamWriter) -> None:
        """Answer with the next step."""
        step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        response = step if isinstance(step, bytes) else step(request)
        if response:
            writer.write(response)
        else:
            reset(writer)


def to(location: str, status: str = "302 Found") -> bytes:
    """Return a redirect."""
    return response_to(status, b"", f"Location: {location}")


FINE = response_to("200 OK", b'{"fine": true}', JSON)


@pytest.mark.parametrize("status", ["301 a", "302 b", "307 c", "308 d"])
def test_a_read_follows_within_the_same_origin(tmp_path: Path, status: str) -> None:
    """The key goes along, as the host is the same."""
    with serving(Script(to("/elsewhere?a=%7B", status), FINE)) as (base_url, gateway):
        with client_for(base_url, tmp_path) as client:
            assert client.send(GET).json == {"fine": True}
        assert gateway.requests[1].path == "/elsewhere?a=%7B"
        assert KEY.encode() in gateway.requests[1].head


def test_no_redirect_leads_to_another_origin(tmp_path: Path) -> None:
    """Another port, scheme or host gets nothing; the answer is the redirect itself."""
    with serving(Script(FINE)) as (other_url, other):
        places = [f"{other_url}/x", f"//{other_url[7:]}/x", "https://127.0.0.1/x", "ftp://h/x"]
        places += ["http://127.0.0.1:1@127.0.0.1/"]
        for place in places:
            with (
                serving(Script(to(place))) as (base_url, _),
                client_for(base_url, tmp_path) as client,
            ):
                assert client.send(GET).status == 302, place
        assert other.connections == 0


@pytest.mark.parametrize("place", ["http://[", "javascript:1", "http:///x", "\xff://", "//\xff"])
def test_a_redirect_to_nowhere_is_trouble(tmp_path: Path, place: str) -> None:
    """A Location that is no URL breaks nothing here."""
    with (
        serving(Script(to(place))) as (base_url, _),
        client_for(base_url, tmp_path) as client,
        suppress(CantTell),
    ):
        assert client.send(GET).status == 302
    line = json.loads((tmp_path / "evidence.jsonl").read_text(encoding="utf-8"))
    assert "failure" in line or line["response"]["status"] == 302


def test_a_create_is_never_redirected(tmp_path: Path) -> None:
    """Not even within the same origin: it might be stored twice."""
    with serving(Script(to("/x", "307 Temporary"), FINE)) as (base_url, gateway):
        with client_for(base_url, tmp_path) as client:
            assert client.send(POST).status == 307
        assert len(gateway.requests) == 1


def test_a_redirect_loop_ends(tmp_path: Path) -> None:
    """After five hops the redirect is the answer."""
    with serving(Script(to(ORDERS))) as (base_url, gateway):
        with client_for(base_url, tmp_path) as client:
            assert client.send(GET).status == 302
        assert len(gateway.requests) == 6


def test_a_field_beyond_ascii_travels_as_latin_1(tmp_path: Path) -> None:
    """One byte for each letter (RFC 9110 section 5.5)."""
    with serving(Script(FINE)) as (base_url, gateway):
        with client_for(base_url, tmp_path) as client:
            client.send(Request("GET", ORDERS, (("X-Odd", "caf\u00e9"),)))
        assert b"X-Odd: caf\xe9\r\n" in gateway.requests[0].head


def test_a_lost_create_is_not_sent_again_by_the_door(tmp_path: Path) -> None:
    """Nobody knows whether it was stored; who holds its marker may look."""
    with serving(Script(b"", FINE)) as (base_url, gateway):
        with client_for(base_url, tmp_path) as client, pytest.raises(NoResponse) as lost:
            client.send(POST)
        assert lost.value.may_have_acted
        assert len(gateway.requests) == 1


def test_one_of_several_that_gets_lost_does_not_hide_the_others(tmp_path: Path) -> None:
    """What was sent side by side is told one by one, in its sequence."""

    def by_body(request: Incoming) -> bytes:
        return b"" if request.body == b"1" else response_to("201 Created", request.body, JSON)

    requests = [Request("POST", ORDERS, (), str(n).encode()) for n in range(3)]
    with serving(Script(by_body)) as (base_url, _), client_for(base_url, tmp_path) as client:
        first, lost, last = client.send_together(requests)
    assert isinstance(lost, CantTell)
    assert not isinstance(first, CantTell)
    assert not isinstance(last, CantTell)
    assert (first.json, last.json) == (0, 2)


def test_a_target_that_still_lists_is_not_given_up(tmp_path: Path) -> None:
    """Some requests may bring a server into trouble; the others are judged on."""

    def by_method(request: Incoming) -> bytes:
        return b"" if request.is_create else FINE

    with serving(Script(by_method)) as (base_url, _), client_for(base_url, tmp_path) as client:
        for _attempt in range(4):
            with pytest.raises(CantTell):
                client.send(POST)
        assert client.gave_up is None
        assert client.send(GET).status == 200


def test_a_target_that_is_gone_is_given_up(tmp_path: Path) -> None:
    """After three requests without an answer nothing more is sent."""
    with serving(Script(b"")) as (base_url, gateway), client_for(base_url, tmp_path) as client:
        for _attempt in range(3):
            with pytest.raises(CantTell):
                client.send(POST)
        sent = len(gateway.requests)
        with pytest.raises(CantTell, match="nothing more was sent"):
            client.send(GET)
        assert len(gateway.requests) == sent


def test_the_budget_of_requests_is_kept(tmp_path: Path) -> None:
    """The reason names the key of the target file to raise."""
    budget = Budget(requests=2)
    with serving(Script(FINE)) as (base_url, gateway):
        with client_for(base_url, tmp_path, budget=budget) as client:
            client.send(GET)
            client.send(GET)
            with pytest.raises(CantTell, match=r"raise \[budget\] requests"):
                client.send(GET)
        assert len(gateway.requests) == 2


def test_evidence_is_written_as_it_happens(tmp_path: Path) -> None:
    """After each exchange its line is there, whole, before the next request goes out."""
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
    """With the trouble in words."""
    with (
        serving(Script(b"")) as (base_url, _),
        client_for(base_url, tmp_path) as client,
        pytest.raises(CantTell),
    ):
        client.send(POST)
    line = json.loads((tmp_path / "evidence.jsonl").read_text(encoding="utf-8"))
    assert "connection failed" in line["failure"]


def test_the_ledger_knows_of_an_order_before_the_server_does(tmp_path: Path) -> None:
    """A line before the request, a line after the answer."""
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


def test_a_body_is_decoded_within_its_limit() -> None:
    """Plain, gzip in one or two members; too large is found without unfolding it all."""
    for chunks in ([b"abc", b"def"], [gzip.compress(b"abc") + gzip.compress(b"def")]):
        reader = BodyReader("gzip" if len(chunks) == 1 else "", 6)
        for chunk in chunks:
            reader.feed(chunk)
        assert reader.finish() == b"abcdef"
    bomb = BodyReader("GZip", 1000)
    with pytest.raises(TooLarge):
        bomb.feed(gzip.compress(bytes(100_000_000)))
    assert len(bomb._body) == 1001


def test_a_broken_coding_is_told() -> None:
    """Half a gzip file, and something that is none."""
    half = BodyReader("gzip", 1000)
    half.feed(gzip.compress(b"abcdef" * 9)[:15])
    with pytest.raises(BrokenCoding):
        half.finish()
    with pytest.raises(BrokenCoding):
        BodyReader("gzip", 1000).feed(b"{}")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        (b"\xff", "UTF-8"),
        (b"{} {}", "Extra data"),
        (b"[NaN]", "NaN"),
        (b"[" * 100_000 + b"]" * 100_000, "deep"),
        (b'{"a":' * 201 + b"1" + b"}" * 201, "200 levels"),
    ],
)
def test_what_is_no_json_is_told_with_its_reason(body: bytes, reason: str) -> None:
    """RFC 8259, and what no client could read."""
    with pytest.raises(NotJson, match=reason):
        read_json(body)


def test_what_is_json_is_read() -> None:
    """Huge numbers, names twice, NUL, lone surrogates, 200 levels, many short lists."""
    assert read_json(b"9" * 5000) == float("inf")
    assert read_json(b'{"a": 1, "a": 2}') == {"a": 2}
    assert read_json(rb'"\u0000\ud800"') == "\0\ud800"
    assert read_json(b"[" * 200 + b"]" * 200)
    assert len(read_json(b"[" + b"[]," * 5000 + b"[]]")) == 5001
