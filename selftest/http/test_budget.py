"""The budget of a run is kept, however many requests are under way at the same time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from order_conformance.core.clock import Clock
from order_conformance.core.outcomes import CantTell
from order_conformance.core.redaction import Redactor
from order_conformance.http.budget import BudgetTracker
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


def tracker(budget: Budget, now: float = 0.0) -> BudgetTracker:
    """Return a tracker at a time of the run, in seconds."""
    clock = Clock()
    clock.now = now
    return BudgetTracker(budget, clock)


def test_requests_are_counted_until_none_is_left() -> None:
    """The reason names the value and the key of the target file to raise."""
    budget = tracker(Budget(requests=2))
    for _ in range(2):
        assert budget.exhausted() == ""
        budget.charge(creates=False)
    assert budget.exhausted() == "the budget of 2 requests is spent; raise [budget] requests"
    assert (budget.requests, budget.orders) == (2, 0)


def test_orders_are_counted_and_may_be_refunded() -> None:
    """An order that was not stored leaves room for another."""
    budget = tracker(Budget(orders=2))
    budget.check_orders(2)
    with pytest.raises(CantTell, match=r"the budget of 2 orders is spent; raise \[budget\] orders"):
        budget.check_orders(3)
    budget.charge(creates=True)
    budget.charge(creates=True)
    with pytest.raises(CantTell, match="orders is spent"):
        budget.charge(creates=True)
    assert (budget.requests, budget.orders) == (2, 2)
    assert budget.exhausted() == "", "reads go on"
    budget.refund_order()
    budget.charge(creates=True)
    assert (budget.requests, budget.orders) == (3, 2)


def test_minutes_are_those_of_the_clock() -> None:
    """They end with the last second."""
    assert tracker(Budget(minutes=1.5), now=60).time_left == 30
    assert tracker(Budget(minutes=1.5), now=89.9).exhausted() == ""
    assert tracker(Budget(minutes=1.5), now=90).exhausted() == (
        "the budget of 1.5 minutes is spent; raise [budget] minutes"
    )


def always(status: str) -> Misbehaviour:
    """Return a misbehaviour that always responds with this status, or resets without one."""

    async def response(_: Gateway, __: Incoming, writer: asyncio.StreamWriter) -> None:
        if status:
            writer.write(response_to(status, b'{"id": 1}', "Content-Type: application/json"))
        else:
            reset(writer)

    return response


@pytest.mark.parametrize("rate", [None, 200.0])
def test_requests_sent_together_do_not_exceed_the_budget(
    tmp_path: Path, rate: float | None
) -> None:
    """Five of eight are sent, with and without a rate limit to wait for."""
    budget = Budget(requests=5)
    with (
        serving(always("200 OK")) as (base_url, gateway),
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
def test_the_budget_of_orders_counts_every_create_that_may_have_been_stored(
    tmp_path: Path, status: str, counts: bool
) -> None:
    """A clear refusal is not counted; an unknown outcome is."""
    with (
        serving(always(status)) as (base_url, gateway),
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


def test_creates_sent_together_do_not_exceed_the_budget_of_orders(tmp_path: Path) -> None:
    """Creates under way count as well, before their outcome is known."""
    with (
        serving(always("201 Created")) as (base_url, gateway),
        client_for(base_url, tmp_path, budget=Budget(orders=3), rate_limit=200.0) as client,
    ):
        client.send_together([POST] * 6)
    assert len(gateway.requests) == 3


def test_a_create_beyond_the_budget_is_neither_sent_nor_in_the_ledger(tmp_path: Path) -> None:
    """Reads go on."""
    ledger = Ledger(tmp_path / "ledger.jsonl", Redactor([]))
    with (
        serving(always("201 Created")) as (base_url, gateway),
        client_for(base_url, tmp_path, budget=Budget(orders=0)) as client,
    ):
        with pytest.raises(CantTell, match=r"raise \[budget\] orders"):
            Api(client, ledger).create({"externalOrderIds": ["conf-1-1"]})
        assert Api(client, ledger).get().status == 201
    ledger.close()
    assert (tmp_path / "ledger.jsonl").read_text(encoding="utf-8") == ""
    assert [each.method for each in gateway.requests] == ["GET"]


def test_the_ledger_distinguishes_not_stored_from_unknown(tmp_path: Path) -> None:
    """A create that met a rate limit was not stored; one that got lost may have been."""
    ledger = Ledger(tmp_path / "ledger.jsonl", Redactor([]))
    for status in ("429 Too Many Requests\r\nRetry-After: 3600", ""):
        with (
            serving(always(status)) as (base_url, _),
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
def test_a_run_beyond_its_budget_is_inconclusive_and_says_what_to_raise(
    tmp_path: Path, key: str
) -> None:
    """Tests without budget are cantTell, with the line to change; none is failed."""
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
