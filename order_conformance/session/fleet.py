"""A fleet: many targets tested in parallel, one run each, a limited number at a time."""

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

from order_conformance.core.exit_codes import ExitCode, UsageProblem
from order_conformance.core.filesystem import write_whole, writing_into
from order_conformance.core.option_table import OPTIONS, PREFIX
from order_conformance.core.text import printable, shortened
from order_conformance.reports.fleet import PAGE, colour, comparison_page, line, write_table
from order_conformance.reports.github import no_commands
from order_conformance.reports.terminal import Console
from order_conformance.results.document import FILE_NAME
from order_conformance.results.fleet import FROM_BEST_TO_WORST, TargetResult
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

OUTPUT = "output.txt"
"""The file with what a run printed, next to its reports."""

OF_ONE_TARGET = ("--reports", *(each.name for each in OPTIONS if "--targets" in each.not_with))
"""Options that cannot apply to every target; each target's reports go to a folder of its own."""


@dataclass(frozen=True)
class Member:
    """One target of the fleet."""

    name: str
    file: Path
    others_secrets: frozenset[str]
    """Names of the variables that hold secrets of other targets, which its run must not see."""

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables of its run."""
        shared = environment()
        return {name: shared[name] for name in shared.keys() - self.others_secrets}


def judge_fleet(folder: Path, reports: Path, options: Sequence[str], at_once: int) -> ExitCode:
    """Test the targets of a folder, compare them, and return the worst of their exit codes.

    Raises:
        UsageProblem: options, target files or environment are invalid; no requests were sent.
    """
    fleet = Fleet(read_fleet(folder), reports, options, at_once)
    terminal = Console()

    def report(result: TargetResult) -> None:
        with no_commands(terminal.write_line):
            terminal.write_line(line(result), **colour(result))

    results = fleet.judge(report)
    write_table(terminal, results)
    try:
        write_whole(reports / PAGE, comparison_page(results))
    except OSError as problem:
        terminal.write_line(f"{PAGE} could not be written ({problem.strerror})", yellow=True)
    terminal.write_line(f"comparison: {reports / PAGE}")
    return worst([each.exit_code for each in results])


def read_fleet(folder: Path) -> list[Member]:
    """Read the target files of a folder, in the order of their names.

    Raises:
        UsageProblem: there is no file, one is invalid, or a variable would apply to all targets.
    """
    for variable in variables_of_the_target():
        if variable in os.environ:
            raise UsageProblem(
                f"{variable}: would apply to every target of --targets; unset it, and put the "
                "value into the target files"
            )
    files = sorted(folder.glob("*.toml"))
    if not files:
        raise UsageProblem(
            f"--targets {folder}: contains no target file; name a folder with *.toml files"
        )
    own = {file: variables_of_secrets(_read_named(file)) for file in files}
    # With many targets, the default variable counts only for a target file that names it.
    secrets_of_all = {DEFAULT_KEY_VARIABLE}.union(*own.values())
    return [Member(file.stem, file, frozenset(secrets_of_all - own[file])) for file in files]


def _read_named(file: Path) -> dict[str, Any]:
    content = read_target_file(file, "--targets")
    if "base_url" not in content:
        raise UsageProblem(f"--targets {file}: does not contain base_url; add it")
    return content


def worst(codes: Sequence[ExitCode]) -> ExitCode:
    """Return the most severe exit code; non-conformant outranks inconclusive."""
    return max(codes, key=FROM_BEST_TO_WORST.index)


class Fleet:
    """Runs the targets, at most ``at_once`` at a time."""

    def __init__(
        self, members: Sequence[Member], reports: Path, options: Sequence[str], at_once: int
    ) -> None:
        """Check the options; nothing is started yet.

        Raises:
            UsageProblem: an option makes sense for a single target only.
        """
        for option in options:
            if (name := option.partition("=")[0]) in OF_ONE_TARGET:
                raise UsageProblem(f"{name}: cannot be combined with --targets; leave it out")
        self.members, self.reports, self._at_once = members, reports, at_once
        self._options = [*options, *_one_seed_for_all(options)]
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = Lock()
        self._stopped_by: signal.Signals | None = None

    def judge(self, report: Callable[[TargetResult], None]) -> list[TargetResult]:
        """Test every target and return the results in the order of the members.

        Args:
            report: called with each result as soon as that run has ended.

        Raises:
            UsageProblem: the reports cannot be written.
        """
        for member in self.members:
            self._clear(self.reports / member.name, FILE_NAME)
        self._clear(self.reports, PAGE)

        def judge_and_report(member: Member) -> TargetResult:
            result = self._judge(member)
            with self._lock:
                report(result)
            return result

        with self._forwarding_signals(), ThreadPoolExecutor(self._at_once) as pool:
            return list(pool.map(judge_and_report, self.members))

    def _clear(self, folder: Path, name: str) -> None:
        """Delete a result of an earlier run, so that it is not mistaken for one of this run."""
        with writing_into(folder, "--reports"):
            (folder / name).unlink(missing_ok=True)

    def _judge(self, member: Member) -> TargetResult:
        folder = self.reports / member.name
        options = ["--target", str(member.file), "--reports", str(folder), *self._options]
        with (folder / OUTPUT).open("wb") as output:
            with self._lock:
                if self._stopped_by:
                    reason = f"not started: interrupted by {self._stopped_by.name}"
                    return TargetResult(member.name, ExitCode.INCONCLUSIVE, reason, None)
                process = subprocess.Popen(  # noqa: S603 - our own module
                    command(PYTEST, *pytest_arguments(options)),
                    env=member.environment,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    # Ctrl-C reaches this process only, which forwards it.
                    start_new_session=True,
                )
                self._running.add(process)
            # A signal between the check above and the start was not forwarded.
            if self._stopped_by:
                process.send_signal(self._stopped_by)
            code = process.wait()
        with self._lock:
            self._running.discard(process)
        return _result(member.name, code, folder)

    @contextmanager
    def _forwarding_signals(self) -> Iterator[None]:
        """Forward signals to every run, and start no further runs after one."""

        def forward(number: int, _frame: FrameType | None) -> None:
            self._stopped_by = signal.Signals(number)
            for process in list(self._running):
                with suppress(OSError):
                    process.send_signal(number)

        before = {number: signal.signal(number, forward) for number in HANDLED}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _one_seed_for_all(options: Sequence[str]) -> list[str]:
    """Return a --seed option, so that all targets get the same requests; nothing if one is set."""
    named = any(option.partition("=")[0] == "--seed" for option in options)
    if named or PREFIX + "SEED" in os.environ:
        return []
    return ["--seed", str(secrets.randbelow(LARGEST_SEED))]


def _result(name: str, code: int, folder: Path) -> TargetResult:
    """Return how a run ended; a run that reached a verdict has always written its results."""
    known = ExitCode(code) if code in FROM_BEST_TO_WORST else ExitCode.INCONCLUSIVE
    if known is ExitCode.USAGE_ERROR:
        return TargetResult(name, known, _last_error(folder / OUTPUT), None)
    try:
        record = read_run(folder)
    except UsageProblem:
        reason = f"the run left no results; see {name}/{OUTPUT}"
        return TargetResult(name, ExitCode.INCONCLUSIVE, reason, None)
    return TargetResult(name, known, printable(record.results["verdict_reason"]), record)


def _last_error(output: Path) -> str:
    lines = output.read_text(encoding="utf-8", errors="replace").splitlines()
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    return printable(shortened(errors[-1])) if errors else f"see {output.parent.name}/{OUTPUT}"
