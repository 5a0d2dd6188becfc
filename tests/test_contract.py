"""The contract by generation: requests that Schemathesis draws from spec/openapi.yaml.

They are sent once, in the first test, and judged here one requirement at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from order_conformance.generation.cases import BUDGETS, Operation, draw
from order_conformance.generation.findings import Findings, observe
from order_conformance.generation.judging import judge

if TYPE_CHECKING:
    from order_conformance.orders.creates import Api
    from order_conformance.orders.factory import Account
    from order_conformance.session.run import Run

requirement = pytest.mark.requirement
CREATE, LIST, FETCH = Operation.CREATE, Operation.LIST, Operation.FETCH


@pytest.fixture(scope="module")
def found(api: Api, account: Account, run: Run) -> Findings:
    """What the generated requests of this run show."""
    budget = BUDGETS[run.options.profile.name]
    drawn = draw(account, api.target, run.options.seed, budget)
    return observe(drawn, api, account, run.catalogue)


@requirement("PROTO-09")
@pytest.mark.parametrize("operation", [CREATE, LIST, FETCH])
def test_generated_requests_do_not_make_the_server_fail(
    found: Findings, run: Run, operation: Operation
) -> None:
    """Requests that keep to the contract or break it in one place are answered below 500."""
    judge(found, "PROTO-09", operation, run)


@requirement("CONTRACT-01")
def test_generated_lawful_orders_are_accepted(found: Findings, run: Run) -> None:
    """Whatever the guide allows is accepted in any combination."""
    judge(found, "CONTRACT-01", CREATE, run)


@requirement("CONTRACT-02")
@pytest.mark.parametrize("operation", [CREATE, FETCH])
def test_generated_requests_that_break_a_rule_are_refused(
    found: Findings, run: Run, operation: Operation
) -> None:
    """What the guide forbids is refused wherever in a request it is."""
    judge(found, "CONTRACT-02", operation, run)


@requirement("CONTRACT-03")
def test_generated_values_of_a_wrong_type_or_range_are_refused(found: Findings, run: Run) -> None:
    """Values of another type or range than the contract gives are refused wherever they are."""
    judge(found, "CONTRACT-03", CREATE, run)


@requirement("CONTRACT-04")
def test_generated_orders_are_shown_as_they_were_sent(found: Findings, run: Run) -> None:
    """The create answer shows what was sent, in any combination."""
    judge(found, "CONTRACT-04", CREATE, run)


@requirement("SCHEMA-01")
def test_created_orders_of_generated_requests_match_the_schema(found: Findings, run: Run) -> None:
    """The order that answers a generated create matches the schema."""
    judge(found, "SCHEMA-01", CREATE, run)


@requirement("SCHEMA-03")
def test_pages_of_generated_requests_match_the_schema(found: Findings, run: Run) -> None:
    """The page that answers a generated query matches the schema."""
    judge(found, "SCHEMA-03", LIST, run)


@requirement("LIST-01")
def test_pages_of_generated_requests_have_the_paging_fields(found: Findings, run: Run) -> None:
    """The page that answers a generated query has the six paging fields."""
    judge(found, "LIST-01", LIST, run)


@requirement("PROTO-01")
@pytest.mark.parametrize("operation", [CREATE, LIST])
def test_successful_responses_to_generated_requests_are_json(
    found: Findings, run: Run, operation: Operation
) -> None:
    """Successes are JSON whatever was asked for."""
    judge(found, "PROTO-01", operation, run)


@requirement("PROTO-10")
def test_refusals_of_generated_orders_are_json(found: Findings, run: Run) -> None:
    """Refusals of orders are JSON whatever is wrong with them."""
    judge(found, "PROTO-10", CREATE, run)
