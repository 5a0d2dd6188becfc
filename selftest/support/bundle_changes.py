"""Changes of a bundle's members, from a byte to a verdict."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any, TypeAlias

from order_conformance.certification.bundle import ENVELOPE, MANIFEST
from order_conformance.certification.canonical import canonical
from selftest.support.bundles import Members, statement_of

if TYPE_CHECKING:
    from collections.abc import Callable

Change: TypeAlias = "Callable[[Members], object]"
TAKEN_OUT = object()
RESULTS, INPUTS, EVIDENCE, LEDGER = (
    "results.json",
    "inputs.json",
    "evidence.jsonl",
    "ledger.jsonl",
)


def flipped(name: str, place: float = 0.5) -> Change:
    """Change one byte of a member."""

    def flip(members: Members) -> None:
        content = bytearray(members[name])
        content[int(len(content) * place)] ^= 1
        members[name] = bytes(content)

    return flip


def in_envelope(change: Callable[[dict[str, Any]], object]) -> Change:
    """Change the envelope, and write it as it should be written."""

    def apply(members: Members) -> None:
        envelope = json.loads(members[ENVELOPE])
        change(envelope)
        members[ENVELOPE] = canonical(envelope)

    return apply


def says_passed(members: Members) -> None:
    """Let the statement say that what failed has passed."""
    statement = statement_of(members)
    predicate = statement["predicate"]
    predicate["passedTests"] += predicate.pop("failedTests")
    payload = base64.b64encode(canonical(statement)).decode()
    in_envelope(lambda envelope: envelope.update(payload=payload))(members)


def row(identifier: str) -> Callable[[Any], Any]:
    """Return what finds a requirement in results."""
    return lambda results: next(e for e in results["requirements"] if e["id"] == identifier)


def is_passed(results: Any) -> None:
    """Let what failed have passed, and the verdict follow."""
    row("ASSOC-03")(results).update(outcome="passed", reason=None, blame=None, failures=[])
    results["summary"]["MUST"]["failed"] -= 1
    results["summary"]["MUST"]["passed"] += 1
    reason = "every applicable MUST requirement passed"
    results.update(verdict="conformant", verdict_reason=reason, exit_code=0)


def of_manifest(change: Callable[[Any], object]) -> Change:
    """Return a change of the manifest."""
    return in_json(MANIFEST, change)


def both(*changes: Change) -> Change:
    """Make several changes."""
    return lambda members: [change(members) for change in changes]


def new_seed(content: Any) -> None:
    """Give another seed."""
    content["seed"] = 1


def in_json(name: str, change: Callable[[Any], object]) -> Change:
    """Return the change of a JSON member, written as the suite writes it."""

    def apply(members: Members) -> None:
        content = json.loads(members[name])
        change(content)
        text = json.dumps(content, indent=1) + "\n"
        members[name] = canonical(content) if name == MANIFEST else text.encode()

    return apply


def in_line(name: str, which: Callable[[Any], bool], change: Callable[[Any], object]) -> Change:
    """Return the change of the first line of a member that fits; None in its place takes it out."""

    def apply(members: Members) -> None:
        lines = [json.loads(line) for line in members[name].splitlines()]
        index = next(index for index, line in enumerate(lines) if which(line))
        if change(lines[index]) is TAKEN_OUT:
            del lines[index]
        members[name] = "".join(json.dumps(line) + "\n" for line in lines).encode()

    return apply
