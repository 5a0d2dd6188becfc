"""The exceptions by which a test ends without passing or failing.

They need pytest. What does not need it lives in ``vocabulary`` and ``exit_codes``, so that
commands that only print something start quickly.
"""

from __future__ import annotations

from _pytest.outcomes import Skipped  # pytest.skip.Exception, with a type

from order_conformance.core.vocabulary import Blame


# Both derive from pytest's own "skip" so that Hypothesis passes them through at once
# instead of shrinking an outage.
class CantTell(Skipped):
    """The requirement could not be judged (EARL: cantTell).

    Args:
        reason: one sentence: what prevented it, and how to fix that.
        blame: environment (an outage, missing test data), server (another requirement failed)
            or suite.
        blocked_by: that other requirement, if there is one.
    """

    def __init__(self, reason: str, blame: Blame = Blame.ENVIRONMENT, blocked_by: str = "") -> None:
        """Store the reason and who is responsible."""
        super().__init__(reason)
        self.reason = reason
        self.blame = blame
        self.blocked_by = blocked_by


class Inapplicable(Skipped):
    """The requirement does not apply to what the target declares or is (EARL: inapplicable)."""

    def __init__(self, reason: str) -> None:
        """Store the reason, one sentence."""
        super().__init__(reason)
        self.reason = reason


def blocked(requirement_id: str, what: str) -> CantTell:
    """Return the outcome of a test that needs what another, failed requirement promises."""
    return CantTell(f"blocked by {requirement_id}: {what}", Blame.SERVER, requirement_id)
