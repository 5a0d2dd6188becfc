"""Secrets that a command prints: asked of a vault at the start, and again when they expire."""

from __future__ import annotations

import asyncio
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE
from contextlib import suppress
from typing import TYPE_CHECKING

from order_conformance.core.outcomes import UsageProblem

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST_WAIT = 30.0
"""Seconds that a command may take."""

LONGEST_FAREWELL = 5.0
LONGEST_PRINTED = 64 * 1024


async def printed_by(command: Sequence[str], named: str, seconds: float = LONGEST_WAIT) -> str:
    """Run a command, without a shell, and return what it printed, without white space around.

    What it writes to standard error is thrown away: it may hold secrets. For the same reason
    only its first word is named in a message.

    Raises:
        UsageProblem: it cannot be run, fails, takes too long, or prints too much.
    """
    named = f"{named} {command[0]}"
    mend = "run it by hand to see why"
    try:
        # A group of its own: what it started ends with it. Nobody is there to answer questions.
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
        raise UsageProblem(f"{named}: did not end within {seconds:.3g} s; {mend}") from None
    finally:
        if process.returncode is None or (process.stdout and not process.stdout.at_eof()):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            with suppress(TimeoutError):
                await asyncio.wait_for(process.communicate(), LONGEST_FAREWELL)
    if printed is None:
        raise UsageProblem(f"{named}: printed more than {LONGEST_PRINTED} bytes; {mend}")
    if code:
        raise UsageProblem(f"{named}: ended with exit code {code}; {mend}")
    return printed.decode("utf-8", "replace").strip()


async def _all_of(stream: asyncio.StreamReader | None) -> bytes | None:
    """Read up to the end; None if that is too far."""
    printed = b""
    while stream and (chunk := await stream.read(LONGEST_PRINTED)):
        printed += chunk
        if len(printed) > LONGEST_PRINTED:
            return None
    return printed
