"""Keys that expire during a run: fetched again, or the run is inconclusive."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from order_conformance.core.outcomes import CantTell
from order_conformance.http.credential_renewal import MOST_RENEWALS
from order_conformance.http.exchange import Request
from selftest.support.engine_parts import ORDERS, client_for
from selftest.support.misbehaving_server import serving
from selftest.support.rotating_key_server import Lock, counting, times_run

if TYPE_CHECKING:
    from pathlib import Path

GET, POST = Request("GET", ORDERS), Request("POST", ORDERS, (), b"{}")
OTHER = Request("GET", f"{ORDERS}/7")


def test_a_key_that_expires_is_fetched_again_and_the_request_repeated(tmp_path: Path) -> None:
    """Reads and creates alike: a refused request was not served. None is lost or served twice."""
    lock = Lock("key-one", "key-two", "key-three")
    command = counting(tmp_path, "key-two", "key-three")
    learnt: list[str | None] = []
    with (
        serving(lock) as (base_url, _),
        client_for(base_url, tmp_path, api_key="key-one", key_command=command) as client,
    ):
        client.renewal.learners.append(lambda target: learnt.append(target.api_key))
        statuses = [client.send(request).status for request in (GET, POST, POST, POST, GET, POST)]
        assert statuses == [200, 201, 201, 201, 200, 201]
        assert client.target.api_key == "key-three"
    assert lock.created == 4
    assert learnt == ["key-two", "key-three"]
    assert times_run(tmp_path) == 2


def test_requests_that_are_under_way_together_share_one_new_key(tmp_path: Path) -> None:
    """The command runs once for all of them."""
    lock = Lock("key-one", "key-two", each=1)
    with (
        serving(lock) as (base_url, _),
        client_for(
            base_url, tmp_path, api_key="key-one", key_command=counting(tmp_path, "key-two")
        ) as client,
    ):
        assert client.send(GET).status == 200
        results = client.send_together([POST] * 6)
        assert [getattr(each, "status", each) for each in results] == [201] * 6
    assert lock.created == 6
    assert times_run(tmp_path) == 1


def test_a_refusal_of_one_request_alone_is_its_response(tmp_path: Path) -> None:
    """The list is asked for once; the command does not run."""
    with (
        serving(Lock("key-one")) as (base_url, gateway),
        client_for(
            base_url, tmp_path, api_key="key-one", key_command=counting(tmp_path, "key-two")
        ) as client,
    ):
        assert client.send(GET).status == 200
        assert client.send(OTHER).status == 403
        assert client.send(replace(GET, with_key=False)).status == 401
        assert len(gateway.requests) == 4
    assert times_run(tmp_path) == 0


def test_a_key_that_was_never_let_in_has_not_expired(tmp_path: Path) -> None:
    """The command has only just printed it."""
    with (
        serving(Lock("another")) as (base_url, _),
        client_for(
            base_url, tmp_path, api_key="key-one", key_command=counting(tmp_path, "key-two")
        ) as client,
    ):
        assert client.send(GET).status == 401
    assert times_run(tmp_path) == 0


@pytest.mark.parametrize(
    ("prints", "why"),
    [
        (["key-one"], "its command printed the same value again"),
        (["key-wrong"], "the new one is refused as well (401)"),
        ([""], "cannot be renewed: [api_key] command: the value cannot be sent"),
    ],
    ids=["same", "wrong", "nothing"],
)
def test_a_key_that_cannot_be_renewed_ends_the_run_as_cant_tell(
    tmp_path: Path, prints: list[str], why: str
) -> None:
    """There is one reason for everything that follows, and nothing more is sent."""
    with (
        serving(Lock("key-one", "key-two", each=1)) as (base_url, gateway),
        client_for(
            base_url, tmp_path, api_key="key-one", key_command=counting(tmp_path, *prints)
        ) as client,
    ):
        assert client.send(GET).status == 200
        with pytest.raises(CantTell, match="the key has expired") as problem:
            client.send(POST)
        assert why in problem.value.reason
        sent = len(gateway.requests)
        with pytest.raises(CantTell, match="the key has expired"):
            client.send(GET)
        assert len(gateway.requests) == sent
        assert client.circuit_breaker.open_because == problem.value.reason
    assert times_run(tmp_path) == 1


def test_a_key_that_expires_all_the_time_is_not_renewed_for_ever(tmp_path: Path) -> None:
    """A server that never accepts a key for long ends the run as well."""
    keys = [f"key-number-{number:03}" for number in range(MOST_RENEWALS + 5)]

    class Printed:
        """Replaces the command, which would have to run many times."""

        def __init__(self) -> None:
            self.keys = iter(keys[1:])

        async def __call__(self, *_: object) -> str:
            return next(self.keys)

    with (
        pytest.MonkeyPatch.context() as patch,
        # A new key is tried on the list, and then lets in just the request that was refused.
        serving(Lock(*keys, each=2)) as (base_url, _),
        client_for(base_url, tmp_path, api_key=keys[0], key_command=("x",)) as client,
    ):
        patch.setattr("order_conformance.target.credentials.printed_by", Printed())
        for _request in range(MOST_RENEWALS + 2):
            client.send(GET)
        with pytest.raises(CantTell, match="too often"):
            client.send(GET)
