"""Bad input: one line with the option, its value and the fix; exit code 4; nothing sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from order_conformance.core.exit_codes import UsageProblem
from order_conformance.target.model import check_base_url
from order_conformance.target.settings import read_target_file
from selftest.support.engine_parts import ROOT, build, pytest_in
from selftest.support.misbehaving_server import serving
from selftest.support.misbehaviours import silent

if TYPE_CHECKING:
    from pathlib import Path

BAD_OPTIONS = {
    "profile": (["--profile", "deep"], "--profile 'deep'", "smoke, gate"),
    "seed": (["--seed", "-3"], "--seed '-3'", "whole number from 0"),
    "seed-text": (["--seed", "x"], "--seed 'x'", "whole number"),
    "scheme": (["--base-url", "ftp://127.0.0.1"], "ftp://127.0.0.1", "http(s) URL"),
    "no-url": (["--base-url", "not a url"], "'not a url'", "http(s) URL"),
    "empty-url": (["--base-url", ""], "--base-url ''", "leave the option out"),
    "password": (["--base-url", "http://me:hunter2@127.0.0.1"], "--base-url", "ORDER_API_KEY"),
    "query": (["--base-url", "http://127.0.0.1/?a=1"], "'http://127.0.0.1/?a=1'", "'?'"),
    "whole-path": (["--base-url", "http://127.0.0.1/api/v3/order"], "--base-url", "leave out"),
    "port": (["--base-url", "http://127.0.0.1:99999"], "99999", "http(s) URL"),
    "empty-port": (["--base-url", "http://127.0.0.1:"], "'http://127.0.0.1:'", "the port"),
    "no-file": (["--target", "absent.toml"], "--target absent.toml", "readable TOML"),
    "key-variable": (["--api-key-env", "ABSENT_KEY"], "--api-key-env ABSENT_KEY", "export"),
    "key-itself": (["--api-key-env", "sk-live-hunter2"], "--api-key-env", "not the key"),
    "remote": (["--base-url", "http://staging.invalid"], "staging.invalid", "--allow-writes"),
    "reports": (["--reports", "/proc/reports"], "--reports /proc/reports", "another folder"),
}


@pytest.mark.parametrize("which", BAD_OPTIONS)
def test_a_bad_option_is_reported_in_one_line_before_anything_is_sent(
    tmp_path: Path, which: str
) -> None:
    """Exit code 4, one line on the terminal, no connection."""
    options, names, fix = BAD_OPTIONS[which]
    with serving(silent) as (base_url, gateway):
        base = [] if "--base-url" in options else ["--base-url", base_url]
        reports = [] if "--reports" in options else ["--reports", str(tmp_path)]
        ended = pytest_in(ROOT, "tests", *base, *reports, *options)
        assert gateway.connections == 0
    errors = [line for line in ended.stderr.splitlines() if line.strip()]
    assert ended.returncode == 4, ended.stdout + ended.stderr
    assert len(errors) == 1, ended.stderr
    assert names in errors[0]
    assert fix in errors[0]
    assert "hunter2" not in ended.stdout + ended.stderr
    assert not (tmp_path / "results.json").exists()


def test_results_that_cannot_be_written_are_reported_before_anything_is_sent(
    tmp_path: Path,
) -> None:
    """A folder where a file should go: exit code 4, and no request."""
    (tmp_path / "evidence.jsonl").mkdir()
    with serving(silent) as (base_url, gateway):
        ended = pytest_in(ROOT, "tests", "--base-url", base_url, "--reports", str(tmp_path))
        assert gateway.connections == 0
    assert ended.returncode == 4, ended.stdout
    assert "evidence.jsonl cannot be written" in ended.stdout + ended.stderr


BAD_FILES = {
    "no TOML": ("base_url = ", "is not TOML"),
    "unknown key": ('base-url = "http://127.0.0.1"', "'base-url' was unexpected"),
    "wrong type": ('allow_writes = "yes"', "allow_writes"),
    "wrong id": ("[existing]\npatients = [true]", "existing.patients.0"),
    "no URL": ('base_url = "staging"', "base_url"),
    "the key itself": ('api_key = "hunter2"', "never belongs in this file"),
    "the key deeper": ('[api_key]\nvalue = "hunter2"', "never belongs in this file"),
    "the key as name": ('[api_key]\nenv = "hunter2-x"', "never belongs in this file"),
    "no time": ("timeout = 0", "timeout"),
}


@pytest.mark.parametrize("which", BAD_FILES)
def test_a_bad_target_file_is_reported_with_its_place(tmp_path: Path, which: str) -> None:
    """The line names the file and the key in it, and never shows a secret."""
    text, place = BAD_FILES[which]
    file = tmp_path / "target.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageProblem) as problem:
        read_target_file(file)
    assert f"--target {file}" in str(problem.value)
    assert place in str(problem.value)
    assert "hunter2" not in str(problem.value)


def test_a_target_file_that_is_not_text_is_reported(tmp_path: Path) -> None:
    """Bytes that are not UTF-8, and a folder instead of a file."""
    (tmp_path / "target.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageProblem, match="UTF-8"):
        read_target_file(tmp_path / "target.toml")
    with pytest.raises(UsageProblem, match="cannot be read"):
        read_target_file(tmp_path)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("HTTPS://Staging.Example.COM/", "https://staging.example.com"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("http://127.0.0.1:80/gate/", "http://127.0.0.1/gate"),
    ],
)
def test_a_base_url_is_taken_in_its_normal_form(given: str, meant: str) -> None:
    """The same URL is checked, shown and connected to."""
    assert check_base_url(given) == meant


@pytest.mark.parametrize("url", ["http://[::1]:8080", "http://localhost", "http://127.3.4.5"])
def test_this_machine_needs_no_permission_to_write(url: str) -> None:
    """Writing to a loopback address needs no permission."""
    assert build(base_url=url).is_loopback


def test_permission_to_write_belongs_to_the_server_of_its_file() -> None:
    """`allow_writes` for staging does not let a run write to production."""
    file = {"base_url": "https://staging.example.com", "allow_writes": True}
    assert build(file).base_url == "https://staging.example.com"
    assert build(file, "https://staging.example.com/").base_url == "https://staging.example.com"
    with pytest.raises(UsageProblem, match="--allow-writes"):
        build(file, "https://www.example.com")


@pytest.mark.parametrize("key", ["two\nlines", " outside", "kéy"])
def test_a_key_that_no_header_can_carry_is_reported_without_showing_it(key: str) -> None:
    """The variable is named, the key is not."""
    with pytest.raises(UsageProblem) as problem:
        build(base_url="http://127.0.0.1", ORDER_API_KEY=key)
    assert "ORDER_API_KEY" in str(problem.value)
    assert key not in str(problem.value)
