"""Failure messages: complete, in plain English, safe to show, and true to the request."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from order_conformance.core.redaction import Redactor
from order_conformance.core.text import printable
from order_conformance.http.curl import curl
from order_conformance.http.exchange import Exchange, Request, Response
from order_conformance.judging.assertions import (
    assert_accepted,
    assert_kept,
    assert_refused,
    assert_status,
    fail,
)
from order_conformance.judging.failure_message import describe, failure_text
from order_conformance.judging.findings import NonConformance
from order_conformance.orders.fields import external_ids
from order_conformance.orders.placed import PlacedOrder, View
from order_conformance.requirements.catalogue import load_catalogue
from order_conformance.target.model import Target
from selftest.support.engine_parts import KEY, ORDERS
from selftest.support.misbehaving_server import Gateway, Incoming, response_to, serving

if TYPE_CHECKING:
    import asyncio

TARGET = Target("http://127.0.0.1:8080", api_key=KEY)
JSON = (("Content-Type", "application/json"),)
SENT = (("Accept", "application/json"), *JSON)


def exchange(
    status: int, body: bytes, *, sent: bytes | None = b"{}", path: str = ORDERS
) -> Exchange:
    """Return an exchange with a JSON answer."""
    request = Request(
        "GET" if sent is None else "POST", path, SENT[: 1 if sent is None else 2], sent
    )
    return Exchange("tests/test_x.py::test_y#1", request, Response(status, JSON, body, 0.1))


def message(failure: NonConformance, requirement_id: str = "ASSOC-03", key: str = KEY) -> str:
    """Lay a failure out for a requirement of the real catalogue."""
    target = replace(TARGET, api_key=key)
    requirement = load_catalogue()[requirement_id]
    return failure_text(
        describe(failure, "tests/test_x.py::test_y", requirement, target, Redactor([key]))
    )


def test_the_message_of_an_order_that_should_have_been_refused() -> None:
    """Rule, sent, got, expected, reproduce, evidence: nothing else."""
    sent = b'{"patient":{"id":1234},"site":{"id":10},"orderItems":[{"item":{"id":1000}}]}'
    got = b'{"id": 17, "patient": {"id": 1234}, "site": null}'
    with pytest.raises(NonConformance) as failure:
        assert_refused(exchange(201, got, sent=sent), because="it names both a patient and a site")
    rule = load_catalogue()["ASSOC-03"]
    assert message(failure.value) == (
        "ASSOC-03 MUST failed: the server accepted an order that it must refuse\n"
        f"  rule       {rule.statement} ({rule.source})\n"
        f"  sent       POST /api/v3/order {sent.decode()}\n"
        f"  got        201 {got.decode()}\n"
        "  expected   4xx, and nothing stored, because it names both a patient and a site\n"
        "  reproduce  curl -sS -i -g --path-as-is -X POST http://127.0.0.1:8080/api/v3/order"
        " -H \"Impilo-API-Key: $ORDER_API_KEY\" -H 'Accept: application/json'"
        f" -H 'Content-Type: application/json' --data-binary '{sent.decode()}'\n"
        "  evidence   tests/test_x.py::test_y#1"
    )


def test_the_message_of_an_order_that_should_have_been_accepted() -> None:
    """A response that is not JSON is shown with its media type."""
    response = Response(500, (("Content-Type", "text/html"),), b"<h1>Oops</h1>", 0.1)
    failed = replace(exchange(500, b""), response=response)
    with pytest.raises(NonConformance) as failure:
        assert_accepted(failed, because="the patient exists")
    lines = message(failure.value, "ASSOC-01").splitlines()
    assert lines[0] == ("ASSOC-01 MUST failed: the server failed on an order that it must accept")
    assert lines[3] == "  got        500 [text/html] <h1>Oops</h1>"
    assert lines[4] == (
        "  expected   201 or 200 with the order as a JSON object, because the patient exists"
    )


def test_a_long_story_is_cut_and_says_so() -> None:
    """The last four exchanges are shown, and long bodies keep both of their ends."""
    steps = [exchange(200, b'{"start": "' + b"x" * 5000 + b'end"}', sent=None) for _ in range(6)]
    failure = NonConformance("did it", steps, expected="something else", notice="look here")
    text = message(failure)
    assert "  before     2 more exchanges, see evidence.jsonl\n" in text
    assert text.count("  sent  ") == 4
    assert "  notice     look here\n" in text
    assert text.count("  reproduce  ") == 1
    assert "start" in text
    assert 'end"}' in text
    assert len(text) < 4000


def test_what_a_server_says_cannot_steer_terminal_or_build() -> None:
    """Control characters, directions, new lines and commands to build services are defused."""
    nasty = "\x1b[2J\x07\u202e\x9b\x00\r\n::error::gotcha\n##[error]gotcha"
    failure = fail("it said " + nasty, exchange(200, nasty.encode()), expected=nasty, notice=nasty)
    text = message(failure)
    assert all(character == "\n" or character.isprintable() for character in text)
    assert not any(line.lstrip().startswith(("::", "##[")) for line in text.splitlines())
    assert "##[" not in text
    assert "\\x1b[2J" in text
    assert len(text.splitlines()) == 8


@pytest.mark.parametrize("length", range(150, 320, 7))
def test_no_half_of_a_key_is_left_where_a_line_is_cut(length: int) -> None:
    """Wherever the key stands in a long body, none of it is shown."""
    key = "abcdefghijklmnopqrstuvwxyz"
    body = b"." * length + key.encode() + b"." * 300
    text = message(fail("it", exchange(200, body), expected="x"), key=key)
    assert not any(key[start : start + 4] in text for start in range(len(key) - 4))


BODIES = {
    "an order": b'{"patient": {"id": 1}}',
    "quotes": b"""{"a": "it's \\"quoted\\" $HOME `id` \\\\ !!"}""",
    "no ASCII": '{"a": "📦 naïve \u202e"}'.encode(),
    "NUL and control": b'{"a": "\x00\x01\n\t%d%s\\n"}',
    "no UTF-8": b"\xff\xfe%s\\x",
    "a file name": b"@/etc/hostname",
    "a dash": b"-",
    "nothing": b"",
    "a new line": b"{}\n",
}


@pytest.mark.parametrize("which", BODIES)
def test_the_curl_line_sends_the_same_bytes_again(which: str) -> None:
    """Run by bash, curl sends method, path, header fields and body as the suite did."""
    headers = (
        ("Accept", "application/json"),
        ("Content-Type", "application/json"),
        ("X-Empty", ""),
    )
    request = Request("POST", ORDERS + "/%7B[1]%7D/../x?a={b}&c=%00", headers, BODIES[which])
    seen = run_curl(request)
    assert (seen.method, seen.path, seen.body) == (request.method, request.path, request.body)
    fields = fields_of(seen)
    assert fields["impilo-api-key"] == KEY
    assert fields["content-type"] == "application/json"
    assert fields["x-empty"] == ""


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "OPTIONS"])
def test_the_curl_line_adds_nothing_of_its_own(method: str) -> None:
    """A request without Accept, Content-Type and key is sent again without them."""
    body = b"{}" if method == "PUT" else None
    seen = run_curl(Request(method, ORDERS, (), body, with_key=False))
    assert (seen.method, seen.body) == (method, body or b"")
    assert not {"accept", "content-type", "impilo-api-key"} & set(fields_of(seen))


def run_curl(request: Request) -> Incoming:
    """Run the curl line of a request in bash; returns what arrived."""

    async def fine(_: Gateway, __: Incoming, writer: asyncio.StreamWriter) -> None:
        writer.write(response_to("200 OK"))

    with serving(fine) as (base_url, gateway):
        line = curl(request, Target(base_url + "/ignored", api_key=KEY))
        subprocess.run(
            ["bash", "-c", printable(line)],
            env={"PATH": "/usr/bin:/bin:/usr/local/bin", "ORDER_API_KEY": KEY, "NO_PROXY": "*"},
            check=True,
            capture_output=True,
            timeout=20,
        )
        return gateway.requests[0]


def fields_of(seen: Incoming) -> dict[str, str]:
    """Return the header fields that arrived."""
    lines = seen.head.decode("latin-1").split("\r\n")[1:]
    return {
        name.lower(): value.strip()
        for name, _, value in (line.partition(":") for line in lines if line)
    }


def test_every_requirement_has_a_first_line_that_names_it() -> None:
    """Id, level, and what the server did."""
    for requirement in load_catalogue().requirements.values():
        text = message(fail("it did", exchange(200, b""), expected="x"), requirement.id)
        assert re.match(rf"{requirement.id} (MUST|SHOULD) failed: it did\n  rule  ", text)


def test_the_message_of_a_value_that_is_not_kept() -> None:
    """The create that sent it comes first, then the view that lacks it."""
    order = {"externalOrderIds": ["a-1", "a-2"]}
    created = exchange(201, b'{"id": 17}', sent=b'{"externalOrderIds":["a-1","a-2"]}')
    fetched = exchange(200, b'{"id": 17, "externalOrderIds": ["a-1"]}', sent=None, path="/17")
    view = View("fetched order", {"id": 17, "externalOrderIds": ["a-1"]}, fetched)
    placed = PlacedOrder(order, created, {"id": 17})
    with pytest.raises(NonConformance) as failure:
        assert_kept([(placed, [view])], "the external ids", external_ids)
    rule = load_catalogue()["EXT-02"]
    lines = message(failure.value, "EXT-02").splitlines()
    assert lines[:8] == [
        "EXT-02 MUST failed: the fetched order does not keep the external ids",
        f"  rule       {rule.statement} ({rule.source})",
        '  sent       POST /api/v3/order {"externalOrderIds":["a-1","a-2"]}',
        '  got        201 {"id": 17}',
        "  sent       GET /17",
        '  got        200 {"id": 17, "externalOrderIds": ["a-1"]}',
        "  expected   the external ids: ['a-1', 'a-2']",
        "  notice     the fetched order shows ['a-1']",
    ]


def test_the_message_of_a_sequence_has_all_its_commands() -> None:
    """They are below each other, and ready to be copied."""
    steps = [exchange(201, b"{}"), exchange(404, b"{}", sent=None)]
    failure = NonConformance(
        "order 17 is gone", steps, expected="the order", reproduce=["curl one", "curl two"]
    )
    assert message(failure, "CONTRACT-04").endswith(
        "\n  expected   the order"
        "\n  reproduce  curl one"
        "\n             curl two"
        "\n  evidence   tests/test_x.py::test_y#1"
    )


def test_the_message_of_a_status_and_of_a_request_without_the_key() -> None:
    """An empty body, and a missing media type, are named."""
    sent = Request("GET", ORDERS, with_key=False)
    response = Response(200, (), b"", 0.1)
    with pytest.raises(NonConformance) as failure:
        assert_status(
            Exchange("tests/test_x.py::test_y#1", sent, response), [401], because="no key was sent"
        )
    lines = message(failure.value, "AUTH-02").splitlines()
    level = load_catalogue()["AUTH-02"].level
    assert lines[0] == f"AUTH-02 {level} failed: the server answered 200"
    assert lines[2:5] == [
        "  sent       GET /api/v3/order (without the key)",
        "  got        200 [no media type] (empty body)",
        "  expected   401, because no key was sent",
    ]
