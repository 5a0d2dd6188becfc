"""The words a judgement is made of: level, outcome, blame, verdict, and what raises them."""

from __future__ import annotations

from enum import StrEnum

from _pytest.outcomes import Skipped  # pytest.skip.Exception, with a type


class Level(StrEnum):
    """How strongly a requirement binds (RFC 2119)."""

    MUST = "MUST"
    SHOULD = "SHOULD"


class Outcome(StrEnum):
    """What became of one requirement (the outcome values of W3C EARL 1.0)."""

    PASSED = "passed"
    FAILED = "failed"
    CANT_TELL = "cantTell"
    INAPPLICABLE = "inapplicable"
    UNTESTED = "untested"


class Blame(StrEnum):
    """Who has something to mend."""

    SERVER = "server"
    GUIDE = "guide"
    ENVIRONMENT = "environment"
    SUITE = "suite"


class Verdict(StrEnum):
    """What a run says about its target."""

    CONFORMANT = "conformant"
    NON_CONFORMANT = "non-conformant"
    INCONCLUSIVE = "inconclusive"


class UsageProblem(Exception):
    """Options, target file or environment are unusable; nothing may be sent.

    The text is one line that names the option, its value and the mend. Exit code 4.
    """


# Both derive from pytest's own "skip" so that Hypothesis passes them through at once
# instead of shrinking an outage.
class CantTell(Skipped):
    """The requirement could not be exercised (EARL: cantTell); never the server's fault.

    Args:
        reason: one sentence: what stood in the way, and how to mend it.
        blame: environment (an outage, missing set-up data), server (blocked by the failure
            of another requirement) or suite.
        blocked_by: that other requirement; empty where there is none.
    """

    def __init__(self, reason: str, blame: Blame = Blame.ENVIRONMENT, blocked_by: str = "") -> None:
        """Keep who is to blame beside the reason."""
        super().__init__(reason)
        self.reason = reason
        self.blame = blame
        self.blocked_by = blocked_by


class Inapplicable(Skipped):
    """The requirement does not apply to what the target declares or is (EARL: inapplicable)."""

    def __init__(self, reason: str) -> None:
        """Keep the reason, one sentence."""
        super().__init__(reason)
        self.reason = reason


def blocked(requirement_id: str, what: str) -> CantTell:
    """Return the outcome of a test whose preparation met another requirement's failure."""
    return CantTell(f"blocked by {requirement_id}: {what}", Blame.SERVER, requirement_id)
