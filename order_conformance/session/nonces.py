"""Nonces: a certifying body issues one for each run; it determines the seed of the run."""

from __future__ import annotations

import hashlib

from order_conformance.core.exit_codes import UsageProblem

SHORTEST, LONGEST = 8, 200


def check_nonce(nonce: str) -> str:
    """Return the nonce if it is valid.

    Raises:
        UsageProblem: the nonce is too short to be unique, too long, or not printable ASCII.
    """
    if not SHORTEST <= len(nonce) <= LONGEST or not (nonce.isascii() and nonce.isprintable()):
        raise UsageProblem(
            f"--nonce {nonce[:LONGEST]!r}: give {SHORTEST} to {LONGEST} printable ASCII "
            "characters that the certifying body has not used for another run"
        )
    return nonce


def seed_of(nonce: str) -> int:
    """Return the seed that a nonce determines, within 32 bits."""
    return int(hashlib.sha256(f"order-conformance {nonce}".encode()).hexdigest()[:8], 16)
