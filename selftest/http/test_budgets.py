"""What a run may spend: kept by the door, however many requests are under way."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from order_conformance.core.outcomes import CantTell
from order_conformance.core.redaction import Redactor
from order_conformance.http.exchange import Request
from order_conformance.orders.creates import Api
from order_conformance.recording.ledger import Ledger
from order_conformance.target.model import Budget
from selftest.support.engine_parts import ORDERS, client_for
from selftest.support.misbehaving_runs import TARGET, assert_it_ended_well, run_suite
from selftest.support.misbehaving_server import Gateway, Incoming, reset, response_to, serving
from selftest.support.suite_runs import reference_server

if TYPE_CHECKING:
    import asyncio
    from pathlib import Path

    from selftest.support.misbehaviours import Misbehaviour

GET, POST = Request("GET", ORDERS), Request("POST", ORDERS, (), b"{}")


def answering(status: str) -> Misbehaviour:
    """Return what answers with this status, and breaks off where there is none."""

    async def response(_: Gateway, __: Incoming, writer: asyncio.StreamWriter) -> None:
        if status:
            writer.write(response_to(status, b'{"id": 1}', "Content-Type: application/json"))
        else:
            reset(writer)

    return response


@pytest.mark.parametrize("rate", [None, 200.0])
def test_requests_sent_side_by_side_do_not_exceed_the_budget(
    tmp_path: Path, rate: float | None
) -> None:
    """Eight at once, five are paid for: five go out, with and without a rate to wait for."""
    budget = Budget(requests=5)
    with (
        serving(answering("200 OK")) as (base_url, gateway),
        client_for(base_url, tmp_path, budget=budget, rate_limit=rate) as client,
    ):
        results = client.send_together([GET] * 8)
    spent = [each for each in results if isinstance(each, CantTell)]
    assert len(gateway.requests) == 5
    assert [str(each) for each in spent] == [
        "the budget of 5 requests is spent; raise [budget] requests"
    ] * 3


@pytest.mark.parametrize(
    ("status", "counts"),
    [
        ("201 Created", True),
        ("200 OK", True),
        ("500 Internal Server Error", True),
        ("", True),
        ("400 Bad Request", False),
        ("307 Temporary Redirect", False),
    ],
)
def test_the_budget_of_orders_counts_whatever_may_have_been_stored(
    tmp_path: Path, status: str, counts: bool
) -> None:
    """What was plainly refused costs nothing; what nobody knows is counted."""
    with (
        serving(answering(status)) as (base_url, gateway),
        client_for(base_url, tmp_path, budget=Budget(orders=2)) as client,
    ):
        problems = []
        for _ in range(4):
            try:
                client.send(POST)
            except CantTell as problem:
                problems.append(str(problem))
    creates = [each for each in gateway.requests if each.is_create]
    assert len(creates) == (2 if counts else 4)
    assert any("raise [budget] orders" in each for each in problems) == counts


def test_creates_side_by_side_do_not_exceed_the_budget_of_orders(tmp_path: Path) -> None:
    """Those under way count as well, before anybody knows what becomes of them."""
    with (
        serving(answering("201 Created")) as (base_url, gateway),
        client_for(base_url, tmp_path, budget=Budget(orders=3), rate_limit=200.0) as client,
    ):
        client.send_together([POST] * 6)
    assert len(gateway.requests) == 3


def test_nothing_is_sent_and_nothing_lost_when_orders_are_not_paid_for(tmp_path: Path) -> None:
    """The ledger says nothing of orders that were never asked for; reading goes on."""
    ledger = Ledger(tmp_path / "ledger.jsonl", Redactor([]))
    with (
        serving(answering("201 Created")) as (base_url, gateway),
        client_for(base_url, tmp_path, budget=Budget(orders=0)) as client,
    ):
        with pytest.raises(CantTell, match=r"raise \[budget\] orders"):
            Api(client, ledger).create({"externalOrderIds": ["conf-1-1"]})
        assert Api(client, ledger).get().status == 201
    ledger.close()
    assert (tmp_path / "ledger.jsonl").read_text(encoding="utf-8") == ""
    assert [each.method for each in gateway.requests] == ["GET"]


def test_the_ledger_tells_what_was_not_stored_from_what_nobody_knows(tmp_path: Path) -> None:
    """A create that met a rate limit left nothing; one that got lost may have."""
    ledger = Ledger(tmp_path / "ledger.jsonl", Redactor([]))
    for status in ("429 Too Many Requests\r\nRetry-After: 3600", ""):
        with (
            serving(answering(status)) as (base_url, _),
            client_for(base_url, tmp_path) as client,
            pytest.raises(CantTell),
        ):
            Api(client, ledger).create({})
    ledger.close()
    lines = (tmp_path / "ledger.jsonl").read_text(encoding="utf-8").splitlines()
    events = [json.loads(line)["event"] for line in lines]
    assert events == ["sending", "not stored", "sending", "unanswered"]
    assert ledger.unknown == 1


@pytest.mark.parametrize("key", ["requests = 60", "orders = 20"])
def test_a_spent_budget_is_inconclusive_and_says_what_to_raise(tmp_path: Path, key: str) -> None:
    """What could not be paid for is cantTell with the line to change; nobody is blamed."""
    with reference_server("--api-key-env", "SERVER_KEY") as base_url:
        run = run_suite(base_url, tmp_path / "run", target=f"{TARGET}[budget]\n{key}\n")
    assert_it_ended_well(run)
    name, _, most = key.partition(" = ")
    assert (run.results["verdict"], run.exit_code) == ("inconclusive", 2)
    assert run.with_outcome("failed") == {}
    assert f"the budget of {most} {name} is spent; raise [budget] {name}" in run.output
    spent = {"requests": run.results["requests"], "orders": run.results["orders_created"]}
    assert spent[name] == int(most)
    if name == "orders":
        assert f"{most} orders created" in run.output
