"""How a failure reads: rule, sent, got, expected, notice, reproduce."""

from __future__ import annotations

from typing import TYPE_CHECKING

from order_conformance.core.text import printable, shortened
from order_conformance.http.curl import curl

if TYPE_CHECKING:
    from order_conformance.core.redaction import Redactor
    from order_conformance.http.exchange import Request, Response
    from order_conformance.judging.findings import NonConformance
    from order_conformance.requirements.catalogue import Requirement
    from order_conformance.target.model import Target

MOST_STEPS = 4


def failure_message(
    failure: NonConformance, requirement: Requirement, target: Target, redactor: Redactor
) -> str:
    """Lay out one failure for a person, without secrets and without control characters."""
    lines = [
        _one_line(f"{requirement.id} {requirement.level} failed: {failure.summary}"),
        _field("rule", f"{requirement.statement} ({requirement.source})"),
    ]
    steps = failure.exchanges[-MOST_STEPS:]
    left_out = len(failure.exchanges) - len(steps)
    if left_out:
        lines.append(_field("before", f"{left_out} more exchanges, see evidence.jsonl"))
    for exchange in steps:
        lines.append(_field("sent", sent_line(exchange.request, redactor)))
        lines.append(_field("got", got_line(exchange.response, redactor)))
    lines.append(_field("expected", failure.expected))
    if failure.notice:
        lines.append(_field("notice", failure.notice))
    lines += [_field("reproduce", curl(e.request, target)) for e in steps[-1:]]
    lines += [_field("evidence", e.id) for e in steps[-1:]]
    return printable(redactor.text("\n".join(lines)))


def sent_line(request: Request, redactor: Redactor) -> str:
    """Return method, path and body of a request on one line, shortened."""
    parts = [request.method, request.path]
    if not request.with_key:
        parts.append("(without the key)")
    if request.body is not None:
        parts.append(_text(request.body))
    return _shown(" ".join(parts), redactor)


def got_line(response: Response, redactor: Redactor) -> str:
    """Return status and body of an answer on one line, shortened."""
    media = "" if response.says_json else f" [{response.header('content-type') or 'no media type'}]"
    return _shown(f"{response.status}{media} {_text(response.body) or '(empty body)'}", redactor)


def _shown(text: str, redactor: Redactor) -> str:
    # Masked before it is cut, so that no half of a secret stays at the edge.
    return shortened(redactor.text(text))


def _field(name: str, text: str) -> str:
    return f"  {name:<10} {_one_line(text)}"


def _one_line(text: str) -> str:
    return text.replace("\n", "\\n")


def _text(body: bytes) -> str:
    return body.decode("utf-8", "backslashreplace")
