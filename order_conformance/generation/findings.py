"""Findings of the generated requests of a run: each is sent once and judged by many requirements.

A failed check of Schemathesis is a suspicion. It becomes a finding if the exchange itself confirms
it; if the server was free to respond like that, it is dropped and only counted.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from schemathesis.core.failures import AcceptedNegativeData
from schemathesis.openapi.checks import (
    JsonSchemaError,
    MissingContentType,
    RejectedPositiveData,
    UndefinedContentType,
)

from order_conformance.core.json_values import read_json
from order_conformance.core.mismatch import Mismatch
from order_conformance.core.outcomes import CantTell
from order_conformance.core.statuses import REFUSAL, SERVER_ERROR, SUCCESS
from order_conformance.core.text import Phrase
from order_conformance.core.vocabulary import Level
from order_conformance.generation.cases import Generated, Operation
from order_conformance.generation.oracle import broken_by_fetch, broken_by_order, must_be_accepted
from order_conformance.generation.sending import Sender, failures_of
from order_conformance.judging.schema import schema_problem
from order_conformance.orders.fields import difference_from_sent
from order_conformance.orders.page import paging_problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from schemathesis.core.failures import Failure

    from order_conformance.http.exchange import Exchange
    from order_conformance.orders.creates import Api
    from order_conformance.orders.factory import Account
    from order_conformance.requirements.catalogue import Catalogue

LET_OFF = frozenset({401, 403, 409, 429})
"""A lawful order may be refused like this because of the client, or of its earlier requests."""

ACCEPTING = frozenset(
    {
        *("ASSOC-01", "ASSOC-02", "ASSOC-05", "CONTENT-01", "CONTENT-02", "CONTENT-03"),
        *("CONTENT-10", "CONTENT-12", "EXT-01", "EXT-02", "SHIP-01", "SHIP-02"),
    }
)
"""Requirements to accept one part of a lawful order."""

KEEPING = frozenset({"ASSOC-05", "ASSOC-09", "CONTENT-03", "CONTENT-12", "EXT-02", "SHIP-02"})
"""Requirements to keep one part of an accepted order."""


@dataclass(frozen=True)
class Finding:
    """One thing that a server did wrong with one request.

    ``covered_by``: requirements that judge the same more precisely; if one of them has failed,
    the finding is already reported. ``cause``: findings of one cause are reported once.
    """

    requirement: str
    operation: Operation
    cause: str
    did: str
    expected: str
    exchange: Exchange
    notice: str | Mismatch = ""
    covered_by: frozenset[str] = frozenset()

    @property
    def pointers(self) -> tuple[str, ...]:
        """JSON pointers to what is wrong, where that is known."""
        return self.notice.pointers if isinstance(self.notice, Mismatch) else ()

    @property
    def size(self) -> int:
        """The length of the request."""
        return len(self.exchange.request.path) + len(self.exchange.request.body or b"")


@dataclass
class Findings:
    """All findings of the generated requests of a run."""

    all: list[Finding] = field(default_factory=list)
    answered: Counter[Operation] = field(default_factory=Counter)
    unanswered: dict[Operation, list[str]] = field(default_factory=dict)
    dropped: Counter[str] = field(default_factory=Counter)

    def under(self, requirement: str, operation: Operation) -> list[Finding]:
        """Return the smallest finding of each cause for a requirement, the smallest first."""
        smallest: dict[str, Finding] = {}
        for each in sorted(self.all, key=lambda finding: finding.size):
            if (each.requirement, each.operation) == (requirement, operation):
                smallest.setdefault(each.cause, each)
        return list(smallest.values())


def observe(
    drawn: Iterable[Generated], api: Api, account: Account, catalogue: Catalogue
) -> Findings:
    """Send generated requests and collect the findings."""
    found, sender = Findings(), Sender(api, account)
    for generated in drawn:
        try:
            exchange = sender.send(generated)
        except CantTell as trouble:
            found.unanswered.setdefault(generated.operation, []).append(trouble.reason)
            if api.client.circuit_breaker.open_because:
                break
            continue
        if exchange is None:
            continue
        found.answered[generated.operation] += 1
        if exchange.status in SERVER_ERROR:
            found.all.append(_server_error(generated, exchange))
            continue
        for failure in failures_of(generated, exchange):
            confirmed = list(_confirmed(failure, generated, exchange, catalogue))
            found.all += confirmed
            found.dropped[type(failure).__name__] += not confirmed
        found.all += _not_kept(generated, exchange)
    return found


def _server_error(generated: Generated, exchange: Exchange) -> Finding:
    broken = ", ".join(_broken_by(generated.operation, exchange))
    return Finding(
        "PROTO-09",
        generated.operation,
        f"{exchange.status} {broken}",
        "the server failed on a generated request",
        "a status below 500: accept the request or refuse it with 4xx",
        exchange,
        notice=f"generated: {generated.about}",
    )


def _confirmed(
    failure: Failure, generated: Generated, exchange: Exchange, catalogue: Catalogue
) -> Iterator[Finding]:
    """Yield the finding of a failed check, if the exchange confirms it."""
    match failure:
        case AcceptedNegativeData() if exchange.status in SUCCESS:
            yield from _broken_but_accepted(generated, exchange, catalogue)
        case RejectedPositiveData():
            yield from _lawful_but_refused(generated, exchange)
        case JsonSchemaError() if exchange.status in SUCCESS:
            yield from _misshapen(generated, exchange)
        case MissingContentType() | UndefinedContentType():
            yield from _not_json(generated, exchange)


def _broken_but_accepted(
    generated: Generated, exchange: Exchange, catalogue: Catalogue
) -> Iterator[Finding]:
    broken = _broken_by(generated.operation, exchange)
    binding = [each for each in broken if catalogue[each].level is Level.MUST]
    if not broken:
        return
    what = "request" if generated.operation is Operation.FETCH else "order"
    reasons = "; ".join(f"{each}: {catalogue[each].statement}" for each in binding or broken)
    yield Finding(
        "CONTRACT-02" if binding else "CONTRACT-03",
        generated.operation,
        ", ".join(binding or broken),
        f"the server accepted a generated {what} that it has to refuse",
        f"4xx ({reasons})",
        exchange,
        notice=f"generated: {generated.about}",
        covered_by=frozenset(binding or broken),
    )


def _lawful_but_refused(generated: Generated, exchange: Exchange) -> Iterator[Finding]:
    is_order = generated.operation is Operation.CREATE and generated.is_lawful
    if not is_order or exchange.status in LET_OFF or not must_be_accepted(_body(exchange)):
        return
    yield Finding(
        "CONTRACT-01",
        generated.operation,
        "refused",
        Phrase(
            "the server answered {} to a generated order that it has to accept", exchange.status
        ),
        "201 or 200 with the order as a JSON object: what it names exists, and it breaks no rule",
        exchange,
        covered_by=ACCEPTING,
    )


def _misshapen(generated: Generated, exchange: Exchange) -> Iterator[Finding]:
    operation, shown = generated.operation, exchange.json
    requirement, problem, what = "LIST-01", paging_problem(shown), "page"
    if operation is Operation.LIST and problem and not generated.is_lawful:
        return  # the response to an invalid query need not be a page
    if operation is not Operation.LIST or not problem:
        requirement, schema, what = {
            Operation.CREATE: ("SCHEMA-01", "Order", "created order"),
            Operation.FETCH: ("SCHEMA-02", "Order", "fetched order"),
            Operation.LIST: ("SCHEMA-03", "OrderPage", "page of orders"),
        }[operation]
        problem = schema_problem(shown, schema)
    if problem:
        yield Finding(
            requirement,
            operation,
            str(problem),
            f"the {what} returned for a generated request does not match the schema",
            "the types of the guide's sample (spec/openapi.yaml)",
            exchange,
            notice=problem,
        )


def _not_json(generated: Generated, exchange: Exchange) -> Iterator[Finding]:
    response, was_order = exchange.response, generated.operation is Operation.CREATE
    if response.says_json:
        return
    if exchange.status in SUCCESS:
        requirement, what = "PROTO-01", "a successful response"
    elif exchange.status in REFUSAL and was_order and isinstance(generated.case.body, dict):
        # A server in front may refuse odd paths and bodies that are not JSON.
        requirement, what = "PROTO-10", "a refusal"
    else:
        return
    yield Finding(
        requirement,
        generated.operation,
        response.media_type,
        f"{what} is not JSON",
        "media type application/json, or one that ends in +json",
        exchange,
        notice=f"Content-Type is {response.header('content-type')!r}",
    )


def _not_kept(generated: Generated, exchange: Exchange) -> list[Finding]:
    """Return the finding that a create response shows another order than the one sent, if so."""
    is_order = generated.operation is Operation.CREATE and generated.is_lawful
    if not is_order or exchange.status not in SUCCESS or not isinstance(exchange.json, dict):
        return []
    changed = difference_from_sent(read_json(_body(exchange)), exchange.json)
    if not changed:
        return []
    return [
        Finding(
            "CONTRACT-04",
            generated.operation,
            "".join(changed.pointers),
            "the create response shows another order than the generated one",
            "the order as it was sent",
            exchange,
            notice=changed,
            covered_by=KEEPING,
        )
    ]


def _broken_by(operation: Operation, exchange: Exchange) -> list[str]:
    if operation is Operation.CREATE:
        return broken_by_order(_body(exchange))
    if operation is Operation.FETCH:
        path = exchange.request.path.partition("?")[0]
        return broken_by_fetch(path.rpartition("/")[2])
    return []


def _body(exchange: Exchange) -> bytes:
    return exchange.request.body or b""
