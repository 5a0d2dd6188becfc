"""The contract by generation: requests that Schemathesis draws from spec/openapi.yaml.

They are sent once, in the first test, and judged one requirement at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import pytest

from order_conformance.generation.cases import BUDGETS, Operation, draw
from order_conformance.generation.findings import Findings, observe
from order_conformance.generation.judging import judge

if TYPE_CHECKING:
    from collections.abc import Callable

    from order_conformance.orders.creates import Api
    from order_conformance.orders.factory import Account
    from order_conformance.session.run import Run

requirement = pytest.mark.requirement
Judge: TypeAlias = "Callable[[Operation], None]"
CREATE, LIST, FETCH = Operation.CREATE, Operation.LIST, Operation.FETCH


@pytest.fixture(scope="module")
def found(api: Api, account: Account, run: Run) -> Findings:
    """Send the generated requests of this run and collect what they show."""
    budget = BUDGETS[run.options.profile.name]
    drawn = draw(account, api.target, run.options.seed, budget)
    return observe(drawn, api, account, run.catalogue)


@pytest.fixture
def judge_generated(found: Findings, run: Run, requirement_id: str) -> Judge:
    """Judge the requirement of the running test by what one operation's requests show."""
    return lambda operation: judge(found, requirement_id, operation, run)


@requirement("PROTO-09")
@pytest.mark.parametrize("operation", [CREATE, LIST, FETCH])
def test_generated_requests_do_not_make_the_server_fail(
    judge_generated: Judge, operation: Operation
) -> None:
    """Generated requests, valid or invalid, are answered below 500."""
    judge_generated(operation)


@requirement("CONTRACT-01")
def test_generated_lawful_orders_are_accepted(judge_generated: Judge) -> None:
    """Lawful orders are accepted in any combination of what the guide allows."""
    judge_generated(CREATE)


@requirement("CONTRACT-02")
@pytest.mark.parametrize("operation", [CREATE, FETCH])
def test_generated_requests_that_break_a_rule_are_refused(
    judge_generated: Judge, operation: Operation
) -> None:
    """Requests that break a rule of the guide in any place are refused."""
    judge_generated(operation)


@requirement("CONTRACT-03")
def test_generated_values_of_a_wrong_type_or_range_are_refused(judge_generated: Judge) -> None:
    """Values of another type or range than the contract gives are refused in any place."""
    judge_generated(CREATE)


@requirement("CONTRACT-04")
def test_generated_orders_are_shown_as_they_were_sent(judge_generated: Judge) -> None:
    """The create response shows what was sent, in any combination."""
    judge_generated(CREATE)


@requirement("SCHEMA-01")
def test_created_orders_of_generated_requests_match_the_schema(judge_generated: Judge) -> None:
    """The order in the response to a generated create matches the schema."""
    judge_generated(CREATE)


@requirement("SCHEMA-03")
def test_pages_of_generated_requests_match_the_schema(judge_generated: Judge) -> None:
    """The page in the response to a generated query matches the schema."""
    judge_generated(LIST)


@requirement("LIST-01")
def test_pages_of_generated_requests_have_the_paging_fields(judge_generated: Judge) -> None:
    """The page in the response to a generated query has the six paging fields."""
    judge_generated(LIST)


@requirement("PROTO-01")
@pytest.mark.parametrize("operation", [CREATE, LIST])
def test_successful_responses_to_generated_requests_are_json(
    judge_generated: Judge, operation: Operation
) -> None:
    """Successful responses to generated requests are JSON."""
    judge_generated(operation)


@requirement("PROTO-10")
def test_refusals_of_generated_orders_are_json(judge_generated: Judge) -> None:
    """Refusals of generated orders are JSON, whatever is wrong with the orders."""
    judge_generated(CREATE)
