"""Secrets that a command prints: from a vault, say, at the start and again when they expire."""

from __future__ import annotations

import asyncio
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE
from contextlib import suppress
from typing import TYPE_CHECKING

from order_conformance.core.exit_codes import UsageProblem

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST_WAIT = 30.0
"""Seconds that a command may take."""

LONGEST_FAREWELL = 5.0
"""Seconds to wait for a command that was killed."""

LONGEST_PRINTED = 64 * 1024


async def printed_by(command: Sequence[str], named: str, seconds: float = LONGEST_WAIT) -> str:
    """Run a command without a shell; return its output without surrounding white space.

    Standard error is discarded, because it may hold secrets. For the same reason a message names
    only the first word of the command.

    Raises:
        UsageProblem: it cannot be run, fails, takes too long, or prints too much.
    """
    named = f"{named} {command[0]}"
    fix = "run it by hand to see why"
    try:
        # In a process group of its own, so that its children end with it; without a terminal.
        process = await asyncio.create_subprocess_exec(
            *command, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL, start_new_session=True
        )
    except (OSError, ValueError) as problem:
        why = getattr(problem, "strerror", None) or type(problem).__name__
        raise UsageProblem(
            f"{named}: cannot be run ({why}); name a program, and its arguments one by one"
        ) from None
    try:
        async with asyncio.timeout(seconds):
            printed = await _all_of(process.stdout)
            code = await process.wait() if printed is not None else 0
    except TimeoutError:
        raise UsageProblem(f"{named}: did not end within {seconds:.3g} s; {fix}") from None
    finally:
        if process.returncode is None or (process.stdout and not process.stdout.at_eof()):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            with suppress(TimeoutError):
                await asyncio.wait_for(process.communicate(), LONGEST_FAREWELL)
    if printed is None:
        raise UsageProblem(f"{named}: printed more than {LONGEST_PRINTED} bytes; {fix}")
    if code:
        raise UsageProblem(f"{named}: ended with exit code {code}; {fix}")
    return printed.decode("utf-8", "replace").strip()


async def _all_of(stream: asyncio.StreamReader | None) -> bytes | None:
    """Return the whole output; None if it is longer than ``LONGEST_PRINTED``."""
    printed = b""
    while stream and (chunk := await stream.read(LONGEST_PRINTED)):
        printed += chunk
        if len(printed) > LONGEST_PRINTED:
            return None
    return printed
