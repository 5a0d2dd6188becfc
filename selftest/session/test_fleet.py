"""Many targets tested in one command, and compared requirement by requirement."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from order_conformance.core.exit_codes import ExitCode
from order_conformance.results.record import read_run
from order_conformance.session.fleet import worst
from selftest.support.cases import KEY
from selftest.support.suite_runs import reference_server

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 240
NOBODY = "http://127.0.0.1:9"
CANARY = "canary/Of+another=vendor"


def started(folder: Path, *arguments: str, **variables: str) -> subprocess.Popen[str]:
    """Start the command in a folder."""
    return subprocess.Popen(
        [sys.executable, "-m", "order_conformance", "run", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run_fleet(folder: Path, *arguments: str, **variables: str) -> tuple[int, str, str]:
    """Run the command in a folder to its end."""
    with started(folder, "--targets", "vendors", *arguments, **variables) as process:
        output, errors = process.communicate(timeout=LONGEST)
    return process.returncode, output, errors


def write_vendor(folder: Path, name: str, base_url: str, more: str = "") -> None:
    """Write the target file of one vendor."""
    (folder / "vendors").mkdir(exist_ok=True)
    text = f'base_url = "{base_url}"\n{more}'
    (folder / "vendors" / f"{name}.toml").write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, str, Path]:
    """A fleet of four: one conforms, one has a fault, one is down, one has no key to be had."""
    folder = tmp_path_factory.mktemp("fleet")
    with ExitStack() as servers:
        good = servers.enter_context(reference_server("--api-key-env", "SERVER_KEY"))
        faulty = servers.enter_context(reference_server("--fault", "association-both-kept"))
        write_vendor(folder, "good", good, '[api_key]\nenv = "ORDER_CONFORMANCE_KEY_OF_GOOD"\n')
        write_vendor(folder, "faulty", faulty)
        write_vendor(folder, "down", NOBODY)
        write_vendor(folder, "keyless", good, '[api_key]\nenv = "KEY_OF_NOBODY"\n')
        code, output, errors = run_fleet(
            folder,
            *("--profile", "smoke", "--at-once", "2", "--reports", "compared"),
            ORDER_CONFORMANCE_KEY_OF_GOOD=KEY,
            ORDER_API_KEY=CANARY,
        )
    assert errors == ""
    return code, output, folder / "compared"


def test_each_target_has_a_verdict_and_the_worst_decides(judged: tuple[int, str, Path]) -> None:
    """Each has its own folder; what could not even begin says why."""
    code, output, reports = judged
    assert code == 4
    told = dict(re.findall(r"^ +\d  (\w+) +([A-Z-]+): ", output, re.MULTILINE))
    assert told == {
        "down": "INCONCLUSIVE",
        "faulty": "NON-CONFORMANT",
        "good": "CONFORMANT",
        "keyless": "NONE",
    }
    assert "KEY_OF_NOBODY" in output
    assert not (reports / "keyless" / "results.json").exists()
    for name in ("down", "faulty", "good"):
        assert (reports / name / "report.html").exists()
        assert (reports / name / "output.txt").read_text("utf-8")


def test_all_are_sent_the_same(judged: tuple[int, str, Path]) -> None:
    """One seed for all."""
    seeds = {read_run(judged[2] / name).results["seed"] for name in ("down", "faulty", "good")}
    assert len(seeds) == 1


def test_the_table_shows_what_not_all_passed(judged: tuple[int, str, Path]) -> None:
    """A column for each target, a letter for each status."""
    _, output, _ = judged
    (row,) = re.findall(r"^ASSOC-03 +MUST +(.*)$", output, re.MULTILINE)
    assert row.split() == ["?", "F", ".", "_"]


def test_no_target_is_given_the_key_of_another(judged: tuple[int, str, Path]) -> None:
    """The default variable is for a target that names it; secrets are in no file."""
    _, output, reports = judged
    assert not read_run(reports / "faulty").results["target"]["has_key"]
    assert read_run(reports / "good").results["target"]["has_key"]
    texts = [path.read_text("utf-8") for path in reports.rglob("*") if path.is_file()]
    assert not [text for text in [output, *texts] if CANARY in text or KEY in text]


@pytest.mark.parametrize(
    ("arguments", "variables", "names"),
    [
        (["--base-url", NOBODY], {}, "--base-url"),
        (["--api-key-env=X"], {}, "--api-key-env"),
        (["--shard", "1/2"], {}, "--shard"),
        (["--replay", "reports"], {}, "--replay"),
        (["--at-once", "0"], {}, "at-once"),
        ([], {"ORDER_CONFORMANCE_BASE_URL": NOBODY}, "ORDER_CONFORMANCE_BASE_URL"),
        ([], {"ORDER_CONFORMANCE_API_KEY_ENV": "X"}, "ORDER_CONFORMANCE_API_KEY_ENV"),
    ],
)
def test_what_would_hold_for_every_target_is_refused(
    tmp_path: Path, arguments: list[str], variables: dict[str, str], names: str
) -> None:
    """One line that names it; nothing is sent."""
    write_vendor(tmp_path, "one", NOBODY)
    code, output, errors = run_fleet(tmp_path, *arguments, **variables)
    assert (code, output) == (4, "")
    (line,) = errors.strip().splitlines()
    assert names in line
    assert not (tmp_path / "reports").exists()


@pytest.mark.parametrize(
    ("content", "names"),
    [(None, "contains no target file"), ("x = ", "is not TOML"), ("read_only = true", "base_url")],
)
def test_an_unusable_folder_is_one_line(tmp_path: Path, content: str | None, names: str) -> None:
    """No target is judged when the file of one is broken."""
    write_vendor(tmp_path, "one", NOBODY)
    file = tmp_path / "vendors" / "one.toml"
    file.unlink() if content is None else file.write_text(content, encoding="utf-8")
    code, output, errors = run_fleet(tmp_path)
    assert (code, output) == (4, "")
    assert names in errors
    assert len(errors.strip().splitlines()) == 1


def test_at_once_is_for_many(tmp_path: Path) -> None:
    """It is not passed over in silence."""
    with started(tmp_path, "--at-once", "2") as process:
        _, errors = process.communicate(timeout=LONGEST)
    assert process.returncode == 4
    assert "--targets" in errors


def test_an_interruption_ends_all_of_them_and_what_waited_is_not_begun(tmp_path: Path) -> None:
    """Each that ran keeps what it knows; nothing is left running."""
    with reference_server() as base_url:
        for name in ("a", "b", "c"):
            write_vendor(tmp_path, name, base_url)
        with started(tmp_path, "--targets", "vendors", "--at-once", "1") as process:
            evidence = tmp_path / "reports" / "a" / "evidence.jsonl"
            while process.poll() is None and not (evidence.exists() and evidence.stat().st_size):
                os.sched_yield()
            process.send_signal(signal.SIGTERM)
            output, errors = process.communicate(timeout=LONGEST)
    assert (process.returncode, errors) == (2, "")
    assert "not started: interrupted by SIGTERM" in output
    assert read_run(tmp_path / "reports" / "a").results["interrupted"]
    assert not (tmp_path / "reports" / "c" / "results.json").exists()


@pytest.mark.parametrize(
    ("codes", "code"), [([0, 0], 0), ([0, 2], 2), ([2, 1, 0], 1), ([1, 4, 2], 4)]
)
def test_the_worst_exit_code_is_that_of_the_fleet(codes: list[int], code: int) -> None:
    """What failed weighs more than what was not judged, and a broken job most."""
    assert worst([ExitCode(each) for each in codes]) == code
