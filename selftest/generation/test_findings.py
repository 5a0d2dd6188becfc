"""Generation blames no conforming server, and reports each fault of another once."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pytest

from order_conformance.generation.cases import BUDGETS, Operation
from order_conformance.http.curl import curl
from selftest.support.suite_runs import reference_server
from tools.generation.observing import client_of, generate, sequences

if TYPE_CHECKING:
    from pathlib import Path

    from order_conformance.generation.findings import Findings
    from order_conformance.judging.findings import NonConformance

SEEDS = 2
# `python -m tools.generation.twins --seeds 20` tries every twin by itself.
TWINS = [
    "spring+unique-external-ids+big-ids",
    "fastapi+foreign-orders+extra-fields+count-default-absent",
    "django-rest+small-counts+plain-external-ids",
    "express-zod+merging+moving-status+count-default-null",
    "bare+strict-references+size-fixed+eventual",
]


@pytest.mark.parametrize("names", TWINS)
def test_a_conforming_server_is_not_blamed(names: str, tmp_path: Path) -> None:
    """Neither generated requests nor sequences find anything, for any seed."""
    twins = [f"--twin={name}" for name in names.split("+")]
    with reference_server("--api-key-env", "SERVER_KEY", *twins) as base_url:
        for seed in range(SEEDS):
            seen = generate(base_url, tmp_path, seed, BUDGETS["gate"])
            assert seen.findings.all == []
            assert seen.findings.unanswered == {}
            assert seen.requests > 100
            with client_of(base_url, tmp_path, seed) as (api, account):
                assert sequences(api, account, seed, "gate") is None


def found_on(fault: str, folder: Path) -> Findings:
    """Return what generation finds on a server with a fault."""
    with reference_server("--api-key-env", "SERVER_KEY", f"--fault={fault}") as base_url:
        return generate(base_url, folder, 1, BUDGETS["gate"]).findings


@pytest.mark.parametrize(
    ("fault", "requirement", "operation"),
    [
        ("mixed-counts-refused", "CONTRACT-01", Operation.CREATE),
        ("association-both-kept", "CONTRACT-02", Operation.CREATE),
        ("null-id-is-latest", "CONTRACT-02", Operation.FETCH),
        ("odd-count-ignored", "CONTRACT-03", Operation.CREATE),
        ("external-ids-lost-without-shipping-option", "CONTRACT-04", Operation.CREATE),
        ("huge-id-crash", "PROTO-09", Operation.CREATE),
        ("id-as-text", "SCHEMA-01", Operation.CREATE),
        ("total-field-missing", "LIST-01", Operation.LIST),
        ("text-html", "PROTO-01", Operation.CREATE),
    ],
)
def test_a_fault_is_found_under_its_requirement(
    fault: str, requirement: str, operation: Operation, tmp_path: Path
) -> None:
    """The smallest request of each cause is kept, and its curl line contains it whole."""
    found = found_on(fault, tmp_path)
    under = found.under(requirement, operation)
    assert under, {each.requirement for each in found.all}
    assert len({each.cause for each in under}) == len(under)
    same = [f for f in found.all if (f.requirement, f.cause) == (requirement, under[0].cause)]
    assert under[0].size == min(each.size for each in same if each.operation is operation)


def failed_sequence(fault: str, folder: Path) -> NonConformance:
    """Return the shortest failing sequence of a server with a fault."""
    with (
        reference_server("--api-key-env", "SERVER_KEY", f"--fault={fault}") as base_url,
        client_of(base_url, folder, 1) as (api, account),
    ):
        failure = sequences(api, account, 1, "gate")
        assert failure is not None
        for line, exchange in zip(failure.reproduce, failure.exchanges, strict=True):
            assert shlex.split(curl(exchange.request, api.target))[-1] in shlex.split(line)
        return failure


def test_a_failing_sequence_has_few_steps(tmp_path: Path) -> None:
    """An order that fetch shows without its site: create it, fetch it."""
    failure = failed_sequence("fetch-drops-site", tmp_path)
    assert [e.request.method for e in failure.exchanges] == ["POST", "GET"]
    assert "`site` was sent as 1" in failure.notice


@pytest.mark.parametrize("fault", ["association-none-accepted", "empty-lists-accepted"])
def test_sequences_do_not_judge_a_broken_order_that_is_accepted(fault: str, tmp_path: Path) -> None:
    """The requirement of the broken rule judges that; the sequence continues."""
    with (
        reference_server("--api-key-env", "SERVER_KEY", f"--fault={fault}") as base_url,
        client_of(base_url, tmp_path, 1) as (api, account),
    ):
        assert sequences(api, account, 1, "gate") is None
