"""The reference server as a command: options, mistakes, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from reference.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 10


@contextmanager
def served(*options: str, **environment: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Start the command; yields the URL of the orders and the process."""
    process = subprocess.Popen(
        [sys.executable, "-m", "reference", *options],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().split()[-1] + "/api/v3/order", process
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


def ask(url: str, document: Any = None, **headers: str) -> Any:
    """Send one request and read its JSON."""
    data = None if document is None else json.dumps(document).encode()
    request = urllib.request.Request(
        url, data, {"Content-Type": "application/json", **headers}, method="POST" if data else "GET"
    )
    with urllib.request.urlopen(request, timeout=PATIENCE) as response:
        return json.load(response)


def test_a_database_file_keeps_orders_over_a_restart(tmp_path: Path) -> None:
    """Created orders are there after a restart; the history is not loaded twice."""
    options = ("--database", str(tmp_path / "orders.db"), "--orders", "3")
    order = {"site": {"id": 10}, "orderKits": [{"kit": {"id": 1000}}], "externalOrderIds": ["k"]}
    with served(*options) as (url, _):
        created = ask(url, order)
    with served(*options) as (url, _):
        assert ask(f"{url}/{created['id']}") == created
        assert ask(url)["total"] == 4


def test_options_preload_orders_and_set_the_key_and_sigterm_ends_it() -> None:
    """--orders and --api-key-env do what they say; SIGTERM ends the server with 0."""
    with served("--orders", "21", "--api-key-env", "SOME_KEY", SOME_KEY="k-1") as (url, process):
        with pytest.raises(urllib.error.HTTPError) as refused:
            ask(url)
        refused.value.close()
        assert refused.value.code == 401
        assert ask(url, **{"Impilo-API-Key": "k-1"})["total"] == 21
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0


def test_it_ends_with_its_parent() -> None:
    """With --exit-with-parent the server exits when standard input is closed."""
    with served("--exit-with-parent") as (url, process):
        assert ask(url)["total"] == 7
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(PATIENCE) == 0
        process.stdin = None


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--port", "99999"], "99999"),
        (["--orders", "-1"], "-1"),
        (["--nonsense"], "--nonsense"),
        (["--twin", "spring-bean"], "spring-bean"),
        (["--fault", "no-such-fault"], "no-such-fault"),
        (["--api-key-env", "NOT_SET_ANYWHERE"], "NOT_SET_ANYWHERE"),
        (["--database", "/nonexistent/folder/orders.db"], "/nonexistent/folder"),
        (["--host", "256.1.1.1"], "256.1.1.1"),
    ],
)
def test_a_mistake_is_one_line_and_exit_4(
    options: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The line names the mistake; nothing is served."""
    assert main(options) == 4
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("reference: ")
    assert words in shown.err
    assert shown.err.count("\n") == 1


def test_a_file_that_is_not_a_database_is_a_mistake(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A text file is not overwritten."""
    path = tmp_path / "letter.txt"
    path.write_text("Dear Sir or Madam, " * 100)
    assert main(["--database", str(path)]) == 4
    assert "letter.txt" in capsys.readouterr().err
    assert path.read_text().startswith("Dear Sir")


@pytest.mark.parametrize("kind", ["twins", "faults"])
def test_the_lists_name_every_deviation(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    """--list-twins and --list-faults show each name with its summary."""
    from reference.deviations import all_faults, all_twins  # noqa: PLC0415

    assert main([f"--list-{kind}"]) == 0
    shown = capsys.readouterr().out.splitlines()
    names = all_twins() if kind == "twins" else all_faults()
    assert [line.split()[0] for line in shown] == list(names)
