"""The key leaves the process only towards the target: no artifact shows it, however written."""

from __future__ import annotations

import base64
import html
import json
import sys
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from order_conformance.core.redaction import MASK, Redactor
from selftest.support.engine_parts import KEY, pytest_in
from selftest.support.misbehaving_server import Gateway, Incoming, response_to, serving
from selftest.support.tiny_suite import write_suite

if TYPE_CHECKING:
    import asyncio
    from pathlib import Path


def spellings_of(secret: str) -> dict[str, str]:
    """Return how a server, a gateway or a library may write a secret, each way by its name."""
    raw = secret.encode()
    return {
        "plain": secret,
        "URL": quote(secret, safe=""),
        "URL in small letters": quote(secret, safe="").lower(),
        "path": quote(secret),
        "segment of a path": quote(secret, safe="!$&'()*+,;=:@"),
        "URL within a URL": quote(quote(secret, safe=""), safe=""),
        "JSON": json.dumps(secret)[1:-1],
        "JSON with slashes escaped": secret.replace("/", "\\/"),
        "JSON as .NET writes it": secret.replace("+", "\\u002B")
        .replace("&", "\\u0026")
        .replace("=", "\\u003D")
        .replace("/", "\\u002F"),
        "JSON within JSON": secret.replace("/", "\\\\/").replace("&", "\\\\u0026"),
        "JavaScript": secret.replace("/", "\\x2f"),
        "HTML": html.escape(secret),
        "HTML by number": secret.replace("&", "&#38;").replace("/", "&#x2F;"),
        "HTML by name": secret.replace("+", "&plus;").replace("/", "&sol;"),
        "HTML within HTML": html.escape(html.escape(secret)),
        "base64": base64.b64encode(raw).decode(),
        "base64url": base64.urlsafe_b64encode(raw).decode().rstrip("="),
        "base64 in a URL": quote(base64.b64encode(raw).decode(), safe=""),
        "basic authentication": base64.b64encode(b"user:" + raw).decode(),
        "basic, one further": base64.b64encode(b"user1:" + raw + b"!").decode(),
        "basic, two further": base64.b64encode(b"user12:" + raw + b"!!").decode(),
        "basic in a URL": quote(base64.b64encode(b"user:" + raw).decode(), safe=""),
        "hexadecimal": raw.hex(),
        "in capitals": secret.upper(),
        "twice": secret + secret,
    }


SPELLINGS = spellings_of(KEY)


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


ARTIFACTS = {
    *("results.json", "evidence.jsonl", "ledger.jsonl", "junit.xml", "ctrf.json"),
    *("evidence.har", "report.html", "summary.md", "job-summary"),
}
TELLING = {"results.json", "evidence.jsonl", "ledger.jsonl", "junit.xml", "report.html"}
"""Where a mask must stand, or the test would show nothing."""

TELLTALE = """
import pytest
from order_conformance.judging.assertions import fail
from order_conformance.core.outcomes import CantTell

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


LATER_KEY = "later/Key+e44b=07d1&y"
TOKEN = "Bearer gate/Token+c0de=55aa&z"
SESSION = "session/Value+9d9d=1234&w"
PASSWORD = "proxy/Pass+b0b0=4321&v"
LOGIN = f"me:{PASSWORD}"
SECRETS = (KEY, LATER_KEY, TOKEN, TOKEN.partition(" ")[2], SESSION, PASSWORD, LOGIN)
SPELLED = {
    each: [spelling for name, spelling in spellings_of(each).items() if name != "twice"]
    for each in SECRETS
}


def test_no_artifact_shows_a_secret_in_any_spelling(tmp_path: Path) -> None:
    """Header, body, order id, messages, exceptions, evidence, every report, the terminal.

    The key expires after the first request and is fetched again; all requests go through a proxy,
    which is the parrot itself, as is the gateway.
    """
    known = [SPELLED[each] for each in SECRETS if each != LATER_KEY]
    secret = [spelling for spellings in SPELLED.values() for spelling in spellings]

    async def parrot(_: Gateway, request: Incoming, writer: asyncio.StreamWriter) -> None:
        # Nobody can mask a key that is not issued yet.
        is_issued = LATER_KEY.encode() in request.head
        said = [each for spellings in known for each in spellings]
        said += SPELLED[LATER_KEY] if is_issued else []
        body = json.dumps({"id": LATER_KEY if is_issued else KEY, "said": " ".join(said)}).encode()
        fields = [f"X-Said-{n}: {spelling}" for n, spelling in enumerate(said)]
        expired = request.number > 1 and KEY.encode() in request.head
        status = "401 Unauthorized" if expired else "201 Created"
        writer.write(response_to(status, body, "Content-Type: application/json", *fields))

    write_suite(tmp_path, TELLTALE)
    log = tmp_path / "log"
    printing = (
        "import pathlib, sys; log = pathlib.Path(sys.argv[1]); print(sys.argv[2 + log.exists()])"
    )
    command = [sys.executable, "-c", f"{printing}; log.touch()", str(log), KEY, LATER_KEY]
    session = [sys.executable, "-c", "import os; print(os.environ['SESSION'])"]
    (tmp_path / "target.toml").write_text(
        f"[api_key]\ncommand = {json.dumps(command)}\n[headers]\nAuthorization = "
        f'{{ env = "TOKEN" }}\nX-Session = {{ command = {json.dumps(session)} }}\n',
        encoding="utf-8",
    )
    (tmp_path / "out").mkdir()
    with serving(parrot) as (base_url, gateway):
        login = f"//me:{quote(PASSWORD, safe='')}@"
        ended = pytest_in(
            tmp_path,
            *("tests", "--base-url", "http://127.0.0.1:1", "--target", "target.toml"),
            *("--reports", "out"),
            TOKEN=TOKEN,
            SESSION=SESSION,
            ORDER_CONFORMANCE_PROXY=base_url.replace("//", login),
            GITHUB_ACTIONS="true",
            GITHUB_STEP_SUMMARY=str(tmp_path / "out" / "job-summary"),
        )
    heads = b"".join(request.head for request in gateway.requests)
    sent = base64.b64encode(LOGIN.encode()).decode()
    for each in (KEY, LATER_KEY, TOKEN, SESSION, sent):
        assert each.encode() in heads, f"{each} was never sent: this run shows nothing"
    paths = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    files = {path.name: path.read_text(encoding="utf-8") for path in paths}
    assert set(files) >= ARTIFACTS
    assert any("allure-results" in path.parts for path in paths)
    shown = {"terminal": ended.stdout + ended.stderr, **files}
    assert "::error " in shown["terminal"]
    for name, text in shown.items():
        for spelling in secret:
            assert spelling not in text, (name, spelling)
            assert json.dumps(spelling)[1:-1] not in text, (name, spelling)
        assert MASK in text or name not in {"terminal", *TELLING}, name


def test_a_short_key_does_not_black_out_the_results(tmp_path: Path) -> None:
    """A key that is called "test" leaves verdict, outcomes and names of tests readable."""
    write_suite(tmp_path, TELLTALE)

    async def mute(_: Gateway, __: Incoming, writer: asyncio.StreamWriter) -> None:
        writer.write(response_to("200 OK", b'{"said": "test"}', "Content-Type: application/json"))

    with serving(mute) as (base_url, _):
        pytest_in(
            tmp_path, "tests", "--base-url", base_url, "--reports", "out", ORDER_API_KEY="test"
        )
    results = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    outcomes = {row["outcome"] for row in results["requirements"]}
    assert outcomes == {"failed", "cantTell", "untested"}
    evidence = (tmp_path / "out" / "evidence.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(evidence[0])["id"].startswith("tests/test_tiny.py::test_a_finding#")
    assert "test" not in json.loads(evidence[0])["response"]["body"]
