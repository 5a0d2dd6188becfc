"""Keys and header fields from variables and commands, and what cannot be sent."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from order_conformance.core.exit_codes import UsageProblem
from order_conformance.http.curl import curl
from order_conformance.http.exchange import Request
from order_conformance.target.credentials import Header, parts_of
from order_conformance.target.model import Target
from selftest.support.engine_parts import KEY, ORDERS, ROOT, build, client_for, pytest_in
from selftest.support.misbehaving_server import Gateway, Incoming, response_to, serving
from selftest.support.misbehaviours import silent
from selftest.support.rotating_key_server import Lock, counting, python, times_run

if TYPE_CHECKING:
    import asyncio
    from pathlib import Path
    from typing import Any

GET, POST = Request("GET", ORDERS), Request("POST", ORDERS, (), b"{}")
URL = "http://127.0.0.1:1"


def test_what_a_command_prints_is_the_key_without_its_line_end() -> None:
    """No shell reads the arguments."""
    command = [*python("import sys; print(sys.argv[1])"), "$HOME; x"]
    target = build({"base_url": URL, "api_key": {"command": command}})
    assert target.api_key == "$HOME; x"
    assert target.is_renewable
    assert "$HOME" not in repr(target)


LEAK = "import sys; print('hunter2', file=sys.stderr); print('hunter2');"
BAD_COMMANDS = {
    "absent": (["/no/such/hunter/program"], "cannot be run (No such file or directory)"),
    "empty": ([""], "cannot be run"),
    "NUL": ([sys.executable, "a\0hunter2"], "cannot be run"),
    "fails": (python(f"{LEAK} sys.exit(3)"), "ended with exit code 3"),
    "killed": (python(f"{LEAK} import os; os.kill(os.getpid(), 9)"), "ended with exit code -9"),
    "silent": (python("pass"), "cannot be sent in a header"),
    "two lines": (python("print('hunter2\\nhunter2')"), "cannot be sent in a header"),
    "no ASCII": (python("print('hunter2\\u00e9')"), "cannot be sent in a header"),
    "endless": (["yes", "hunter2"], "printed more than 65536 bytes"),
}


@pytest.mark.parametrize("which", BAD_COMMANDS)
def test_a_command_that_brings_no_key_is_told_in_one_line(which: str) -> None:
    """The program is named, but not its arguments or its output."""
    command, why = BAD_COMMANDS[which]
    with pytest.raises(UsageProblem) as problem:
        build({"base_url": URL, "api_key": {"command": command}})
    assert str(problem.value).startswith("[api_key] command")
    assert why in str(problem.value)
    assert "hunter2" not in str(problem.value)
    assert "\n" not in str(problem.value)


def test_a_command_that_does_not_end_is_killed_with_what_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Including a child process that keeps its output open."""
    monkeypatch.setattr("order_conformance.target.secret_commands.printed_by.__defaults__", (0.5,))
    child = (
        "import os, pathlib, signal; "
        "pathlib.Path({!r}).write_text(str(os.getpid())); signal.pause()"
    )
    file = tmp_path / "child"
    code = f"import subprocess; subprocess.run({python(child.format(str(file)))!r})"
    began = time.monotonic()
    with pytest.raises(UsageProblem, match=r"did not end within 0\.5 s"):
        build({"base_url": URL, "api_key": {"command": python(code)}})
    assert time.monotonic() - began < 10
    if file.exists():  # it may have been too slow to start
        listed = subprocess.run(
            ["ps", "-o", "stat=", "-p", file.read_text(encoding="utf-8")],
            capture_output=True,
            text=True,
            check=False,
        )
        assert listed.stdout.strip() in {"", "Z"}


def test_a_command_that_fails_ends_the_run_before_anything_is_sent(tmp_path: Path) -> None:
    """Exit code 4, one line, no connection, and no output of the command."""
    file = tmp_path / "target.toml"
    file.write_text(
        f"[api_key]\ncommand = {json.dumps(python(LEAK + ' sys.exit(3)'))}\n", encoding="utf-8"
    )
    with serving(silent) as (base_url, gateway):
        ended = pytest_in(
            ROOT,
            *("tests", "--base-url", base_url, "--target", str(file)),
            *("--reports", str(tmp_path / "out")),
        )
        assert gateway.connections == 0
    errors = [line for line in ended.stderr.splitlines() if line.strip()]
    assert ended.returncode == 4, ended.stdout + ended.stderr
    assert len(errors) == 1
    assert "[api_key] command" in errors[0]
    assert "hunter2" not in ended.stdout + ended.stderr


TOKEN = "gateway/Token+5e1d=x"
HEADERS = (
    Header("X-Token", TOKEN, "GATEWAY_TOKEN"),
    Header("X-Environment", "staging"),
)


def test_header_fields_come_from_variables_commands_and_the_file() -> None:
    """In the order of the file; a secret has a variable that is shown in its place."""
    table = {
        "X-Token": {"env": "GATEWAY_TOKEN"},
        "X-Session": {"command": python("print('printed')")},
        "1-Odd.Name": {"command": python("print('odd')")},
        "X-Environment": "staging",
    }
    target = build({"base_url": URL, "headers": table}, GATEWAY_TOKEN=TOKEN)
    fields = [(header.name, header.value, header.variable) for header in target.headers]
    assert fields == [
        ("X-Token", TOKEN, "GATEWAY_TOKEN"),
        ("X-Session", "printed", "X_SESSION"),
        ("1-Odd.Name", "odd", "_1_ODD_NAME"),
        ("X-Environment", "staging", ""),
    ]
    assert set(target.secrets) == {TOKEN, "printed", "odd"}
    assert TOKEN not in repr(target)


@pytest.mark.parametrize(
    ("table", "why"),
    [
        *(({name: "x"}, f"[headers] {name}: is set by") for name in ("Accept", "content-TYPE")),
        *(({name: "x"}, f"[headers] {name}: is set by") for name in ("Host", "Content-Length")),
        ({"impilo-api-key": "x"}, "[headers] impilo-api-key: is set by the suite itself"),
        ({"X-A": "x", "x-a": "y"}, "[headers] x-a: is set by the suite itself, or named twice"),
        ({"X-A": {"env": "ABSENT"}}, "[headers] X-A ABSENT: the environment variable is not set"),
        ({"X-A": {"env": "TWO_LINES"}}, "[headers] X-A TWO_LINES: the value cannot be sent"),
        ({"X-A": "ü"}, "[headers] X-A: the value cannot be sent"),
        ({"X-A": {"command": ["/absent"]}}, "[headers] X-A command /absent: cannot be run"),
    ],
    ids=str,
)
def test_a_field_that_cannot_be_sent_is_told(table: dict[str, Any], why: str) -> None:
    """A name that is taken, or a value that is missing or cannot be sent."""
    with pytest.raises(UsageProblem) as problem:
        build({"base_url": URL, "headers": table}, TWO_LINES="hunter2\nhunter2")
    assert str(problem.value).startswith(why)
    assert "hunter2" not in str(problem.value)


def test_every_request_carries_the_fields_with_and_without_the_key(tmp_path: Path) -> None:
    """Otherwise the gateway would answer the requests without a key, not the server."""
    with serving(Lock("")) as (base_url, gateway):
        with client_for(base_url, tmp_path, headers=HEADERS) as client:
            client.send(GET)
            client.send(replace(POST, with_key=False))
        for request in gateway.requests:
            assert f"X-Token: {TOKEN}\r\n".encode() in request.head
            assert b"X-Environment: staging\r\n" in request.head
        assert KEY.encode() not in gateway.requests[1].head


def test_the_fields_go_along_within_the_origin_and_nowhere_else(tmp_path: Path) -> None:
    """A redirect to another host gets no request at all."""

    async def moved(_: Gateway, request: Incoming, writer: asyncio.StreamWriter) -> None:
        place = f"{other_url}/x" if request.path == "/here" else "/here"
        writer.write(response_to("307 Temporary", b"", f"Location: {place}"))

    with serving(silent) as (other_url, other), serving(moved) as (base_url, gateway):
        with client_for(base_url, tmp_path, headers=HEADERS) as client:
            assert client.send(GET).status == 307
        assert [request.path for request in gateway.requests] == [ORDERS, "/here"]
        assert all(TOKEN.encode() in request.head for request in gateway.requests)
        assert other.connections == 0


def test_a_gateway_token_that_expires_is_renewed_for_requests_without_a_key_too(
    tmp_path: Path,
) -> None:
    """The gateway's 401 must not pass for the server's own."""
    lock = Lock("token-one", "token-two", each=1, field="x-session")
    header = Header("X-Session", "token-one", "X_SESSION", counting(tmp_path, "token-two"))
    with (
        serving(lock) as (base_url, _),
        client_for(base_url, tmp_path, headers=(header,)) as client,
    ):
        assert client.send(GET).status == 200
        assert client.send(replace(POST, with_key=False)).status == 201
    assert times_run(tmp_path) == 1


def test_a_curl_line_shows_variables_for_secrets(tmp_path: Path) -> None:
    """Run by bash, it sends the same fields; the proxy's login is a variable as well."""
    del tmp_path
    with serving(Lock("")) as (proxy_url, gateway):
        target = Target(
            "http://api.invalid",
            api_key=KEY,
            headers=(*HEADERS, Header("X-$(id)`id`", "odd", "ODD")),
            proxy=proxy_url.replace("//", "//me:hunter2@"),
        )
        line = curl(GET, target)
        for secret in (KEY, TOKEN, "hunter2"):
            assert secret not in line
        subprocess.run(
            ["bash", "-c", line],
            env={
                "PATH": "/usr/bin:/bin:/usr/local/bin",
                "ORDER_API_KEY": KEY,
                "GATEWAY_TOKEN": TOKEN,
                "ODD": "odd",
                "PROXY_LOGIN": "me:hunter2",
            },
            check=True,
            capture_output=True,
            timeout=20,
        )
        head = gateway.requests[0].head.decode()
    assert head.startswith(f"GET http://api.invalid{ORDERS} ")
    assert f"\r\nX-Token: {TOKEN}\r\n" in head
    assert "\r\nX-Environment: staging\r\n" in head
    assert "\r\nX-$(id)`id`: odd\r\n" in head
    assert "\r\nProxy-Authorization: Basic bWU6aHVudGVyMg==\r\n" in head


def test_a_secret_is_masked_without_its_scheme_too() -> None:
    """A server may show the token alone, or the login that it decoded."""
    assert parts_of("Bearer abc.def") == ("Bearer abc.def", "abc.def")
    assert parts_of("Basic bWU6aHVudGVyMg==")[1:] == ("bWU6aHVudGVyMg==", "me:hunter2", "hunter2")
    assert parts_of("Basic ???") == ("Basic ???", "???")
    assert parts_of("my key") == ("my key",)
