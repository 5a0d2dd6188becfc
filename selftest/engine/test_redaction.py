"""The key leaves the process only towards the target: no artifact shows it, however written."""

from __future__ import annotations

import base64
import html
import json
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from order_conformance.redaction import MASK, Redactor
from selftest.engine.helpers import KEY, pytest_in
from selftest.engine.tiny import write_suite
from selftest.troubled.gateway import Gateway, Incoming, answer_of, serving

if TYPE_CHECKING:
    import asyncio
    from pathlib import Path

SPELLINGS = {
    "plain": KEY,
    "URL": quote(KEY, safe=""),
    "URL in small letters": quote(KEY, safe="").lower(),
    "path": quote(KEY),
    "JSON": json.dumps(KEY)[1:-1],
    "JSON with slashes escaped": KEY.replace("/", "\\/"),
    "JSON as .NET writes it": KEY.replace("+", "\\u002B")
    .replace("&", "\\u0026")
    .replace("=", "\\u003D")
    .replace("/", "\\u002F"),
    "HTML": html.escape(KEY),
    "base64": base64.b64encode(KEY.encode()).decode(),
    "base64url": base64.urlsafe_b64encode(KEY.encode()).decode().rstrip("="),
    "basic authentication": base64.b64encode(f"user:{KEY}".encode()).decode(),
    "basic, one further": base64.b64encode(f"user1:{KEY}!".encode()).decode(),
    "basic, two further": base64.b64encode(f"user12:{KEY}!!".encode()).decode(),
    "hexadecimal": KEY.encode().hex(),
    "in capitals": KEY.upper(),
    "twice": KEY + KEY,
}


@pytest.mark.parametrize("which", SPELLINGS)
def test_each_spelling_is_masked(which: str) -> None:
    """A server may write the key in many ways."""
    redactor = Redactor([KEY])
    shown = redactor.text(f"before {SPELLINGS[which]} after")
    assert MASK in shown
    assert SPELLINGS[which] not in shown
    assert shown.startswith("before ")
    assert shown.endswith(" after")
    assert redactor.occurs_in(SPELLINGS[which])


def test_ordinary_text_stays() -> None:
    """What only resembles the key is shown."""
    text = "the canary sang; base64: " + base64.b64encode(b"nothing to see here").decode()
    assert Redactor([KEY, ""]).text(text) == text


def test_a_key_within_a_key_is_masked_whole() -> None:
    """The longer of two secrets goes first, whichever was added first."""
    for secrets in (["secret-one", "secret-one-more"], ["secret-one-more", "secret-one"]):
        assert Redactor(secrets).text("<secret-one-more>") == f"<{MASK}>"


CORE = ("results.json", "evidence.jsonl", "ledger.jsonl", "junit.xml")

TELLTALE = """
import pytest
from order_conformance.assertions import fail
from order_conformance.outcomes import CantTell

@pytest.mark.requirement("ASSOC-03")
def test_a_finding(raw_api):
    exchange = raw_api.create({"externalOrderIds": ["conf-1"]})
    raise fail("it said " + exchange.answer.body.decode("utf-8", "replace"), exchange,
               expected="silence", notice=repr(exchange.answer.headers))

@pytest.mark.requirement("ASSOC-02")
def test_an_error_of_the_suite(raw_api):
    raise ValueError(raw_api.get().answer.body.decode("utf-8", "replace"))

@pytest.mark.requirement("ASSOC-01")
def test_something_in_the_way(raw_api):
    raise CantTell(raw_api.get().answer.body.decode("utf-8", "replace"))
"""


def test_no_artifact_shows_the_key_in_any_spelling(tmp_path: Path) -> None:
    """Header, body, order id, messages, exceptions, evidence, ledger, results, terminal, JUnit."""
    secret = [spelling for name, spelling in SPELLINGS.items() if name != "twice"]

    async def parrot(_: Gateway, __: Incoming, writer: asyncio.StreamWriter) -> None:
        body = json.dumps({"id": KEY, "said": " ".join(secret)}).encode()
        fields = [f"X-Said-{n}: {spelling}" for n, spelling in enumerate(secret)]
        writer.write(answer_of("201 Created", body, "Content-Type: application/json", *fields))

    write_suite(tmp_path, TELLTALE)
    with serving(parrot) as (base_url, _):
        ended = pytest_in(
            tmp_path,
            *("tests", "--base-url", base_url, "--reports", "out", "--junitxml", "out/junit.xml"),
            ORDER_API_KEY=KEY,
        )
    paths = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    files = {path.name: path.read_text(encoding="utf-8") for path in paths}
    assert set(CORE) <= set(files)
    shown = {"terminal": ended.stdout + ended.stderr, **files}
    for name, text in shown.items():
        for spelling in secret:
            assert spelling not in text, (name, spelling)
            assert json.dumps(spelling)[1:-1] not in text, (name, spelling)
        assert MASK in text or name not in ("terminal", *CORE), name


def test_a_short_key_does_not_black_out_the_results(tmp_path: Path) -> None:
    """A key that is called "test" leaves verdict, outcomes and names of tests readable."""
    write_suite(tmp_path, TELLTALE)

    async def mute(_: Gateway, __: Incoming, writer: asyncio.StreamWriter) -> None:
        writer.write(answer_of("200 OK", b'{"said": "test"}', "Content-Type: application/json"))

    with serving(mute) as (base_url, _):
        pytest_in(
            tmp_path, "tests", "--base-url", base_url, "--reports", "out", ORDER_API_KEY="test"
        )
    results = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    outcomes = {row["outcome"] for row in results["requirements"]}
    assert outcomes == {"failed", "cantTell", "untested"}
    evidence = (tmp_path / "out" / "evidence.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(evidence[0])["id"].startswith("tests/test_tiny.py::test_a_finding#")
    assert "test" not in json.loads(evidence[0])["answer"]["body"]
