"""A fleet: many targets judged side by side, a run for each, a bounded number at a time."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any

from order_conformance.core.filesystem import write_whole, writing_into
from order_conformance.core.option_table import OPTIONS, PREFIX
from order_conformance.core.outcomes import UsageProblem
from order_conformance.core.text import printable, shortened
from order_conformance.reports.fleet import PAGE, colour, comparison_page, line, write_table
from order_conformance.reports.github import no_commands
from order_conformance.reports.terminal import Console
from order_conformance.results.document import FILE_NAME
from order_conformance.results.fleet import FROM_BEST_TO_WORST, INCONCLUSIVE, UNUSABLE, TargetResult
from order_conformance.results.record import read_run
from order_conformance.session.options import LARGEST_SEED
from order_conformance.session.signals import HANDLED
from order_conformance.session.subprocesses import PYTEST, command, environment, pytest_arguments
from order_conformance.target.credentials import DEFAULT_KEY_VARIABLE
from order_conformance.target.settings import (
    read_target_file,
    variables_of_secrets,
    variables_of_the_target,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from types import FrameType

AT_ONCE, MOST_AT_ONCE = 4, 64

OUTPUT = "output.txt"
"""What a run printed, beside its reports."""

OF_ONE_TARGET = ("--reports", *(each.name for each in OPTIONS if "--targets" in each.not_with))
"""Options that cannot apply to every target; each target's reports go to a folder of its own."""


@dataclass(frozen=True)
class Member:
    """One target of the fleet."""

    name: str
    file: Path
    others_secrets: frozenset[str]
    """The variables that hold the secrets of others, and are not for this one."""

    @property
    def environment(self) -> dict[str, str]:
        """The environment of its run."""
        shared = environment()
        return {name: shared[name] for name in shared.keys() - self.others_secrets}


def judge_fleet(folder: Path, reports: Path, options: Sequence[str], at_once: int) -> int:
    """Judge the targets of a folder, compare them, and return the worst of their exit codes.

    Raises:
        UsageProblem: options, target files or environment are unusable; nothing was sent.
    """
    fleet = Fleet(read_fleet(folder), reports, options, at_once)
    terminal = Console()

    def tell(ended: TargetResult) -> None:
        with no_commands(terminal.write_line):
            terminal.write_line(line(ended), **colour(ended))

    ended = fleet.judge(tell)
    write_table(terminal, ended)
    try:
        write_whole(reports / PAGE, comparison_page(ended))
    except OSError as problem:
        terminal.write_line(f"{PAGE} could not be written ({problem.strerror})", yellow=True)
    terminal.write_line(f"compared in {reports / PAGE}")
    return worst([each.exit_code for each in ended])


def read_fleet(folder: Path) -> list[Member]:
    """Read the target files of a folder, in the order of their names.

    Raises:
        UsageProblem: there are none, one cannot be used, or a variable would hold for all.
    """
    for variable in variables_of_the_target():
        if variable in os.environ:
            raise UsageProblem(
                f"{variable}: would hold for every target of --targets; unset it, and write it "
                "into the target files"
            )
    files = sorted(folder.glob("*.toml"))
    if not files:
        raise UsageProblem(f"--targets {folder}: holds no target file; name a folder of *.toml")
    own = {file: variables_of_secrets(_read_named(file)) for file in files}
    # The default variable is for the one server of a run: here it must be named as any other.
    secrets_of_all = {DEFAULT_KEY_VARIABLE}.union(*own.values())
    return [Member(file.stem, file, frozenset(secrets_of_all - own[file])) for file in files]


def _read_named(file: Path) -> dict[str, Any]:
    content = read_target_file(file, "--targets")
    if "base_url" not in content:
        raise UsageProblem(f"--targets {file}: names no base_url; add it")
    return content


def worst(codes: Sequence[int]) -> int:
    """Return the exit code of a fleet: a failure weighs more than what was not judged."""
    return max(codes, key=FROM_BEST_TO_WORST.index)


class Fleet:
    """Runs the targets, so many at a time."""

    def __init__(
        self, members: Sequence[Member], reports: Path, options: Sequence[str], at_once: int
    ) -> None:
        """Nothing is started yet.

        Raises:
            UsageProblem: an option that cannot hold for every target.
        """
        for option in options:
            if option.partition("=")[0] in OF_ONE_TARGET:
                raise UsageProblem(
                    f"{option.partition('=')[0]}: cannot hold for every target of --targets; "
                    "leave it out"
                )
        self.members, self.reports, self._at_once = members, reports, at_once
        self._options = [*options, *_one_seed_for_all(options)]
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = Lock()
        self._stopped_by: signal.Signals | None = None

    def judge(self, tell: Callable[[TargetResult], None]) -> list[TargetResult]:
        """Judge every target and tell of each when it has ended; in the order of the members.

        Raises:
            UsageProblem: the reports cannot be written.
        """
        for member in self.members:
            self._clear(self.reports / member.name, FILE_NAME)
        self._clear(self.reports, PAGE)

        def judge_and_tell(member: Member) -> TargetResult:
            ended = self._judge(member)
            with self._lock:
                tell(ended)
            return ended

        with self._passing_signals_on(), ThreadPoolExecutor(self._at_once) as pool:
            return list(pool.map(judge_and_tell, self.members))

    def _clear(self, folder: Path, name: str) -> None:
        """Take away what an earlier fleet left: it must not pass for this one's."""
        with writing_into(folder, "--reports"):
            (folder / name).unlink(missing_ok=True)

    def _judge(self, member: Member) -> TargetResult:
        folder = self.reports / member.name
        options = ["--target", str(member.file), "--reports", str(folder), *self._options]
        with (folder / OUTPUT).open("wb") as output:
            with self._lock:
                if self._stopped_by:
                    reason = f"not begun: interrupted by {self._stopped_by.name}"
                    return TargetResult(member.name, INCONCLUSIVE, reason, None)
                process = subprocess.Popen(  # noqa: S603 - our own module
                    command(PYTEST, *pytest_arguments(options)),
                    env=member.environment,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    # Ctrl-C is for us, and we pass it on.
                    start_new_session=True,
                )
                self._running.add(process)
            # It came between the look and the start: then nobody has passed it on.
            if self._stopped_by:
                process.send_signal(self._stopped_by)
            code = process.wait()
        with self._lock:
            self._running.discard(process)
        return _ended(member.name, code, folder)

    @contextmanager
    def _passing_signals_on(self) -> Iterator[None]:
        """Let a signal end every run as it would end a single one; none is begun any more."""

        def pass_on(number: int, _frame: FrameType | None) -> None:
            self._stopped_by = signal.Signals(number)
            for process in list(self._running):
                with suppress(OSError):
                    process.send_signal(number)

        before = {number: signal.signal(number, pass_on) for number in HANDLED}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _one_seed_for_all(options: Sequence[str]) -> list[str]:
    """Return the option that sends every target the same, unless there is one already."""
    named = any(option.partition("=")[0] == "--seed" for option in options)
    if named or PREFIX + "SEED" in os.environ:
        return []
    return ["--seed", str(secrets.randbelow(LARGEST_SEED))]


def _ended(name: str, code: int, folder: Path) -> TargetResult:
    """Say how a run ended: by its results, which are there whenever it has a verdict."""
    if code == UNUSABLE:
        return TargetResult(name, code, _last_error(folder / OUTPUT), None)
    try:
        record = read_run(folder)
    except UsageProblem:
        return TargetResult(
            name, INCONCLUSIVE, f"the run left no results; see {name}/{OUTPUT}", None
        )
    known = code if code in FROM_BEST_TO_WORST else INCONCLUSIVE
    return TargetResult(name, known, printable(record.results["verdict_reason"]), record)


def _last_error(output: Path) -> str:
    lines = output.read_text(encoding="utf-8", errors="replace").splitlines()
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    return printable(shortened(errors[-1])) if errors else f"see {output.parent.name}/{OUTPUT}"
