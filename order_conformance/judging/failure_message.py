"""A failure: described as data when a test raises it, and laid out as text when it is shown.

The text is the same on the terminal, in JUnit, CTRF, Allure, Markdown and GitHub's annotations;
the page lays out the fields itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from order_conformance.core.text import on_one_line, printable, shortened
from order_conformance.core.vocabulary import Blame, Level
from order_conformance.http.curl import curl
from order_conformance.judging.findings import Failure, Step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from order_conformance.core.redaction import Redactor
    from order_conformance.http.exchange import Exchange, Request, Response
    from order_conformance.judging.findings import NonConformance, Role
    from order_conformance.requirements.catalogue import Requirement
    from order_conformance.target.model import Target

MOST_STEPS = 4
INDENT = " " * 13


def describe(
    problem: NonConformance,
    test: str,
    requirement: Requirement,
    target: Target,
    redactor: Redactor,
) -> Failure:
    """Return what a test has raised as data, without secrets and without control characters."""

    def clean(text: str) -> str:
        return printable(redactor.text(text))

    shown = list(zip(problem.exchanges, problem.roles, strict=False))[-MOST_STEPS:]
    reproduce = problem.reproduce or [curl(e.request, target) for e in problem.exchanges[-1:]]
    return Failure(
        test=test,
        requirement=requirement.id,
        level=requirement.level,
        title=clean(problem.title),
        kind=clean(problem.kind),
        rule=requirement.statement,
        source=requirement.source,
        steps=tuple(_step(exchange, role, redactor) for exchange, role in shown),
        expected=clean(problem.expected),
        notice=clean(problem.notice),
        pointers=problem.pointers,
        reproduce=tuple(map(clean, reproduce)),
        blame=Blame.SERVER if requirement.level is Level.MUST else Blame.GUIDE,
        evidence=tuple(exchange.id for exchange in problem.exchanges),
        covered_by=problem.covered_by,
    )


def failure_text(failure: Failure) -> str:
    """Lay out one failure for a person."""
    return "\n".join([headline(failure), *details(failure)])


def headline(failure: Failure) -> str:
    """Return the first line: the requirement, its level, and what the server did."""
    title = f"{failure.requirement} {failure.level} failed: {failure.title}"
    return printable(on_one_line(title))


def details(failure: Failure) -> list[str]:
    """Return the lines below the first: the rule, the exchanges, and how to see them again."""
    return [printable(line) for line in _details(failure)]


def _details(failure: Failure) -> Iterator[str]:
    yield _field("rule", f"{failure.rule} ({failure.source})")
    left_out = len(failure.evidence) - len(failure.steps)
    if left_out:
        yield _field("before", f"{left_out} more exchanges, see evidence.jsonl")
    for step in failure.steps:
        yield _field("sent", step.request)
        yield _field("got", step.response)
    yield _field("expected", failure.expected)
    if failure.notice:
        yield _field("notice", failure.notice)
    for number, command in enumerate(failure.reproduce):
        yield f"{INDENT}{on_one_line(command)}" if number else _field("reproduce", command)
    for exchange in failure.evidence[-1:]:
        yield _field("evidence", exchange)


def _step(exchange: Exchange, role: Role, redactor: Redactor) -> Step:
    return Step(
        exchange.id,
        role,
        request_line(exchange.request, redactor),
        response_line(exchange.response, redactor),
        exchange.status,
    )


def request_line(request: Request, redactor: Redactor) -> str:
    """Return method, path and body of a request on one line, masked and shortened."""
    parts = [request.method, request.path]
    if not request.with_key:
        parts.append("(without the key)")
    if request.body is not None:
        parts.append(_text(request.body))
    return _shown(" ".join(parts), redactor)


def response_line(response: Response, redactor: Redactor) -> str:
    """Return status and body of a response on one line, masked and shortened."""
    media = "" if response.says_json else f" [{response.header('content-type') or 'no media type'}]"
    return _shown(f"{response.status}{media} {_text(response.body) or '(empty body)'}", redactor)


def _shown(text: str, redactor: Redactor) -> str:
    # Masked before it is shortened, so that no half of a secret is left where the text is cut.
    return printable(shortened(redactor.text(text)))


def _field(name: str, text: str) -> str:
    return f"  {name:<10} {on_one_line(text)}"


def _text(body: bytes) -> str:
    return body.decode("utf-8", "backslashreplace")
