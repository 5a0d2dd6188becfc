"""Draws cases with Schemathesis: the same ones for the same contract, seed and budget."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any

import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.generation.meta import CONTENT_TYPE_PROBES, CoverageScenario, coverage_scenario

from order_conformance.core.kinds import Kind
from order_conformance.generation.documents import lawful_document, open_document
from order_conformance.judging.draws import use_the_seed_alone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypothesis.strategies import SearchStrategy
    from schemathesis import Case
    from schemathesis.schemas import APIOperation
    from schemathesis.specs.openapi.schemas import OpenApiSchema

    from order_conformance.orders.factory import Account
    from order_conformance.target.model import Target


class Operation(StrEnum):
    """The operations of the contract, by their operationId."""

    CREATE = "createOrder"
    LIST = "listOrders"
    FETCH = "fetchOrder"


class Source(StrEnum):
    """The phase of Schemathesis that drew a case."""

    EXAMPLES = "examples"
    COVERAGE = "coverage"
    FUZZING = "fuzzing"


@dataclass(frozen=True)
class Budget:
    """The most cases to draw of each kind."""

    examples: int = 0
    lawful_orders_coverage: int = 0
    lawful_orders: int = 0
    broken_orders_coverage: int = 0
    broken_orders: int = 0
    list_coverage: int = 0
    lists: int = 0
    fetch_coverage: int = 0
    fetches: int = 0


# docs/generation.md shows what each kind detects for its requests.
BUDGETS = {
    "smoke": Budget(examples=2, lawful_orders=4, broken_orders_coverage=4, fetch_coverage=2),
    "gate": Budget(
        examples=2,
        lawful_orders_coverage=12,
        lawful_orders=24,
        broken_orders_coverage=100,
        broken_orders=8,
        list_coverage=10,
        lists=4,
        fetch_coverage=6,
        fetches=3,
    ),
    "certify": Budget(
        examples=2,
        lawful_orders_coverage=100,
        lawful_orders=200,
        broken_orders_coverage=200,
        broken_orders=300,
        list_coverage=60,
        lists=100,
        fetch_coverage=40,
        fetches=100,
    ),
}


@dataclass(frozen=True)
class Generated:
    """A case, and why it was drawn."""

    operation: Operation
    source: Source
    is_lawful: bool
    case: Case[Any]

    @property
    def about(self) -> str:
        """Schemathesis' own description of what it changed."""
        meta = self.case.meta
        description = meta.phase.data.description if meta else None
        return (description or "").partition("\n")[0]


def draw(account: Account, target: Target, run_seed: int, budget: Budget) -> Iterator[Generated]:
    """Draw the cases of a run; creates only if the run may write and enough is known to exist."""
    may_create = not target.read_only and can_order(account)
    lawful = json.dumps(lawful_document(account, target)) if may_create else ""
    return iter(_all(json.dumps(open_document(account, target)), lawful, run_seed, budget))


@cache
def _all(open_text: str, lawful_text: str, run_seed: int, budget: Budget) -> tuple[Generated, ...]:
    """Draw once for each contract and seed: drawing is the most expensive part of a case."""
    return tuple(_each(open_text, lawful_text, run_seed, budget))


def _each(open_text: str, lawful_text: str, run_seed: int, budget: Budget) -> Iterator[Generated]:
    use_the_seed_alone()
    contract = _schema(json.loads(open_text))
    if lawful_text:
        create, lawful = Operation.CREATE, _schema(json.loads(lawful_text))
        most, breaking = budget.lawful_orders_coverage, budget.broken_orders_coverage
        yield from _examples(lawful, budget.examples)
        yield from _coverage(lawful, create, run_seed, most, is_lawful=True)
        yield from _coverage(contract, create, run_seed, breaking, is_lawful=False)
        yield from _fuzzing(lawful, create, run_seed, budget.lawful_orders, is_lawful=True)
        yield from _fuzzing(contract, create, run_seed, budget.broken_orders, is_lawful=False)
    yield from _coverage(contract, Operation.LIST, run_seed, budget.list_coverage, is_lawful=False)
    for is_lawful in (True, False):
        yield from _fuzzing(
            contract, Operation.LIST, run_seed, budget.lists // 2, is_lawful=is_lawful
        )
    yield from _coverage(
        contract, Operation.FETCH, run_seed, budget.fetch_coverage, is_lawful=False
    )
    yield from _fuzzing(contract, Operation.FETCH, run_seed, budget.fetches, is_lawful=False)


def can_order(account: Account) -> bool:
    """Return whether enough is known to exist for a lawful order."""
    return (account.knows(Kind.PATIENT) or account.knows(Kind.SITE)) and (
        account.knows(Kind.ITEM) or account.knows(Kind.KIT)
    )


def _schema(document: dict[str, Any]) -> OpenApiSchema:
    schema = schemathesis.openapi.from_dict(document)
    # The HTTP client adds the key; AUTH-01 to AUTH-07 judge requests without it.
    schema.config.generation.update(with_security_parameters=False, database="none")
    # tests/test_methods.py sends other methods, to orders of this run.
    schema.config.phases.coverage.unexpected_methods = set()
    return schema


def _examples(schema: OpenApiSchema, most: int) -> Iterator[Generated]:
    operation = _find(schema, Operation.CREATE)
    for strategy in operation.get_strategies_from_examples()[:most]:
        for case in _drawn(strategy, 1, 0):
            yield Generated(Operation.CREATE, Source.EXAMPLES, is_lawful=True, case=case)


def _coverage(
    schema: OpenApiSchema, operation: Operation, run_seed: int, most: int, *, is_lawful: bool
) -> Iterator[Generated]:
    """Yield a sample of the cases that each use, or break, one keyword of the contract."""
    if not most:
        return
    mode = GenerationMode.POSITIVE if is_lawful else GenerationMode.NEGATIVE
    found = _find(schema, operation)
    cases = [
        case
        for case in schema.iter_coverage_cases(
            found,
            generation_modes=[mode],
            generation_config=schema.config.generation_for(operation=found),
        )
        # tests/test_protocol.py sends other media types.
        if coverage_scenario(case)
        not in {*CONTENT_TYPE_PROBES, CoverageScenario.UNSPECIFIED_HTTP_METHOD}
    ]
    if len(cases) > most:
        chance = random.Random(f"{run_seed} {operation} {mode.value}")  # noqa: S311 - guards nothing
        chosen = chance.sample(range(len(cases)), most)
        cases = [cases[place] for place in sorted(chosen)]
    for case in cases:
        yield Generated(operation, Source.COVERAGE, is_lawful=is_lawful, case=case)


def _fuzzing(
    schema: OpenApiSchema, operation: Operation, run_seed: int, most: int, *, is_lawful: bool
) -> Iterator[Generated]:
    if not most:
        return
    mode = GenerationMode.POSITIVE if is_lawful else GenerationMode.NEGATIVE
    strategy = _find(schema, operation).as_strategy(generation_mode=mode)
    for case in _drawn(strategy, most, run_seed):
        yield Generated(operation, Source.FUZZING, is_lawful=is_lawful, case=case)


def _find(schema: OpenApiSchema, operation: Operation) -> APIOperation[Any, Any, Any, Any]:
    return schema.find_operation_by_id(operation.value)


def _drawn(strategy: SearchStrategy[Case[Any]], most: int, run_seed: int) -> list[Case[Any]]:
    """Draw cases without sending them, so that they cannot depend on a response."""
    cases: list[Case[Any]] = []

    @seed(run_seed)
    @settings(
        max_examples=most,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(case: Case[Any]) -> None:
        cases.append(case)

    collect()
    return cases
