"""Nonces: a word of the certifying body that decides what a run sends, and shows that it is new."""

from __future__ import annotations

import hashlib

from order_conformance.core.outcomes import UsageProblem

SHORTEST, LONGEST = 8, 200


def check_nonce(nonce: str) -> str:
    """Return the nonce.

    Raises:
        UsageProblem: too short to be new each time, too long, or hard to hand on.
    """
    if not SHORTEST <= len(nonce) <= LONGEST or not (nonce.isascii() and nonce.isprintable()):
        raise UsageProblem(
            f"--nonce {nonce[:LONGEST]!r}: give {SHORTEST} to {LONGEST} printable ASCII "
            "characters that the certifying body has used for no other run"
        )
    return nonce


def seed_of(nonce: str) -> int:
    """Return the seed of a run with the nonce, within 32 bits."""
    return int(hashlib.sha256(f"order-conformance {nonce}".encode()).hexdigest()[:8], 16)
