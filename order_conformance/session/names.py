"""Names that follow from the seed of a run: of the run itself, and of its orders."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from order_conformance.session.options import Options


def run_id(options: Options) -> str:
    """Return a short name for the run; it follows from the seed alone."""
    return _digest(options, "")


def orders_name(options: Options, first_shown: str) -> str:
    """Return a short name for the run's orders: from the seed, and what the list showed at first.

    A second run with the same seed must not take the orders of the first for its own, and a shard
    must not take those of another.
    """
    shard = f" {options.shard}" if options.shard else ""
    return _digest(options, f" {first_shown}{shard}")


def _digest(options: Options, words: str) -> str:
    seed = str(options.seed) if options.nonce is None else f"{options.seed} {options.token}"
    return hashlib.sha256(f"{seed}{words}".encode()).hexdigest()[:8]
