"""A pytest plugin for older versions of the suite: what is drawn follows from the seed alone.

Hypothesis also draws from the constants in the source of imported local modules. Versions
that let it do so send other requests as soon as a text or an import in their code changes, so
they can be compared (see `request_sequence.py`) only if both are kept from it.
"""

from hypothesis.internal.conjecture import providers

providers._get_local_constants = providers.Constants  # type: ignore[attr-defined]
