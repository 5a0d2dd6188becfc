"""How a command ends: its exit codes, and the exception that stands for one of them."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes of every command.

    pytest's own codes agree with these: 1 tests failed, 2 interrupted, 4 usage error.
    """

    CONFORMANT = 0
    """Also: no regression (``diff``), a valid bundle (``verify``), or simply done."""

    NON_CONFORMANT = 1
    """Also: a regression, a bundle that was refused, or a report that could not be written."""

    INCONCLUSIVE = 2
    USAGE_ERROR = 4
    """Options, files or the environment are invalid; no requests were sent."""


class UsageProblem(Exception):
    """Options, target file or environment are invalid; nothing may be sent (exit code 4).

    The text is one line that names the option, its value and the fix.
    """
