"""What a run would do: its requirements, requests, orders and time, and the data it lacks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from order_conformance.requirements.applicability import inapplicable_because
from order_conformance.session.costs import costs_of, lost_without
from order_conformance.target.model import KINDS, Target

if TYPE_CHECKING:
    from order_conformance.requirements.catalogue import Catalogue, Requirement
    from order_conformance.requirements.profiles import Profile

OWN_SECONDS = 0.005
"""Seconds that a request takes in this process, besides the target's response time."""

LATENCY, LATENCY_HERE = 0.1, 0.005
"""Assumed response times in seconds, of a remote host and of this one."""

EMBEDDED = Target("the embedded reference server", api_key="made for each run")


@dataclass(frozen=True)
class ProbeResult:
    """What GET requests to the target showed.

    Attributes:
        known: how many ids of each kind can be used in orders.
        unsure: how many ids of each kind have to be tried first.
        orders: how many orders the list has.
        latency: the response time in seconds.
        requests: how many requests were sent.
    """

    known: dict[str, int]
    unsure: dict[str, int]
    orders: int | None
    latency: float
    requests: int


@dataclass(frozen=True)
class Missing:
    """A kind of test data that the target file does not contain.

    Attributes:
        kind: patients, sites, items or kits.
        add: the line to add to the target file.
        is_lost: whether the run cannot find any either, so that the requirements are cantTell.
        requirements: those that need the data.
    """

    kind: str
    add: str
    is_lost: bool
    requirements: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """What a run would do, with the estimated requests, orders and time.

    Each requirement of the catalogue is in exactly one of ``will_run``, ``inapplicable``,
    ``cannot_tell`` and ``untested``.
    """

    profile: str
    target: Target
    will_run: tuple[Requirement, ...]
    inapplicable: dict[str, str]
    cannot_tell: dict[str, str]
    untested: tuple[str, ...]
    requests: int
    orders: int
    latency: float
    latency_is: str
    missing: tuple[Missing, ...]
    seen: ProbeResult | None

    @property
    def seconds(self) -> float:
        """The estimated duration: one request at a time, within the rate limit."""
        rate = self.target.rate_limit
        apart = max(self.latency + OWN_SECONDS, 1 / rate if rate else 0.0)
        return self.requests * apart

    @property
    def areas(self) -> dict[str, int]:
        """How many requirements of each area will be checked."""
        return dict(Counter(each.area for each in self.will_run))

    @property
    def warnings(self) -> list[str]:
        """The budgets that are too small for the run, each with the fix."""
        budget = self.target.budget
        spends = {"requests": self.requests, "orders": self.orders, "minutes": self.seconds / 60}
        return [
            f"the budget of {getattr(budget, name):g} {name} is too small: about {needed:.0f} are "
            f"needed; raise [budget] {name}"
            for name, needed in spends.items()
            if needed > getattr(budget, name)
        ]

    def as_json(self) -> dict[str, Any]:
        """Return the plan as a JSON value."""
        return {
            "target": self.target.base_url,
            "profile": self.profile,
            "read_only": self.target.read_only,
            "will_run": [each.id for each in self.will_run],
            "areas": self.areas,
            "inapplicable": self.inapplicable,
            "cantTell": self.cannot_tell,
            "untested": list(self.untested),
            "requests": {"about": self.requests, "at_most": self.target.budget.requests},
            "orders": {"about": self.orders, "at_most": self.most_orders},
            "seconds": {"about": round(self.seconds), "at_most": self.target.budget.minutes * 60},
            "rate_limit": self.target.rate_limit,
            "latency_ms": round(self.latency * 1000, 1),
            "latency_is": self.latency_is,
            "missing": [
                {
                    "kind": each.kind,
                    "add": each.add,
                    "requirements": list(each.requirements),
                    "is_lost": each.is_lost,
                }
                for each in self.missing
            ],
            "warnings": self.warnings,
            "discovered": None
            if self.seen is None
            else {
                "orders": self.seen.orders,
                "known": self.seen.known,
                "to_be_tried": self.seen.unsure,
                "requests": self.seen.requests,
            },
        }

    @property
    def most_orders(self) -> int:
        """The largest number of orders that the run may create."""
        return 0 if self.target.read_only else self.target.budget.orders


def make_plan(
    catalogue: Catalogue,
    profile: Profile,
    target: Target | None,
    *,
    latency: float | None = None,
    seen: ProbeResult | None = None,
) -> Plan:
    """Plan a run, without sending requests.

    Args:
        catalogue: every requirement.
        profile: how thorough the run is.
        target: the server; None for the embedded one.
        latency: the expected response time in seconds, if the user gave it.
        seen: what querying the target showed, if it was queried.
    """
    described = target or EMBEDDED
    tests = costs_of(profile.name, read_only=described.read_only)
    covered = {cost.requirement for cost in tests.values()}
    inapplicable, applicable = {}, []
    for name, requirement in catalogue.requirements.items():
        reason = inapplicable_because(requirement, described)
        if not reason and "empty-account" in requirement.needs:
            reason = _not_empty(target, seen)
        if name in covered and reason:
            inapplicable[name] = reason
        elif name in covered:
            applicable.append(requirement)
    missing = _missing(target, seen, {each.id for each in applicable}) if target else ()
    cannot_tell = {
        name: f"no existing {each.kind} are known"
        for each in missing
        if each.is_lost
        for name in each.requirements
    }
    will_run = tuple(each for each in applicable if each.id not in cannot_tell)
    names = {each.id for each in will_run}
    counted = [cost for cost in tests.values() if cost.requirement in names]
    seconds, source = _latency(target, latency, seen)
    return Plan(
        profile=profile.name,
        target=described,
        will_run=will_run,
        inapplicable=inapplicable,
        cannot_tell=cannot_tell,
        untested=tuple(name for name in catalogue.requirements if name not in covered),
        requests=sum(cost.requests for cost in counted),
        orders=sum(cost.orders for cost in counted),
        latency=seconds,
        latency_is=source,
        missing=missing,
        seen=seen,
    )


def _latency(
    target: Target | None, given: float | None, seen: ProbeResult | None
) -> tuple[float, str]:
    if given is not None:
        return given, "given"
    if seen is not None:
        return seen.latency, "measured"
    return (LATENCY_HERE if target is None or target.is_loopback else LATENCY), "assumed"


def _not_empty(target: Target | None, seen: ProbeResult | None) -> str:
    if seen is None and target is not None:
        return "only for an account without any order; --discover shows whether this is one"
    return "" if seen and seen.orders == 0 else "the account is not empty"


def _missing(target: Target, seen: ProbeResult | None, applicable: set[str]) -> tuple[Missing, ...]:
    """Return the kinds of test data that neither the target file nor the list provides."""
    lacks = []
    for kind in KINDS:
        if target.existing.get(kind) or (seen and seen.known[kind]):
            continue
        declared = kind in target.existing
        is_lost = declared or bool(seen and not seen.unsure[kind])
        affected = tuple(sorted(lost_without(kind) & applicable))
        if affected:
            lacks.append(Missing(kind, f"[existing] {kind} = [<id>, ...]", is_lost, affected))
    return tuple(lacks)
