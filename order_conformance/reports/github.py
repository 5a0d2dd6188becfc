"""A run in GitHub Actions: annotations, and the summary of the job.

Workflow commands are lines of the output that begin with ``::``. Text from a server could be one,
so it is escaped in annotations, and commands are turned off for the rest of the output.
"""

from __future__ import annotations

import os
import secrets
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from order_conformance.core.text import printable
from order_conformance.judging.failure_message import failure_text
from order_conformance.results.record import read_run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from order_conformance.results.record import RequirementResult, RunRecord

# GitHub shows ten of each kind for a step; the last one says how many are left out.
MOST = 10
SUMMARY_NAME = "summary.md"


def running_in_actions() -> bool:
    """Whether this process is a step of a GitHub Actions job."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


@contextmanager
def no_commands(write_line: Callable[[str], None]) -> Iterator[None]:
    """Turn workflow commands off for what is printed meanwhile."""
    if not running_in_actions():
        yield
        return
    fence = secrets.token_hex(16)
    write_line(f"::stop-commands::{fence}")
    try:
        yield
    finally:
        write_line(f"::{fence}::")


def publish(folder: Path) -> list[str]:
    """Add the run to the job's summary, and return its annotations; nothing elsewhere."""
    if not running_in_actions():
        return []
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        text = (folder / SUMMARY_NAME).read_text(encoding="utf-8")
        with Path(summary).open("a", encoding="utf-8") as file:
            file.write(text)
    return workflow_commands(read_run(folder))


def workflow_commands(run: RunRecord) -> list[str]:
    """Return a workflow command for each requirement that failed or could not be judged."""
    red = [j for j in run.requirements if j.keeps_from_conformant(strict=run.strict)]
    yellow = [j for j in run.with_status("warned") if j not in red]
    return [*_commands("error", red), *_commands("warning", yellow)]


def _commands(kind: str, found: list[RequirementResult]) -> list[str]:
    shown = found if len(found) <= MOST else found[: MOST - 1]
    lines = [_command(kind, f"{j.id} {j.level} {j.outcome}", _text(j)) for j in shown]
    if len(shown) < len(found):
        rest = [judged.id for judged in found[len(shown) :]]
        lines.append(_command(kind, f"and {len(rest)} more", ", ".join(rest)))
    return lines


def _text(judged: RequirementResult) -> str:
    if not judged.failures:
        return f"{judged.reason}\n{judged.statement}"
    return failure_text(judged.failures[0])


def _command(kind: str, title: str, text: str) -> str:
    return f"::{kind} title={_property(title)}::{_data(printable(text))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
