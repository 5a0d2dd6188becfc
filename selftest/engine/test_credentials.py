"""Keys by command, keys that expire, what a gateway asks for, and proxies."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from order_conformance.credentials import Header, parts_of, proxy_secrets
from order_conformance.curl import curl
from order_conformance.exchange import Request
from order_conformance.outcomes import CantTell, UsageProblem
from order_conformance.renewal import MOST_RENEWALS
from order_conformance.target import Target, build_target
from selftest.engine.helpers import KEY, ORDERS, ROOT, door_to, pytest_in
from selftest.troubled.gateway import Gateway, Incoming, answer_of, serving
from selftest.troubled.troubles import silent

if TYPE_CHECKING:
    import asyncio
    from pathlib import Path
    from typing import Any

GET, POST = Request("GET", ORDERS), Request("POST", ORDERS, (), b"{}")
OTHER = Request("GET", f"{ORDERS}/7")
JSON = "Content-Type: application/json"
URL = "http://127.0.0.1:1"


def build(file: dict[str, Any], **variables: str) -> Target:
    """Build a target from the content of a file and from environment variables."""
    return build_target(
        base_url=URL,
        file=file,
        key_variable=None,
        read_only=False,
        allow_writes=False,
        environment=variables,
    )


def python(code: str) -> list[str]:
    """Return a command that runs a line of Python."""
    return [sys.executable, "-c", code]


def counting(folder: Path, *keys: str) -> tuple[str, ...]:
    """Return a command that prints one key after the other, the last one again and again."""
    code = (
        "import pathlib, sys; log = pathlib.Path(sys.argv[1]);"
        " times = len(log.read_text()) if log.exists() else 0; log.write_text('x' * (times + 1));"
        " print(sys.argv[2:][min(times, len(sys.argv) - 3)])"
    )
    return (*python(code), str(folder / "times"), *keys)


def times_run(folder: Path) -> int:
    """Return how often the counting command ran."""
    log = folder / "times"
    return len(log.read_text(encoding="utf-8")) if log.exists() else 0


# ---- commands ------------------------------------------------------------------------------------


def test_what_a_command_prints_is_the_key_without_its_line_end() -> None:
    """No shell reads the arguments."""
    target = build(
        {"api_key": {"command": [*python("import sys; print(sys.argv[1])"), "$HOME; x"]}}
    )
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
    """The program is named; its arguments and whatever it wrote are not."""
    command, why = BAD_COMMANDS[which]
    with pytest.raises(UsageProblem) as problem:
        build({"api_key": {"command": command}})
    assert str(problem.value).startswith("[api_key] command")
    assert why in str(problem.value)
    assert "hunter2" not in str(problem.value)
    assert "\n" not in str(problem.value)


def test_a_command_that_does_not_end_is_killed_with_what_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also a child that holds its output open."""
    monkeypatch.setattr("order_conformance.commands.printed_by.__defaults__", (0.5,))
    child = (
        "import os, pathlib, time; pathlib.Path({!r}).write_text(str(os.getpid())); time.sleep(60)"
    )
    file = tmp_path / "child"
    code = f"import subprocess; subprocess.run({python(child.format(str(file)))!r})"
    began = time.monotonic()
    with pytest.raises(UsageProblem, match=r"did not end within 0\.5 s"):
        build({"api_key": {"command": python(code)}})
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
    """Exit code 4, one line, no connection, and nothing of what the command wrote."""
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


# ---- keys that expire ----------------------------------------------------------------------------


class Lock:
    """Serves whoever brings the key of now; a request on which it changes can be named."""

    def __init__(self, *keys: str, each: int = 3, field: str = "impilo-api-key") -> None:
        """Let each key open so many requests, the last one any number."""
        self.keys = list(keys)
        self.each = each
        self.opened = 0
        self.created = 0
        self.field = field

    async def __call__(self, _: Gateway, request: Incoming, writer: asyncio.StreamWriter) -> None:
        """Answer 200, 201 or 401; an order 7 is forbidden to everybody."""
        if len(self.keys) > 1 and self.opened >= self.each:
            self.keys.pop(0)
            self.opened = 0
        if f"{self.field}: {self.keys[0]}\r\n".lower() not in request.head.decode().lower():
            writer.write(answer_of("401 Unauthorized", b'{"message": "who?"}', JSON))
        elif request.path.endswith("/7"):
            writer.write(answer_of("403 Forbidden", b'{"message": "not yours"}', JSON))
        else:
            self.opened += 1
            self.created += request.is_create
            status = "201 Created" if request.is_create else "200 OK"
            writer.write(answer_of(status, b'{"id": 1}', JSON))


def test_a_key_that_expires_is_fetched_again_and_the_request_repeated(tmp_path: Path) -> None:
    """Reads and creates alike: what was refused was not done. No request is lost or done twice."""
    lock = Lock("key-one", "key-two", "key-three")
    command = counting(tmp_path, "key-two", "key-three")
    learnt: list[str | None] = []
    with (
        serving(lock) as (base_url, _),
        door_to(base_url, tmp_path, api_key="key-one", key_command=command) as door,
    ):
        door.renewal.learners.append(lambda target: learnt.append(target.api_key))
        statuses = [door.send(request).status for request in (GET, POST, POST, POST, GET, POST)]
        assert statuses == [200, 201, 201, 201, 200, 201]
        assert door.target.api_key == "key-three"
    assert lock.created == 4
    assert learnt == ["key-two", "key-three"]
    assert times_run(tmp_path) == 2


def test_requests_that_are_under_way_together_share_one_new_key(tmp_path: Path) -> None:
    """The command runs once for all of them."""
    lock = Lock("key-one", "key-two", each=1)
    with (
        serving(lock) as (base_url, _),
        door_to(
            base_url, tmp_path, api_key="key-one", key_command=counting(tmp_path, "key-two")
        ) as door,
    ):
        assert door.send(GET).status == 200
        results = door.send_together([POST] * 6)
        assert [getattr(each, "status", each) for each in results] == [201] * 6
    assert lock.created == 6
    assert times_run(tmp_path) == 1


def test_a_refusal_of_the_request_alone_is_the_servers_answer(tmp_path: Path) -> None:
    """The list is asked for once; the command does not run."""
    with (
        serving(Lock("key-one")) as (base_url, gateway),
        door_to(
            base_url, tmp_path, api_key="key-one", key_command=counting(tmp_path, "key-two")
        ) as door,
    ):
        assert door.send(GET).status == 200
        assert door.send(OTHER).status == 403
        assert door.send(replace(GET, with_key=False)).status == 401
        assert len(gateway.requests) == 4
    assert times_run(tmp_path) == 0


def test_a_key_that_never_opened_anything_has_not_expired(tmp_path: Path) -> None:
    """The command printed it a moment ago."""
    with (
        serving(Lock("another")) as (base_url, _),
        door_to(
            base_url, tmp_path, api_key="key-one", key_command=counting(tmp_path, "key-two")
        ) as door,
    ):
        assert door.send(GET).status == 401
    assert times_run(tmp_path) == 0


@pytest.mark.parametrize(
    ("prints", "why"),
    [
        (["key-one"], "its command printed the same again"),
        (["key-wrong"], "a new one is not let in either (401)"),
        ([""], "cannot be had again: [api_key] command: the value cannot be sent"),
    ],
    ids=["same", "wrong", "nothing"],
)
def test_a_key_that_cannot_be_renewed_ends_the_run_as_cant_tell(
    tmp_path: Path, prints: list[str], why: str
) -> None:
    """One cause for everything that follows, nothing more is sent, and nobody is blamed."""
    with (
        serving(Lock("key-one", "key-two", each=1)) as (base_url, gateway),
        door_to(
            base_url, tmp_path, api_key="key-one", key_command=counting(tmp_path, *prints)
        ) as door,
    ):
        assert door.send(GET).status == 200
        with pytest.raises(CantTell, match="the key has expired") as problem:
            door.send(POST)
        assert why in problem.value.reason
        sent = len(gateway.requests)
        with pytest.raises(CantTell, match="the key has expired"):
            door.send(GET)
        assert len(gateway.requests) == sent
        assert door.gave_up == problem.value.reason
    assert times_run(tmp_path) == 1


def test_a_key_that_expires_all_the_time_is_not_renewed_for_ever(tmp_path: Path) -> None:
    """A server that is never content ends the run, too."""
    keys = [f"key-number-{number:03}" for number in range(MOST_RENEWALS + 5)]

    class Printed:
        """Stands in for the command: it need not really run so often."""

        def __init__(self) -> None:
            self.keys = iter(keys[1:])

        async def __call__(self, *_: object) -> str:
            return next(self.keys)

    with (
        pytest.MonkeyPatch.context() as patch,
        # A new key is tried at the list, and then opens just the request that was refused.
        serving(Lock(*keys, each=2)) as (base_url, _),
        door_to(base_url, tmp_path, api_key=keys[0], key_command=("x",)) as door,
    ):
        patch.setattr("order_conformance.credentials.printed_by", Printed())
        for _request in range(MOST_RENEWALS + 2):
            door.send(GET)
        with pytest.raises(CantTell, match="too often"):
            door.send(GET)


# ---- what a gateway asks for ---------------------------------------------------------------------

TOKEN = "gateway/Token+5e1d=x"
HEADERS = (
    Header("X-Token", TOKEN, "GATEWAY_TOKEN"),
    Header("X-Environment", "staging"),
)


def test_header_fields_come_from_variables_commands_and_the_file() -> None:
    """In the order of the file; what is a secret has a name to be shown by."""
    table = {
        "X-Token": {"env": "GATEWAY_TOKEN"},
        "X-Session": {"command": python("print('printed')")},
        "1-Odd.Name": {"command": python("print('odd')")},
        "X-Environment": "staging",
    }
    target = build({"headers": table}, GATEWAY_TOKEN=TOKEN)
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
    """A name that is taken, a value that is not there or that no field can carry."""
    with pytest.raises(UsageProblem) as problem:
        build({"headers": table}, TWO_LINES="hunter2\nhunter2")
    assert str(problem.value).startswith(why)
    assert "hunter2" not in str(problem.value)


def test_every_request_carries_the_fields_with_and_without_the_key(tmp_path: Path) -> None:
    """Else the gateway would answer the requests without a key, and not the server."""
    with serving(Lock("")) as (base_url, gateway):
        with door_to(base_url, tmp_path, headers=HEADERS) as door:
            door.send(GET)
            door.send(replace(POST, with_key=False))
        for request in gateway.requests:
            assert f"X-Token: {TOKEN}\r\n".encode() in request.head
            assert b"X-Environment: staging\r\n" in request.head
        assert KEY.encode() not in gateway.requests[1].head


def test_the_fields_go_along_within_the_origin_and_nowhere_else(tmp_path: Path) -> None:
    """A redirect to another host gets no request at all."""

    async def moved(_: Gateway, request: Incoming, writer: asyncio.StreamWriter) -> None:
        place = f"{other_url}/x" if request.path == "/here" else "/here"
        writer.write(answer_of("307 Temporary", b"", f"Location: {place}"))

    with serving(silent) as (other_url, other), serving(moved) as (base_url, gateway):
        with door_to(base_url, tmp_path, headers=HEADERS) as door:
            assert door.send(GET).status == 307
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
        door_to(base_url, tmp_path, headers=(header,)) as door,
    ):
        assert door.send(GET).status == 200
        assert door.send(replace(POST, with_key=False)).status == 201
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


# ---- proxies -------------------------------------------------------------------------------------


def test_requests_go_through_the_proxy_of_the_target(tmp_path: Path) -> None:
    """The proxy is told where to, and who asks; the server's name is never looked up here."""
    with (
        serving(Lock(KEY)) as (proxy_url, gateway),
        door_to(
            "http://api.invalid", tmp_path, proxy=proxy_url.replace("//", "//me:hunter2@")
        ) as door,
    ):
        assert door.send(GET).status == 200
        head = gateway.requests[0].head.decode()
    assert head.startswith(f"GET http://api.invalid{ORDERS} ")
    assert "\r\nProxy-Authorization: Basic bWU6aHVudGVyMg==\r\n" in head


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_wants_a_login_is_no_answer_of_the_server(tmp_path: Path, scheme: str) -> None:
    """407 is the proxy's: trouble on the way, and no refusal of the request."""

    async def closed(_: Gateway, __: Incoming, writer: asyncio.StreamWriter) -> None:
        writer.write(answer_of("407 Proxy Authentication Required"))

    with (
        pytest.MonkeyPatch.context() as patch,
        serving(closed) as (proxy_url, _),
        door_to(f"{scheme}://api.invalid", tmp_path, proxy=proxy_url) as door,
    ):
        patch.setattr("order_conformance.retries.FIRST_PAUSE", 0.001)
        with pytest.raises(CantTell, match=r"the proxy .*407"):
            door.send(POST)


def test_a_server_on_this_machine_is_reached_without_the_environments_proxy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only a proxy that the target file names is used there."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    with serving(Lock(KEY)) as (base_url, _), door_to(base_url, tmp_path) as door:
        assert door.send(GET).status == 200


def test_the_logins_of_proxies_are_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of the environment as well; a login without a password is a token."""
    assert set(proxy_secrets("http://me:p%40ss@proxy:1")) == {
        *("p%40ss", "p@ss", "me:p%40ss", "me:p@ss")
    }
    assert set(proxy_secrets("http://token@proxy:1/")) == {"token"}
    assert proxy_secrets("http://proxy:1") == ()
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", "me:hunter2@proxy:1")
    target = replace(Target("https://api.invalid"), api_key=KEY)
    assert {KEY, "hunter2", "me:hunter2"} <= set(target.secrets)
    assert replace(target, base_url=URL).secrets == (KEY,)
