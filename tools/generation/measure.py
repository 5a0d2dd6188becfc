"""What each kind of generated request detects: ``python -m tools.generation.measure``.

Each fault of the registry is served in turn; each kind of request is drawn once and sent to all of
them. docs/generation.md quotes the tables.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from order_conformance.core.outcomes import CantTell, Inapplicable
from order_conformance.generation.cases import BUDGETS, Budget, Generated, draw
from order_conformance.generation.findings import observe
from reference.deviations import all_faults
from selftest.support.suite_runs import reference_server
from tools.generation.observing import CATALOGUE, client_of, sequences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from order_conformance.orders.creates import Api
    from order_conformance.orders.factory import Account

SEQUENCES = "sequences"


@dataclass
class Kind:
    """One kind of generated request, and what it cost and detected."""

    name: str
    drawn: list[Generated]
    seconds_drawing: float
    seconds_sending: float = 0.0
    requests: int = 0
    detected: dict[str, set[str]] = field(default_factory=dict)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--profile", default="gate", choices=sorted(BUDGETS))
    parser.add_argument("faults", nargs="*", help="names of faults (default: all)")
    options = parser.parse_args()
    faults = options.faults or [n for n, f in all_faults().items() if not f.needs]
    kinds = _draw_kinds(options.seed, BUDGETS[options.profile])
    kinds.append(Kind(SEQUENCES, [], 0.0))
    for fault in faults:
        _serve(fault, kinds, options.seed, options.profile)
    _print_kinds(kinds, len(faults))
    _print_faults(faults, kinds)


def _draw_kinds(seed: int, budget: Budget) -> list[Kind]:
    kinds = []
    with (
        reference_server("--api-key-env", "SERVER_KEY") as base_url,
        tempfile.TemporaryDirectory() as folder,
        client_of(base_url, Path(folder), seed) as (api, account),
    ):
        list(
            draw(account, api.target, seed, budget)
        )  # fills the caches, which the first draw would pay for
        for name, most in asdict(budget).items():
            began = time.monotonic()
            drawn = list(draw(account, api.target, seed, Budget(**{name: most})))
            kinds.append(Kind(name, drawn, time.monotonic() - began))
    return kinds


def _serve(fault: str, kinds: Sequence[Kind], seed: int, profile: str) -> None:
    with (
        reference_server("--api-key-env", "SERVER_KEY", f"--fault={fault}") as base_url,
        tempfile.TemporaryDirectory() as folder,
        client_of(base_url, Path(folder), seed) as (api, account),
    ):
        for kind in kinds:
            before, began = api.client.requests, time.monotonic()
            api.creates.clear()
            under = _run(kind, api, account, seed, profile)
            kind.seconds_sending += time.monotonic() - began
            kind.requests += api.client.requests - before
            if under:
                kind.detected[fault] = under


def _run(kind: Kind, api: Api, account: Account, seed: int, profile: str) -> set[str]:
    if kind.name != SEQUENCES:
        return {each.requirement for each in observe(kind.drawn, api, account, CATALOGUE).all}
    try:
        return {"CONTRACT-04"} if sequences(api, account, seed, profile) else set()
    except (CantTell, Inapplicable):
        return set()


def _print_kinds(kinds: Sequence[Kind], faults: int) -> None:
    print(
        f"| kind | requests | seconds | faults detected of {faults} "
        "| by this kind alone | per 100 requests |"
    )
    print("|---|---|---|---|---|---|")
    for kind in kinds:
        others = {f for other in kinds if other is not kind for f in other.detected}
        requests = kind.requests / faults
        seconds = kind.seconds_drawing + kind.seconds_sending / faults
        alone = len(set(kind.detected) - others)
        print(
            f"| {kind.name.replace('_', ' ')} | {requests:.0f} | {seconds:.1f} "
            f"| {len(kind.detected)} | {alone} | {100 * len(kind.detected) / (requests or 1):.0f} |"
        )
    every = {fault for kind in kinds for fault in kind.detected}
    total = sum(kind.requests for kind in kinds) / faults
    print(f"| all | {total:.0f} | | {len(every)} | | {100 * len(every) / total:.0f} |")


def _print_faults(faults: Sequence[str], kinds: Sequence[Kind]) -> None:
    print("\n| fault | detected by | under |\n|---|---|---|")
    for fault in faults:
        by = [kind for kind in kinds if fault in kind.detected]
        under = sorted({each for kind in by for each in kind.detected[fault]})
        print(f"| {fault} | {', '.join(k.name for k in by) or '-'} | {', '.join(under)} |")


if __name__ == "__main__":
    main()
