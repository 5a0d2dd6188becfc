"""What is drawn: from existing ids, always the same from the same seed, within its budget."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from typing import Any

import pytest

from order_conformance.core.json_values import write_json
from order_conformance.generation.cases import BUDGETS, Operation, draw
from order_conformance.generation.documents import lawful_document, open_document
from order_conformance.generation.oracle import must_be_accepted
from order_conformance.generation.sending import marked_order, without_repetitions
from order_conformance.http.curl import curl
from order_conformance.http.exchange import Request
from order_conformance.orders.discovery import KnownIds
from order_conformance.orders.factory import Account
from order_conformance.target.model import Target
from selftest.support.suite_runs import ROOT

TARGET = Target("http://127.0.0.1:1/base", api_key="k", size_parameter="limit")
EXISTING = {"patients": (7, 8), "sites": (9,), "items": (70, 71), "kits": (90,)}

# Prints what a seed draws, for another process to compare.
DRAW = """
import json, sys
from selftest.generation.test_generation import drawn
print(json.dumps(drawn(int(sys.argv[1]))))
"""


def account(**changes: tuple[int, ...]) -> Account:
    """Return an account in which these exist."""
    return Account(KnownIds({**EXISTING, **changes}), TARGET, "0a0b0c0d")


def drawn(seed: int) -> list[str]:
    """Return what a seed draws in the gate profile, as text."""
    cases = [each.case for each in draw(account(), TARGET, seed, BUDGETS["gate"])]
    return [
        f"{case.method} {case.formatted_path} {case.query} {case.body if case.media_type else ''!r}"
        for case in cases
    ]


def bodies(budget: str = "gate", **changes: tuple[int, ...]) -> list[Any]:
    """Return the lawful orders that are drawn for an account, as they are sent."""
    return [
        marked_order(without_repetitions(each.case.body), lambda: "marker")
        for each in draw(account(**changes), TARGET, 1, BUDGETS[budget])
        if each.operation is Operation.CREATE and each.is_lawful
    ]


def test_the_same_seed_draws_the_same_requests_in_another_process() -> None:
    """They do not depend on the process or its hash seed; another seed draws others."""
    runs = [
        subprocess.run(
            [sys.executable, "-c", DRAW, seed],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        )
        for seed, hash_seed in (("5", "1"), ("5", "2"), ("6", "1"))
    ]
    first, again, other = (json.loads(run.stdout) for run in runs)
    assert first == again
    assert first != other
    assert len(first) > 100


def test_every_lawful_order_matches_the_contract_and_names_existing_ids() -> None:
    """Ids come from the account, external ids are markers, and no id comes twice."""
    orders = bodies()
    assert len(orders) > 20
    for order in orders:
        assert must_be_accepted(write_json(order)), order
        assert set(order["externalOrderIds"]) == {"marker"}
        things = [line["item"]["id"] for line in order.get("orderItems", [])]
        assert set(things) <= {70, 71}
        assert (order.get("patient") or order["site"])["id"] in {7, 8, 9}


@pytest.mark.parametrize("kind", sorted(EXISTING))
def test_an_unknown_kind_is_not_ordered(kind: str) -> None:
    """Lawful orders leave out a kind of which no id is known."""
    name = {"patients": "patient", "sites": "site", "items": "orderItems", "kits": "orderKits"}
    orders = bodies("smoke", **{kind: ()})
    assert orders
    assert all(name[kind] not in order for order in orders)


def test_only_the_methods_of_the_contract_are_drawn() -> None:
    """Only POST to the list and GET are drawn: no order is changed or removed."""
    cases = [each.case for each in draw(account(), TARGET, 1, BUDGETS["gate"])]
    assert {case.method for case in cases} == {"GET", "POST"}
    assert all(case.path == "/api/v3/order" for case in cases if case.method == "POST")


def test_a_read_only_run_draws_no_creates() -> None:
    """If the run may not write, only reads are drawn."""
    target = Target("http://127.0.0.1:1", read_only=True)
    operations = {each.operation for each in draw(account(), target, 1, BUDGETS["gate"])}
    assert operations == {Operation.LIST, Operation.FETCH}


@pytest.mark.parametrize("missing", [("patients", "sites"), ("items", "kits")], ids=str)
def test_only_reads_are_drawn_if_nothing_can_be_ordered(missing: tuple[str, ...]) -> None:
    """Without a patient or site, or without an item or kit, a create would only be refused."""
    poor = account(**dict.fromkeys(missing, ()))
    operations = {each.operation for each in draw(poor, TARGET, 1, BUDGETS["gate"])}
    assert operations == {Operation.LIST, Operation.FETCH}


def test_the_gate_profile_stays_within_its_share() -> None:
    """At most 60 orders that should be accepted are sent, in at most 300 requests."""
    cases = list(draw(account(), TARGET, 1, BUDGETS["gate"]))
    assert len(cases) <= 300
    assert sum(c.is_lawful and c.operation is Operation.CREATE for c in cases) <= 60


def test_paging_uses_the_parameter_names_of_the_target() -> None:
    """The target file may give the paging parameters other names."""
    for document in (lawful_document(account(), TARGET), open_document(account(), TARGET)):
        parameters = document["paths"]["/api/v3/order"]["get"]["parameters"]
        assert [each["name"] for each in parameters] == ["page", "limit"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (None, ["marker"]),
        (["external-id", "external-id"], ["marker", "marker"]),
        (["other"], ["other", "marker"]),
        ([], ["marker"]),
        ("text", "text"),
        ([5], [5]),
        ({}, {}),
    ],
    ids=repr,
)
def test_an_order_is_marked_unless_its_external_ids_are_malformed(
    given: Any, expected: Any
) -> None:
    """A marker is added, or put in place of the placeholder; what is broken stays broken."""
    order = {"site": {"id": 9}} | ({} if given is None else {"externalOrderIds": given})
    assert marked_order(order, lambda: "marker")["externalOrderIds"] == expected


def test_a_generated_body_survives_the_shell() -> None:
    """The curl line of a failure contains exactly the bytes that were sent."""
    checked = 0
    for each in draw(account(), TARGET, 2, BUDGETS["gate"]):
        if isinstance(each.case.body, dict):
            body = write_json(each.case.body)
            text = body.decode()
            line = curl(Request("POST", TARGET.order_path, (), body), TARGET)
            if text.isprintable() and len(body) < 3000:
                assert shlex.split(line)[-1] == text
                checked += 1
    assert checked > 100
