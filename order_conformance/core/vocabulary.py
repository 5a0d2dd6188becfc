"""The words of a judgement: level, outcome, blame and verdict."""

from __future__ import annotations

from enum import StrEnum


class Level(StrEnum):
    """How strongly a requirement binds (RFC 2119)."""

    MUST = "MUST"
    SHOULD = "SHOULD"


class Outcome(StrEnum):
    """The result of one requirement (the outcome values of W3C EARL 1.0)."""

    PASSED = "passed"
    FAILED = "failed"
    CANT_TELL = "cantTell"
    INAPPLICABLE = "inapplicable"
    UNTESTED = "untested"


class Blame(StrEnum):
    """Who has to fix something."""

    SERVER = "server"
    GUIDE = "guide"
    ENVIRONMENT = "environment"
    SUITE = "suite"


class Verdict(StrEnum):
    """What a run says about its target."""

    CONFORMANT = "conformant"
    NON_CONFORMANT = "non-conformant"
    INCONCLUSIVE = "inconclusive"
