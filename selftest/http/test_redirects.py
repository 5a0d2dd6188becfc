"""Redirects: followed by reads, within the origin of the target, a few times."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from order_conformance.core.outcomes import CantTell
from order_conformance.http.exchange import Request, Response, TransportFailure
from order_conformance.http.redirects import redirected
from selftest.support.engine_parts import KEY, ORDERS, client_for
from selftest.support.misbehaving_server import FINE, Script, redirect_to, serving

if TYPE_CHECKING:
    from pathlib import Path

GET, POST = Request("GET", ORDERS), Request("POST", ORDERS, (), b"{}")
BASE = "http://api.test:8080"


def to(location: str, status: int = 302) -> Response:
    """Return a redirect."""
    return Response(status, (("Location", location),), b"", 0)


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("/elsewhere?a=%7B", "/elsewhere?a=%7B"),
        ("more", "/api/v3/more"),
        ("?page=1", "/api/v3/order?page=1"),
        (f"{BASE}/x", "/x"),
        ("//api.test:8080/x", "/x"),
        ("HTTP://API.test:8080/x", "/x"),
    ],
)
def test_a_read_is_redirected_within_the_origin(location: str, path: str) -> None:
    """The Location may be relative; everything but the path stays the same."""
    request = Request("GET", ORDERS, (("Accept", "a/b"),), with_key=False)
    assert redirected(request, to(location), BASE) == Request(
        "GET", path, (("Accept", "a/b"),), with_key=False
    )


@pytest.mark.parametrize(
    "location",
    [
        "http://api.test/x",
        "http://api.test:8081/x",
        "https://api.test:8080/x",
        "http://other.test:8080/x",
        "http://api.test:8080@other.test:8080/x",
        "ftp://api.test/x",
        "http://[",
        "javascript:1",
    ],
)
def test_no_read_is_redirected_to_another_origin(location: str) -> None:
    """Another scheme, host or port must not get the key."""
    assert redirected(GET, to(location), BASE) is None


def test_a_default_port_may_be_written_or_left_out() -> None:
    """Both are the same origin."""
    for written, left_out in (("http://a.test:80", "http://a.test"),):
        assert redirected(GET, to(f"{written}/x"), left_out) == Request("GET", "/x")
        assert redirected(GET, to(f"{left_out}/x"), written) == Request("GET", "/x")


@pytest.mark.parametrize(
    ("request_", "outcome"),
    [
        (POST, to("/x", 307)),
        (Request("DELETE", ORDERS), to("/x")),
        (GET, to("/x", 200)),
        (GET, to("/x", 304)),
        (GET, to("")),
        (GET, Response(302, (), b"", 0)),
        (GET, TransportFailure("lost")),
    ],
)
def test_what_is_not_redirected(request_: Request, outcome: Response | TransportFailure) -> None:
    """Methods that change something, other statuses, no Location, no response."""
    assert redirected(request_, outcome, BASE) is None


@pytest.mark.parametrize("status", ["301 a", "302 b", "307 c", "308 d"])
def test_the_client_sends_the_key_with_a_redirected_read(tmp_path: Path, status: str) -> None:
    """The host is the same."""
    script = Script(redirect_to("/elsewhere?a=%7B", status), FINE)
    with serving(script) as (base_url, gateway):
        with client_for(base_url, tmp_path) as client:
            assert client.send(GET).json == {"fine": True}
        assert gateway.requests[1].path == "/elsewhere?a=%7B"
        assert KEY.encode() in gateway.requests[1].head


def test_the_client_sends_nothing_to_another_origin(tmp_path: Path) -> None:
    """Another port, scheme or host gets nothing; the response is the redirect itself."""
    with serving(Script(FINE)) as (other_url, other):
        places = [f"{other_url}/x", f"//{other_url[7:]}/x", "https://127.0.0.1/x", "ftp://h/x"]
        places += ["http://127.0.0.1:1@127.0.0.1/"]
        for place in places:
            with (
                serving(Script(redirect_to(place))) as (base_url, _),
                client_for(base_url, tmp_path) as client,
            ):
                assert client.send(GET).status == 302, place
        assert other.connections == 0


@pytest.mark.parametrize("place", ["http://[", "javascript:1", "http:///x", "\xff://", "//\xff"])
def test_a_redirect_to_an_invalid_url_is_a_failure_or_the_response(
    tmp_path: Path, place: str
) -> None:
    """It is recorded, and breaks nothing in the client."""
    with (
        serving(Script(redirect_to(place))) as (base_url, _),
        client_for(base_url, tmp_path) as client,
        suppress(CantTell),
    ):
        assert client.send(GET).status == 302
    line = json.loads((tmp_path / "evidence.jsonl").read_text(encoding="utf-8"))
    assert "failure" in line or line["response"]["status"] == 302


def test_a_create_is_never_redirected(tmp_path: Path) -> None:
    """Not even within the same origin: it might be stored twice."""
    script = Script(redirect_to("/x", "307 Temporary"), FINE)
    with serving(script) as (base_url, gateway):
        with client_for(base_url, tmp_path) as client:
            assert client.send(POST).status == 307
        assert len(gateway.requests) == 1


def test_a_redirect_loop_ends(tmp_path: Path) -> None:
    """After five redirects the sixth one is the response."""
    with serving(Script(redirect_to(ORDERS))) as (base_url, gateway):
        with client_for(base_url, tmp_path) as client:
            assert client.send(GET).status == 302
        assert len(gateway.requests) == 6
