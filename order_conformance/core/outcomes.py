"""Level, outcome, blame and verdict, and the exceptions that carry them."""

from __future__ import annotations

from enum import StrEnum

from _pytest.outcomes import Skipped  # pytest.skip.Exception, with a type


class Level(StrEnum):
    """How strongly a requirement binds (RFC 2119)."""

    MUST = "MUST"
    SHOULD = "SHOULD"


class Outcome(StrEnum):
    """The outcome of a requirement (the outcome values of W3C EARL 1.0)."""

    PASSED = "passed"
    FAILED = "failed"
    CANT_TELL = "cantTell"
    INAPPLICABLE = "inapplicable"
    UNTESTED = "untested"


class Blame(StrEnum):
    """Where something has to be fixed."""

    SERVER = "server"
    GUIDE = "guide"
    ENVIRONMENT = "environment"
    SUITE = "suite"


class Verdict(StrEnum):
    """The result of a run."""

    CONFORMANT = "conformant"
    NON_CONFORMANT = "non-conformant"
    INCONCLUSIVE = "inconclusive"


class UsageProblem(Exception):
    """An option, a file or the environment cannot be used; nothing is sent. Exit code 4.

    The text is one line that names the option, its value and the fix.
    """


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
