"""Replay of a run from its evidence: the same requests get the recorded responses.

The requests must equal the recorded ones to the byte, and all of them must be sent: otherwise
the replay says where it differs from the recording, and its verdict is worthless.

Written here because libraries that replay HTTP match a request to a response by its content.
Here the same request may have different responses, and attempts made in parallel must end in
their recorded order.
"""

from __future__ import annotations

import asyncio
import base64
import json
import zlib
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from order_conformance.core.clock import Clock
from order_conformance.core.exit_codes import UsageProblem
from order_conformance.core.json_values import finite
from order_conformance.core.outcomes import CantTell
from order_conformance.core.redaction import MASK
from order_conformance.core.shard import name_in_shard
from order_conformance.core.text import shortened
from order_conformance.core.vocabulary import Blame
from order_conformance.http.exchange import Request, Response, TransportFailure
from order_conformance.http.transport import LARGEST_RESPONSE
from order_conformance.recording.evidence import EVIDENCE, body_digest, request_record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from order_conformance.core.redaction import Redactor
    from order_conformance.core.shard import Shard

MOST_TURNS = 10_000
"""Turns of the event loop for which an attempt waits for those that ended before it."""

LONGEST_SHOWN = 300
MOST_UNPACKED = 512 * 1024 * 1024
"""Bytes of bodies that a recording may contain in total."""


class Diverged(CantTell):
    """A replay sends a request that is not in the recording; from there on nothing is judged."""

    def __init__(self, reason: str) -> None:
        """Blame the environment: the recording does not belong to this run."""
        super().__init__(reason, Blame.ENVIRONMENT)


@dataclass(frozen=True)
class RecordedAttempt:
    """An attempt as the evidence records it."""

    exchange_id: str
    clock: float
    request: dict[str, Any]
    outcome: Response | TransportFailure


class ReplayClock(Clock):
    """Shows the recorded readings, and does not wait."""

    def __init__(self) -> None:
        """Start at zero."""
        super().__init__()
        self.next = 0.0

    def tick(self) -> float:
        """Advance to the reading at which the attempt ended."""
        self.now = self.next
        return self.now

    async def pause(self, seconds: float) -> None:  # noqa: ARG002 - it takes no time
        """Let other tasks run; no time passes."""
        await asyncio.sleep(0)


@dataclass
class ReplayTransport:
    """Returns recorded outcomes instead of sending requests to the target."""

    attempts: dict[str, deque[RecordedAttempt]]
    redactor: Redactor
    clock: ReplayClock = field(default_factory=ReplayClock)
    diverged: str = ""
    is_closed: bool = False

    def __post_init__(self) -> None:
        """Sort the attempts by the time at which they ended."""
        everything = [each for recorded in self.attempts.values() for each in recorded]
        self._in_order = deque(sorted(each.clock for each in everything))

    async def attempt(
        self,
        request: Request,
        credentials: list[tuple[str, str]],  # noqa: ARG002 - not the real ones
        time_left: float,  # noqa: ARG002 - no time passes
        exchange_id: str,
    ) -> Response | TransportFailure:
        """Return the recorded outcome, once those that ended earlier were returned.

        Raises:
            Diverged: the recording has no such attempt, or another request in its place.
        """
        if self.diverged:
            raise Diverged(self.diverged)
        recorded = self._take(request, exchange_id)
        for _ in range(MOST_TURNS):
            if self._in_order[0] == recorded.clock:
                break
            await asyncio.sleep(0)
        else:
            raise self._diverge(f"{exchange_id}: an attempt that ended before it was never made")
        self._in_order.popleft()
        self.clock.next = recorded.clock
        return recorded.outcome

    async def close(self) -> None:
        """Return no more outcomes."""
        self.is_closed = True

    def left_over(self) -> str:
        """Return which recorded request was not sent; empty if all of them were."""
        left = [exchange_id for exchange_id, recorded in self.attempts.items() if recorded]
        if not left:
            return ""
        return f"{left[0]}: is in the recording, but was not sent ({len(left)} in total)"

    def _take(self, request: Request, exchange_id: str) -> RecordedAttempt:
        waiting = self.attempts.get(exchange_id)
        if not waiting:
            raise self._diverge(f"{exchange_id}: was sent, but is not in the recording")
        recorded = waiting.popleft()
        sent = finite(request_record(request, self.redactor))
        for part, value in sent.items():
            if recorded.request.get(part) != value:
                raise self._diverge(
                    f"{exchange_id}: the {part} of the request is {_shown(value)}, "
                    f"but {_shown(recorded.request.get(part))} in the recording"
                )
        return recorded

    def _diverge(self, reason: str) -> Diverged:
        self.diverged = self.diverged or reason
        return Diverged(self.diverged)


def read_recording(
    folder: Path, redactor: Redactor, stand_in: str | None, shard: Shard | None = None
) -> ReplayTransport:
    """Read the evidence of a finished run, or of one shard of it.

    Raises:
        UsageProblem: it cannot be read, or lacks what a replay needs.
    """
    path = folder / EVIDENCE
    attempts: dict[str, deque[RecordedAttempt]] = {}
    number = size = 0
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                record = json.loads(line)
                if record.get("shard", str(shard)) != str(shard):
                    continue
                name = name_in_shard(record["id"], shard)
                if name in attempts:
                    raise UsageProblem(f"{path}: line {number}: {name} occurs twice")
                attempts[name] = found = deque(_read(name, record, stand_in or ""))
                size += sum(len(e.outcome.body) for e in found if isinstance(e.outcome, Response))
                if size > MOST_UNPACKED:
                    raise UsageProblem(
                        f"{path}: contains more than {MOST_UNPACKED} bytes of bodies"
                    )
    except OSError as problem:
        raise UsageProblem(f"{path}: cannot be read ({problem.strerror})") from None
    except (ValueError, KeyError, TypeError, AttributeError, zlib.error) as problem:
        raise UsageProblem(
            f"{path}: line {number}: is not an exchange that can be replayed "
            f"({type(problem).__name__}: {problem})"
        ) from None
    return ReplayTransport(attempts, redactor)


def _read(name: str, record: dict[str, Any], stand_in: str) -> Iterator[RecordedAttempt]:
    for attempt in record.get("attempts", ()):
        outcome = _outcome(attempt, stand_in)
        yield RecordedAttempt(name, float(attempt["clock"]), attempt["request"], outcome)
    if "response" in record:
        outcome = _outcome(record, stand_in)
        yield RecordedAttempt(name, float(record["clock"]), record["request"], outcome)


def _outcome(record: dict[str, Any], stand_in: str) -> Response | TransportFailure:
    if "response" not in record:
        return TransportFailure(
            record["failure"], record["slow"], record["sent"], record["seconds"]
        )
    recorded = record["response"]
    body = _body(recorded, stand_in)
    if not recorded.get("redacted") and recorded["body_digest"] != body_digest(body):
        raise ValueError("the body does not have the recorded digest")
    hidden = stand_in if recorded.get("redacted") else MASK
    headers = tuple((str(k), str(v).replace(MASK, hidden)) for k, v in recorded["headers"])
    return Response(
        int(recorded["status"]), headers, body, float(recorded["seconds"]), str(record["at"])
    )


def _body(recorded: dict[str, Any], stand_in: str) -> bytes:
    if "body_packed" in recorded:
        packed = base64.b64decode(recorded["body_packed"], validate=True)
        unpacking = zlib.decompressobj()
        body = unpacking.decompress(packed, LARGEST_RESPONSE)
        if not unpacking.eof:
            raise ValueError("the packed body is larger than any response that a run reads")
    else:
        body = str(recorded["body"]).encode("utf-8")
    return body.replace(MASK.encode(), stand_in.encode()) if recorded.get("redacted") else body


def _shown(value: Any) -> str:
    return shortened(json.dumps(value), LONGEST_SHOWN)
