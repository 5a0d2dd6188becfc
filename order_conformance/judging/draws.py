"""Draws that follow from the seed alone.

Hypothesis also draws from the constants in the source of the local modules that are imported.
Then the requests of a run would depend on the words in our code, on which modules a replay
happens to import, and on whether the suite is installed from a wheel, whose modules do not
count as local.
"""

from __future__ import annotations

from hypothesis.internal.conjecture import providers


def use_the_seed_alone() -> None:
    """Keep Hypothesis from drawing constants of local modules; there is no public setting."""
    providers._get_local_constants = providers.Constants  # type: ignore[attr-defined]  # noqa: SLF001
