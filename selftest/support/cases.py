"""The servers to test against: each fault, each twin, and some combinations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from reference.catalogue import Catalogue
from reference.deviations import all_faults, all_twins

if TYPE_CHECKING:
    import pytest

    from reference.deviations import Fault, Twin

KEY: Final = "canary-Key-7f3a91c2"
FAULTS: Final[dict[str, Fault]] = all_faults()
TWINS: Final[dict[str, Twin]] = all_twins()
MANY: Final = 620
"""Orders in an account whose list is too long to be read as a whole."""
SOME: Final = 150
"""Orders on more small pages than a walk reads."""


@dataclass(frozen=True)
class Case:
    """A server with some twins and faults."""

    twins: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The names of the deviations, joined by ``+``."""
        return "+".join((*self.twins, *self.faults)) or "conforming"

    @property
    def needs(self) -> frozenset[str]:
        """The circumstances that its faults and twins need."""
        return frozenset().union(
            *(FAULTS[name].needs for name in self.faults),
            *(TWINS[name].needs for name in self.twins),
        )

    @property
    def orders(self) -> int:
        """The number of orders in the account at the start."""
        if "empty-account" in self.needs:
            return 0
        if "some-orders" in self.needs:
            return SOME
        return MANY if "many-orders" in self.needs else 7

    @property
    def key(self) -> str | None:
        """The API key of the server."""
        return None if "no-api-key" in self.needs else KEY

    @property
    def target(self) -> dict[str, Any]:
        """The content of the target file."""
        target: dict[str, Any] = {}
        if self.needs & {"existing-ids", "empty-account"}:
            target["existing"] = {f"{kind}s": usable_ids(kind) for kind in KINDS}
        if "shipping-options" in self.needs:
            target["shipping_options"] = ["standard", "overnight"]
        if self.faults and not any(name.startswith("eventual") for name in self.twins):
            # The reference server shows a new order immediately, so a lost one need not be awaited.
            target["consistency_window"] = 1.0
        return target

    @property
    def options(self) -> tuple[str, ...]:
        """Further options for pytest."""
        return ("-p", "selftest.detection.by_example") if self.is_by_example else ()

    @property
    def is_by_example(self) -> bool:
        """Whether it is run without generated inputs; their requirements are then untested."""
        broken = [requirement for name in self.faults for requirement in FAULTS[name].breaks]
        by_generation = any(requirement.startswith("CONTRACT-") for requirement in broken)
        return bool(self.faults) and not by_generation

    @property
    def earned(self) -> set[str]:
        """The warnings that its twins declare."""
        return {requirement for name in self.twins for requirement in TWINS[name].earns}


def case_of(item: pytest.Item) -> Case | None:
    """Return the case that a test is about, or None."""
    callspec = getattr(item, "callspec", None)
    case = callspec.params.get("case") if callspec else None
    return case if isinstance(case, Case) else None


KINDS: Final = ("patient", "site", "item", "kit")


def usable_ids(kind: Any) -> list[int]:
    """Return the ids of a kind that may be ordered."""
    catalogue = Catalogue.seeded()
    return [i for i in catalogue.things[kind] if catalogue.usable(kind, i)]


SINGLE_FAULTS: Final = [Case(faults=(name,)) for name in FAULTS]
SINGLE_TWINS: Final = [Case(), *(Case(twins=(name,)) for name in TWINS)]
COMBINED_TWINS: Final = [
    Case(twins=names)
    for names in (
        ("spring", "gateway", "big-ids"),
        ("fastapi", "foreign-orders", "extra-fields"),
        ("django-rest", "gappy-ids", "problem-json"),
        ("express-zod", "oldest-first", "date-times"),
        ("bare", "oldest-first", "moving-status"),
        ("unique-external-ids", "strict-references", "foreign-orders-oldest-first"),
        ("size-fixed", "beyond-end-falls-back", "patients-first"),
    )
]
"""Combinations of twins."""

PAIRS: Final = [
    Case(twins=(twin,), faults=(fault,))
    for twin, fault in (
        ("spring", "association-both-patient-wins"),
        ("spring", "total-off-by-one"),
        ("spring-hateoas", "count-wraps-at-256"),
        ("fastapi", "last-off-by-one"),
        ("fastapi", "first-within-one"),
        ("fastapi", "page-repeats-one"),
        ("django-rest", "page-short-by-one"),
        ("django-rest", "external-ids-trimmed"),
        ("express-zod", "item-without-id-skipped"),
        ("express-zod", "emoji-cut-off"),
        ("go-chi", "sixth-item-lost"),
        ("go-chi", "fetch-id-parsed-from-start"),
        ("laravel", "refused-lines-leave-header"),
        ("laravel", "no-content-accepted"),
        ("rails", "external-ids-truncated-at-64"),
        ("nestjs", "unknown-patient-accepted"),
        ("aspnet-core", "key-case-ignored"),
        ("aws-api-gateway", "list-without-key"),
        ("gateway", "old-orders-lose-counts"),
        ("chunked", "single-quote-crash"),
        ("big-ids", "fetch-unknown-is-400"),
        ("random-ids", "shipping-option-upper-case"),
        ("oldest-first", "exact-multiple-loses-order"),
        ("foreign-orders", "association-none-accepted"),
        ("foreign-orders-oldest-first", "first-always-true"),
        ("bare", "kits-dropped-beside-items"),
        ("moving-status", "fetch-changes-order"),
        ("date-times", "sex-upper-case"),
        ("merging", "count-capped-at-999"),
        ("extra-fields", "fetch-drops-site"),
    )
]
"""Faults on twins, for example the off-by-one on a FastAPI-like server."""
