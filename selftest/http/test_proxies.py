"""Requests through proxies, whose own responses are not those of the server."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from order_conformance.core.outcomes import CantTell
from order_conformance.http.exchange import Request
from order_conformance.target.credentials import proxy_secrets
from order_conformance.target.model import Target
from selftest.support.engine_parts import KEY, ORDERS, client_for
from selftest.support.misbehaving_server import Gateway, Incoming, response_to, serving
from selftest.support.rotating_key_server import Lock

if TYPE_CHECKING:
    import asyncio
    from pathlib import Path

GET, POST = Request("GET", ORDERS), Request("POST", ORDERS, (), b"{}")
URL = "http://127.0.0.1:1"


def test_requests_go_through_the_proxy_of_the_target(tmp_path: Path) -> None:
    """The proxy gets the URL and the login; the server's name is not resolved here."""
    with (
        serving(Lock(KEY)) as (proxy_url, gateway),
        client_for(
            "http://api.invalid", tmp_path, proxy=proxy_url.replace("//", "//me:hunter2@")
        ) as client,
    ):
        assert client.send(GET).status == 200
        head = gateway.requests[0].head.decode()
    assert head.startswith(f"GET http://api.invalid{ORDERS} ")
    assert "\r\nProxy-Authorization: Basic bWU6aHVudGVyMg==\r\n" in head


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_407_of_the_proxy_is_not_a_response_of_the_server(tmp_path: Path, scheme: str) -> None:
    """It is a failure on the way, not a refusal of the request."""

    async def closed(_: Gateway, __: Incoming, writer: asyncio.StreamWriter) -> None:
        writer.write(response_to("407 Proxy Authentication Required"))

    with (
        pytest.MonkeyPatch.context() as patch,
        serving(closed) as (proxy_url, _),
        client_for(f"{scheme}://api.invalid", tmp_path, proxy=proxy_url) as client,
    ):
        patch.setattr("order_conformance.http.retries.FIRST_PAUSE", 0.001)
        with pytest.raises(CantTell, match=r"the proxy .*407"):
            client.send(POST)


def test_a_server_on_this_machine_is_reached_without_the_environments_proxy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only a proxy of the target file is used for it."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    with serving(Lock(KEY)) as (base_url, _), client_for(base_url, tmp_path) as client:
        assert client.send(GET).status == 200


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
