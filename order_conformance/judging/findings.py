"""What tests find: a non-conformance, the failure that is made of it, and the outcome of a test."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from order_conformance.core.mismatch import Mismatch
from order_conformance.core.text import Phrase
from order_conformance.core.vocabulary import Blame, Level, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from order_conformance.core.redaction import Redactor
    from order_conformance.http.exchange import Exchange


class Role(StrEnum):
    """What an exchange is to the failure that it shows."""

    BEFORE = "before"
    """It led up to the failure, or shows how things were before."""
    SENT = "sent"
    """A create that carries what is judged; a later response shows whether it was kept."""
    GOT = "got"
    """Its response breaks the requirement."""
    AFTER = "after"
    """The same request as an earlier one; that its response differs breaks the requirement."""


class NonConformance(AssertionError):
    """The server broke the requirement that the running test judges.

    Args:
        title: what the server did, as the end of "failed: ...". A title that holds values of
            this run is a ``Phrase``: failures of one kind are reported together.
        exchanges: the evidence, the decisive exchange last.
        expected: what the requirement asks for instead, and why.
        notice: a detail worth pointing at, if any. A ``Mismatch`` brings its pointers along.
        roles: what each exchange is to the failure; by default see ``roles_of``.
        pointers: JSON pointers into the decisive response or request, to what is wrong.
        reproduce: commands that show the failure again; by default the decisive request alone.
        covered_by: for each thing found, the requirements that report the same more precisely.
            If one of each has failed, this failure adds nothing.
    """

    def __init__(  # noqa: PLR0913 - each is one part of a failure
        self,
        title: str,
        exchanges: Sequence[Exchange],
        *,
        expected: str,
        notice: str | Mismatch = "",
        roles: Sequence[Role] = (),
        pointers: Iterable[str] = (),
        reproduce: Iterable[str] = (),
        covered_by: Iterable[Iterable[str]] = (),
    ) -> None:
        """Keep the parts; ``failure_message.describe`` makes a ``Failure`` of them."""
        super().__init__(title)
        self.title = title
        self.exchanges = tuple(exchanges)
        self.expected = expected
        self.notice = str(notice)
        self.kind = title.kind if isinstance(title, Phrase) else title
        self.roles = tuple(roles) or roles_of(self.exchanges)
        found = notice.pointers if isinstance(notice, Mismatch) else ()
        self.pointers = tuple(dict.fromkeys([*pointers, *found]))
        self.reproduce = tuple(reproduce)
        self.covered_by = tuple(tuple(sorted(each)) for each in covered_by)


def roles_of(exchanges: Sequence[Exchange]) -> tuple[Role, ...]:
    """Return what each exchange is to a failure that the last of them shows."""
    requests = [(each.request.method, each.request.path) for each in exchanges]
    earlier = [Role.SENT if method == "POST" else Role.BEFORE for method, _ in requests[:-1]]
    repeats = any(each == requests[-1] and each[0] == "GET" for each in requests[:-1])
    return (*earlier, Role.AFTER if repeats else Role.GOT) if requests else ()


@dataclass(frozen=True)
class Step:
    """One exchange that a failure shows: its id, its role, and a line for each side."""

    exchange: str
    role: Role
    request: str
    response: str
    status: int


@dataclass(frozen=True)
class Failure:
    """One failure of one test, as data: every report lays it out from these fields.

    The text in it is masked, and holds no control characters. ``evidence`` names all exchanges,
    ``steps`` holds the last of them. ``diagnosis`` names the known faults that it resembles.
    """

    test: str
    requirement: str
    level: Level
    title: str
    kind: str
    rule: str
    source: str
    steps: tuple[Step, ...]
    expected: str
    notice: str
    pointers: tuple[str, ...]
    reproduce: tuple[str, ...]
    blame: Blame
    evidence: tuple[str, ...]
    covered_by: tuple[tuple[str, ...], ...] = ()
    diagnosis: tuple[str, ...] = ()

    @property
    def status(self) -> int | None:
        """The status of the decisive response; None if no exchange shows the failure."""
        return self.steps[-1].status if self.steps else None

    def as_json(self) -> dict[str, Any]:
        """Return it as an entry of ``failures`` in results.json."""
        return asdict(self)

    @classmethod
    def from_json(cls, entry: dict[str, Any], redactor: Redactor | None = None) -> Failure:
        """Read such an entry, and mask once more what others said."""

        def mask(text: str) -> str:
            return redactor.text(text) if redactor else text

        return cls(
            test=entry["test"],
            requirement=entry["requirement"],
            level=Level(entry["level"]),
            title=mask(entry["title"]),
            kind=mask(entry["kind"]),
            rule=entry["rule"],
            source=entry["source"],
            steps=tuple(
                Step(
                    step["exchange"],
                    Role(step["role"]),
                    mask(step["request"]),
                    mask(step["response"]),
                    step["status"],
                )
                for step in entry["steps"]
            ),
            expected=mask(entry["expected"]),
            notice=mask(entry["notice"]),
            pointers=tuple(entry["pointers"]),
            reproduce=tuple(mask(command) for command in entry["reproduce"]),
            blame=Blame(entry["blame"]),
            evidence=tuple(entry["evidence"]),
            covered_by=tuple(map(tuple, entry["covered_by"])),
            diagnosis=tuple(entry["diagnosis"]),
        )


@dataclass(frozen=True)
class TestOutcome:
    """The outcome of one test.

    ``failure`` is there if it failed, ``trace`` if the suite itself is at fault.
    """

    __test__ = False

    test: str
    requirement: str
    outcome: Outcome
    reason: str = ""
    blame: Blame | None = None
    failure: Failure | None = None
    trace: str = ""
    blocked_by: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return it as a line of ``outcomes.jsonl``."""
        return asdict(self)

    @classmethod
    def from_json(cls, entry: dict[str, Any]) -> TestOutcome:
        """Read such a line."""
        blame, failure = entry["blame"], entry["failure"]
        return cls(
            test=entry["test"],
            requirement=entry["requirement"],
            outcome=Outcome(entry["outcome"]),
            reason=entry["reason"],
            blame=Blame(blame) if blame else None,
            failure=Failure.from_json(failure) if failure else None,
            trace=entry["trace"],
            blocked_by=tuple(entry["blocked_by"]),
        )
