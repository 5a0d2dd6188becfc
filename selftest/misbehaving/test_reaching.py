"""Targets that cannot be reached, or that redirect elsewhere."""

from __future__ import annotations

import json
import socket
import time
from typing import TYPE_CHECKING

import pytest

from selftest.support.misbehaving_runs import KEY, TARGET, assert_it_ended_well, run_suite
from selftest.support.misbehaving_server import Gateway, Incoming, reset, response_to, serving
from selftest.support.misbehaviours import PASSING, silent
from selftest.support.suite_runs import reference_server

if TYPE_CHECKING:
    import asyncio
    from pathlib import Path


def test_where_nothing_listens_the_run_is_inconclusive_within_15_seconds(tmp_path: Path) -> None:
    """There is one reason, and exit code 2."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, so that no other process listens there
        began = time.monotonic()
        run = run_suite(f"http://127.0.0.1:{taken.getsockname()[1]}", tmp_path / "run")
        assert time.monotonic() - began < 15
    assert_it_ended_well(run)
    assert (run.results["verdict"], run.exit_code) == ("inconclusive", 2)
    assert "cannot connect to" in run.output


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"])
def test_no_redirect_leads_the_run_to_another_host(tmp_path: Path, status: str) -> None:
    """Another origin gets no request, and so no key."""

    async def elsewhere(_: Gateway, __: Incoming, writer: asyncio.StreamWriter) -> None:
        writer.write(response_to(status, b"", f"Location: {other_url}/api/v3/order"))

    with serving(silent) as (other_url, other), serving(elsewhere) as (base_url, _):
        run = run_suite(base_url, tmp_path / "run")
        assert other.requests == []
    assert_it_ended_well(run)
    assert (run.results["verdict"], run.exit_code) == ("inconclusive", 2)


def test_the_time_budget_bounds_the_whole_run(tmp_path: Path) -> None:
    """A slow target takes no longer than the budget allows, even while the run waits for it."""
    target = TARGET.replace("timeout = 1.5", "timeout = 60") + "[budget]\nminutes = 0.05\n"
    with serving(silent) as (base_url, _):
        run = run_suite(base_url, tmp_path / "run", target=target)
    assert_it_ended_well(run)
    assert run.results["seconds"] < 10
    assert (run.results["verdict"], run.exit_code) == ("inconclusive", 2)


def test_a_prefix_a_slash_and_capitals_lead_to_the_same_server(tmp_path: Path) -> None:
    """The base URL is read as a browser reads it."""

    async def below(gateway: Gateway, request: Incoming, writer: asyncio.StreamWriter) -> None:
        prefix = b"/gate%20way/v1"
        assert prefix in request.head.split(b"\r\n")[0], request.head
        request.head = request.head.replace(prefix, b"", 1)
        writer.write(await gateway.forward(request))

    with (
        reference_server("--api-key-env", "SERVER_KEY") as upstream,
        serving(below, upstream) as (base_url, _),
    ):
        url = base_url.replace("http://127.0.0.1", "HTTP://LocalHost") + "/gate%20way/v1/"
        run = run_suite(url, tmp_path / "run", "--read-only")
    assert run.with_outcome("failed") == {}, run.output
    assert (run.results["verdict"], run.exit_code) == ("conformant", 0), run.output


def test_the_key_travels_only_in_its_header(tmp_path: Path) -> None:
    """The key is in no path, no body and no other field of any request."""
    with (
        reference_server("--api-key-env", "SERVER_KEY") as upstream,
        serving(PASSING["old-fashioned"], upstream) as (base_url, gateway),
    ):
        run_suite(base_url, tmp_path / "run", "--read-only")
    with_key = [each for each in gateway.requests if KEY.encode() in each.head + each.body]
    assert with_key
    for each in with_key:
        lines = [line for line in each.head.split(b"\r\n") if KEY.encode() in line]
        assert [line.partition(b":")[0].lower() for line in lines] == [b"impilo-api-key"]
    evidence = (tmp_path / "run" / "reports" / "evidence.jsonl").read_text(encoding="utf-8")
    assert [json.loads(line)["request"] for line in evidence.splitlines()]


def test_closing_the_connection_on_a_key_beyond_ascii_is_a_refusal(tmp_path: Path) -> None:
    """No server has to read such a field: AUTH-04 is judged by the other wrong keys."""

    async def picky(gateway: Gateway, request: Incoming, writer: asyncio.StreamWriter) -> None:
        if request.head.isascii():
            writer.write(await gateway.forward(request))
        else:
            reset(writer)

    with (
        reference_server("--api-key-env", "SERVER_KEY") as upstream,
        serving(picky, upstream) as (base_url, gateway),
    ):
        arguments = ("-k", "test_authentication", "--profile", "gate", "--read-only")
        run = run_suite(base_url, tmp_path / "run", *arguments)
    assert_it_ended_well(run)
    assert not all(each.head.isascii() for each in gateway.requests)
    outcomes = {row["id"]: row["outcome"] for row in run.results["requirements"]}
    assert outcomes["AUTH-04"] == "passed", run.output


def test_404_for_everything_puts_the_path_in_doubt(tmp_path: Path) -> None:
    """A JSON 404 for the list and for every create says that the API is elsewhere."""

    async def nothing(_: Gateway, __: Incoming, writer: asyncio.StreamWriter) -> None:
        body = b'{"message": "no such path"}'
        writer.write(response_to("404 Not Found", body, "Content-Type: application/json"))

    with serving(nothing) as (base_url, _):
        run = run_suite(base_url, tmp_path / "run")
    assert_it_ended_well(run)
    assert (run.results["verdict"], run.exit_code) == ("inconclusive", 2)
    assert "check the base URL and path_prefix" in run.output


def test_unreadable_json_is_the_fault_of_the_server(tmp_path: Path) -> None:
    """A server that says application/json has to send JSON."""

    async def garbled(_: Gateway, __: Incoming, writer: asyncio.StreamWriter) -> None:
        body = '{"content": []}'.encode("utf-16")
        writer.write(response_to("200 OK", body, "Content-Type: application/json"))

    with serving(garbled) as (base_url, _):
        run = run_suite(base_url, tmp_path / "run")
    assert_it_ended_well(run)
    assert (run.results["verdict"], run.exit_code) == ("non-conformant", 1)
