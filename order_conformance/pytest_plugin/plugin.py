"""The pytest plugin: it turns options into a run, and test results into a verdict.

It acts only if pytest runs ``tests/``; otherwise it does nothing.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from order_conformance.core.exit_codes import UsageProblem
from order_conformance.core.outcomes import CantTell, Inapplicable
from order_conformance.core.paths import TESTS
from order_conformance.core.text import printable
from order_conformance.core.vocabulary import Blame, Outcome
from order_conformance.judging.findings import TestOutcome
from order_conformance.pytest_plugin.command_line import declare_options, given_options
from order_conformance.pytest_plugin.outcome_reports import outcome_of, show
from order_conformance.pytest_plugin.progress import show_progress
from order_conformance.pytest_plugin.workers import ParallelRun, as_told, shards_of
from order_conformance.reports import reports_of_a_run
from order_conformance.reports.terminal import write_summary
from order_conformance.requirements.applicability import inapplicable_because
from order_conformance.requirements.catalogue import Catalogue, Requirement, load_catalogue
from order_conformance.session.allocation import EACH_CREATES, EACH_SENDS, modules_of, share_of
from order_conformance.session.costs import costs_of, function_of
from order_conformance.session.options import read_options
from order_conformance.session.run import Run
from order_conformance.session.signals import SignalHandler

if TYPE_CHECKING:
    from collections.abc import Generator

    from order_conformance.core.shard import Shard
    from order_conformance.orders.creates import Api
    from order_conformance.session.running import RunningRun

REQUIREMENT = pytest.StashKey[Requirement]()
PLUGIN_NAME = "order-conformance-run"
ONLY_TELLING = ("help", "version", "markers", "showfixtures", "show_fixtures_per_test")
"""Options of pytest that only show something about the tests."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the suite's options."""
    declare_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Check the options, the target file and the environment before anything is sent."""
    if any(config.getoption(name, False) for name in ONLY_TELLING):
        return
    if not _is_about_conformance(config):
        return
    interruption = SignalHandler()
    interruption.install()
    try:
        options = as_told(read_options(given_options(config), os.environ), config)
        run = Run(options, load_catalogue())
        if not config.getoption("collectonly"):
            run.clear()
        plugin: object = ConformancePlugin(config, run, interruption)
        shards = shards_of(config, options)
        if shards:
            plugin = ParallelRun(config, options, shards, interruption)
    except UsageProblem as problem:
        interruption.uninstall()
        raise _usage_error(problem) from None
    config.pluginmanager.register(plugin, PLUGIN_NAME)


def _is_about_conformance(config: pytest.Config) -> bool:
    paths = [
        (config.invocation_params.dir / argument.partition("::")[0]).resolve()
        for argument in config.args
    ]
    return any(path.is_relative_to(TESTS) or TESTS.is_relative_to(path) for path in paths)


class ConformancePlugin:
    """The hooks of a run that tests a server."""

    def __init__(self, config: pytest.Config, run: Run, interruption: SignalHandler) -> None:
        """Replace pytest's own reports of failures: ours say more than a traceback."""
        self.run = run
        self._collection_failed = False
        self._beyond_the_profile: set[pytest.Item] = set()
        self.unwritten: list[str] = []
        self._interruption = interruption
        # Only the verdict decides the exit code: what the garbage collector finds after an
        # interruption must not change it.
        config.addinivalue_line("filterwarnings", "ignore::pytest.PytestUnraisableExceptionWarning")
        config.option.tbstyle = "no"
        config.option.reportchars = ""

    @pytest.hookimpl(trylast=True)
    def pytest_report_header(self) -> str:
        """Return one line that says what is tested, and how to repeat the run."""
        return self.run.options.header

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note that a module of the suite could not be imported."""
        self._collection_failed |= report.failed

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Check that every test names one requirement; deselect what the profile leaves out."""
        missing = {*TESTS.glob("test_*.py")} - {item.path for item in items}
        if missing or any("::" in argument for argument in config.args):
            self.run.left_out = "only some of the tests were selected"
        for item in items:
            if item.path.is_relative_to(TESTS):
                item.stash[REQUIREMENT] = _requirement_of(item, self.run.catalogue)
        cases: Counter[str] = Counter()
        beyond = [item for item in items if self._is_beyond_the_profile(item, cases)]
        shard = self.run.options.shard
        if shard is not None:
            beyond = list(dict.fromkeys([*beyond, *self._leave_to_others(items, shard)]))
        if beyond:
            self._beyond_the_profile.update(beyond)
            items[:] = [item for item in items if item not in beyond]
            config.hook.pytest_deselected(items=beyond)

    def _is_beyond_the_profile(self, item: pytest.Item, cases: Counter[str]) -> bool:
        requirement, profile = item.stash.get(REQUIREMENT, None), self.run.options.profile
        if requirement is None:
            return False
        if requirement.id not in self.run.judged_by:
            return True
        cases[item.nodeid.partition("[")[0]] += 1
        too_many = (
            profile.cases is not None and cases[item.nodeid.partition("[")[0]] > profile.cases
        )
        is_deep = any(item.get_closest_marker(name) for name in ("deep", "generates"))
        is_left_out = not profile.explores and (too_many or is_deep)
        return is_left_out or requirement.level not in profile.levels

    def _leave_to_others(self, items: list[pytest.Item], shard: Shard) -> list[pytest.Item]:
        """Take the shard's share of the budget; return the tests of the other shards.

        Tests of the run itself, or of the list at its end, belong to every shard.
        """
        divided = [item for item in items if not item.get_closest_marker("every_shard")]
        requests = Counter(item.path.stem for item in divided)
        orders: Counter[str] = Counter()
        read_only = self.run.target is not None and self.run.target.read_only
        costs = costs_of(self.run.options.profile.name, read_only=read_only)
        for function in {function_of(item.nodeid): item for item in divided}.values():
            cost = costs.get(function_of(function.nodeid))
            requests[function.path.stem] += cost.requests if cost else 0
            orders[function.path.stem] += cost.orders if cost else 0
        mine = modules_of(shard, requests)
        self.run.take_share(
            shard,
            requests=share_of(mine, shard.count, requests, EACH_SENDS),
            orders=share_of(mine, shard.count, orders, EACH_CREATES),
        )
        return [i for i in items if i.path.stem in requests and i.path.stem not in mine]

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        """Note that -k, -m or --deselect left tests out: the run cannot be conformant then."""
        if any(REQUIREMENT in item.stash for item in set(items) - self._beyond_the_profile):
            self.run.left_out = "some of the tests were deselected"

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Start the run when the tests are known."""
        if session.config.getoption("collectonly"):
            return
        for item in session.items:
            if REQUIREMENT in item.stash:
                self.run.selected(item.stash[REQUIREMENT].id, item.nodeid)
        try:
            self.run.start()
        except UsageProblem as problem:
            raise _usage_error(problem) from None
        show_progress(session.config, self.run, [item.nodeid for item in session.items])

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self) -> Generator[None, object, object]:
        """Let a signal interrupt the tests, but nothing before or after them."""
        self._interruption.begin_tests()
        try:
            return (yield)
        finally:
            self._interruption.end_tests()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Name the test in the evidence; skip it if it does not apply to the target."""
        self._interruption.check()
        running = self.run.running
        if running is None or REQUIREMENT not in item.stash:
            return
        running.client.current_test = item.nodeid
        running.requirement = item.stash[REQUIREMENT].id
        reason = inapplicable_because(item.stash[REQUIREMENT], running.target)
        if reason:
            raise Inapplicable(reason)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Turn the exception of a test into the outcome of its requirement."""
        report = yield
        requirement = item.stash.get(REQUIREMENT, None)
        if requirement is None or self.run.target is None:
            return report
        if call.excinfo is None:
            if call.when == "call":
                self.run.judged(TestOutcome(item.nodeid, requirement.id, Outcome.PASSED))
            return report
        outcome = outcome_of(item.nodeid, requirement, call.excinfo, self.run)
        self.run.judged(outcome)
        show(report, outcome, requirement)
        return report

    def pytest_report_teststatus(self, report: pytest.TestReport) -> Any:
        """Return how to show a warning, or a test that is cantTell or inapplicable."""
        return getattr(report, "conformance_status", None)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Compute the verdict, write the results and set the exit code."""
        if session.config.getoption("collectonly") or exitstatus == pytest.ExitCode.USAGE_ERROR:
            self.run.stop()
            return
        try:
            session.exitstatus = self.run.finish(self._cut_short_by(exitstatus)).exit_code
            if not self.run.options.results_only:
                self.unwritten = reports_of_a_run(self.run.options.reports, self.run.redactor)
        except OSError as problem:
            session.exitstatus = pytest.ExitCode.INTERRUPTED
            print(f"\nthe results cannot be written: {problem}", file=sys.stderr)  # noqa: T201

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the verdict, the areas and every failure."""
        if self.run.finished is not None:
            write_summary(terminalreporter, self.run.finished, self.unwritten)

    def pytest_unconfigure(self) -> None:
        """Stop every process that the run started, even after an error."""
        self.run.stop()
        self._interruption.uninstall()

    def _cut_short_by(self, exitstatus: int) -> str:
        """Return what ended the run before all tests had run; empty if nothing did."""
        if self._interruption.received:
            return f"interrupted by {self._interruption.received}"
        if self._collection_failed:
            return "an error in the suite itself: some tests could not be imported"
        if exitstatus == pytest.ExitCode.INTERNAL_ERROR:
            return "an error in the suite itself ended the run"
        return "interrupted" if exitstatus == pytest.ExitCode.INTERRUPTED else ""


def _requirement_of(item: pytest.Item, catalogue: Catalogue) -> Requirement:
    marks = list(item.iter_markers("requirement"))
    if len(marks) != 1:
        raise pytest.UsageError(
            f"{item.nodeid}: names {len(marks)} requirements; "
            'a test judges exactly one: @requirement("ASSOC-03")'
        )
    requirement_id = str(marks[0].args[0]) if marks[0].args else ""
    if requirement_id not in catalogue:
        raise pytest.UsageError(
            f"{item.nodeid}: requirement {requirement_id!r} is not in spec/requirements.yaml; "
            "fix the id or add the requirement"
        )
    return catalogue[requirement_id]


def _usage_error(problem: UsageProblem) -> pytest.UsageError:
    """Return the problem as pytest shows it: one line, even if an option holds line breaks."""
    return pytest.UsageError(printable(" ".join(str(problem).split())))


@pytest.fixture(scope="session")
def run(request: pytest.FixtureRequest) -> Run:
    """The run that tests the target."""
    plugin = request.config.pluginmanager.get_plugin(PLUGIN_NAME)
    if not isinstance(plugin, ConformancePlugin):
        raise pytest.UsageError("this fixture exists only in a run of tests/")
    return plugin.run


@pytest.fixture(scope="session")
def running(run: Run) -> RunningRun:
    """The connections and files of the run."""
    if run.running is None:
        raise CantTell("the run was not started", Blame.SUITE)
    return run.running


@pytest.fixture(scope="session")
def raw_api(running: RunningRun) -> Api:
    """The Order API of a target that may not be reachable."""
    return running.api
