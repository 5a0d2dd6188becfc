"""How a failure reads: rule, sent, got, expected, notice, reproduce."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from order_conformance.catalogue import Requirement
    from order_conformance.exchange import Answer, Request
    from order_conformance.outcomes import NonConformance
    from order_conformance.redaction import Redactor
    from order_conformance.target import Target

LONGEST_LINE = 300
LONGEST_CURL_BODY = 3000
MOST_STEPS = 4


def failure_message(
    failure: NonConformance, requirement: Requirement, target: Target, redactor: Redactor
) -> str:
    """Lay out one failure for a person, without secrets and without control characters."""
    lines = [
        f"{requirement.id} {requirement.level} failed: {failure.summary}",
        _field("rule", f"{requirement.statement} ({requirement.source})"),
    ]
    steps = failure.exchanges[-MOST_STEPS:]
    left_out = len(failure.exchanges) - len(steps)
    if left_out:
        lines.append(_field("before", f"{left_out} more exchanges, see evidence.jsonl"))
    for exchange in steps:
        lines.append(_field("sent", sent_line(exchange.request)))
        lines.append(_field("got", got_line(exchange.answer)))
    lines.append(_field("expected", failure.expected))
    if failure.notice:
        lines.append(_field("notice", failure.notice))
    lines += [_field("reproduce", curl(e.request, target)) for e in steps[-1:]]
    lines += [_field("evidence", e.id) for e in steps[-1:]]
    return printable(redactor.text("\n".join(lines)))


def sent_line(request: Request) -> str:
    """Return method, path and body of a request on one line, shortened."""
    parts = [request.method, request.path]
    if not request.with_key:
        parts.append("(without the key)")
    if request.body is not None:
        parts.append(request.body.decode("utf-8", "backslashreplace"))
    return shortened(" ".join(parts))


def got_line(answer: Answer) -> str:
    """Return status and body of an answer on one line, shortened."""
    body = answer.body.decode("utf-8", "backslashreplace")
    media = "" if answer.says_json else f" [{answer.header('content-type') or 'no media type'}]"
    return shortened(f"{answer.status}{media} {body or '(empty body)'}")


def curl(request: Request, target: Target) -> str:
    """Return a shell line that sends the request again; the key comes from the environment."""
    origin = target.base_url
    base_path = target.order_path.removesuffix(target.path_prefix + "/api/v3/order")
    path = request.path.removeprefix(base_path)
    words = ["curl -sS -i --path-as-is"]
    if request.method != "GET":
        words.append(f"-X {request.method}")
    words.append(shlex.quote(origin + path))
    if request.with_key and target.api_key:
        words.append(f'-H "{target.key_header}: ${target.key_variable}"')
    words += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in request.headers]
    if request.body is not None:
        words.append(_curl_body(request.body))
    return " ".join(words)


def printable(text: str) -> str:
    """Return the text with control and direction characters as escapes; new lines stay.

    What a server says must not steer the terminal that shows it.
    """
    return "".join(c if c == "\n" or c.isprintable() else _escape(c) for c in text)


def shortened(text: str, longest: int = LONGEST_LINE) -> str:
    """Return the text on one line, cut in the middle when it is long."""
    line = " ".join(text.split())
    if len(line) <= longest:
        return line
    head = longest * 3 // 4
    return f"{line[:head]} ... {line[-(longest - head) :]}"


def _field(name: str, text: str) -> str:
    return f"  {name:<10} {text}"


def _curl_body(body: bytes) -> str:
    if len(body) > LONGEST_CURL_BODY:
        return f"--data-binary @body.json  # {len(body)} bytes, in the evidence"
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    if text.isprintable() and (text or not body):
        return f"--data-binary {shlex.quote(text)}"
    octal = "".join(f"\\{byte:03o}" for byte in body)
    return f"--data-binary @<(printf '{octal}')"


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
