"""``order-conformance plan``: says what a run would do, and does nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from order_conformance.cli.main import main
from order_conformance.core.text import shown_time
from order_conformance.requirements.catalogue import load_catalogue
from selftest.support.cases import KEY
from selftest.support.engine_parts import ROOT
from selftest.support.misbehaving_server import Gateway, Incoming, response_to, serving
from selftest.support.misbehaviours import maintenance
from selftest.support.suite_runs import judge, reference_server

if TYPE_CHECKING:
    import asyncio
    from pathlib import Path

STAGING = "https://staging.example.com"
PLACES = ("will_run", "inapplicable", "cantTell", "untested")


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ORDER_API_KEY", raising=False)


def planned(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    """Return a plan as JSON; each requirement is in one place, and nothing was left behind."""
    assert main(["plan", "--json", *arguments]) == 0
    plan: dict[str, Any] = json.loads(capsys.readouterr().out)
    named = [name for place in PLACES for name in plan[place]]
    assert sorted(named) == sorted(load_catalogue().requirements)
    assert sum(plan["areas"].values()) == len(plan["will_run"])
    return plan


def target_file(tmp_path: Path, text: str, base_url: str = STAGING) -> str:
    """Write a target file."""
    path = tmp_path / "target.toml"
    path.write_text(f'base_url = "{base_url}"\nallow_writes = true\n{text}', encoding="utf-8")
    return str(path)


def test_the_plan_of_the_embedded_server_is_what_the_run_then_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same requirements, about as many requests and orders."""
    plan = planned(capsys, "--profile", "smoke")
    with reference_server("--api-key-env", "SERVER_KEY") as base_url:
        run = judge(base_url, tmp_path / "reports", "--profile", "smoke", "--seed", "2")
    assert run.with_outcome("passed").keys() == set(plan["will_run"])
    assert run.with_outcome("inapplicable") | plan["inapplicable"] == {
        **plan["inapplicable"],
        "LIST-17": "the account is not empty",
    }
    assert run.with_outcome("untested").keys() == set(plan["untested"])
    assert run.results["requests"] == pytest.approx(plan["requests"]["about"], rel=0.1)
    assert run.results["orders_created"] == pytest.approx(plan["orders"]["about"], rel=0.1)
    assert (plan["missing"], plan["warnings"]) == ([], [])


def test_a_plan_for_a_server_sends_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No connection, no folder of reports; what is missing is said with its line."""

    async def count(_: Gateway, __: Incoming, ___: asyncio.StreamWriter) -> None:
        """Never asked."""

    with serving(count) as (base_url, gateway):
        plan = planned(capsys, "--base-url", base_url)
        assert gateway.connections == 0
    assert list(tmp_path.iterdir()) == []
    assert plan["inapplicable"]["AUTH-01"].startswith("the target has no API key")
    assert plan["inapplicable"]["SHIP-03"] == "the target file lists no shipping_options"
    lines = [each["add"] for each in plan["missing"]]
    assert "[existing] sites = [<id>, ...]" in lines
    assert not any(each["is_lost"] for each in plan["missing"])
    assert plan["discovered"] is None


def test_read_only_creates_no_order(capsys: pytest.CaptureFixture[str]) -> None:
    """And costs fewer requests; no permission to write is asked for."""
    plan = planned(capsys, "--base-url", STAGING, "--read-only")
    assert plan["orders"] == {"about": 0, "at_most": 0}
    assert 0 < plan["requests"]["about"] < planned(capsys)["requests"]["about"] / 2
    assert plan["inapplicable"]["ASSOC-03"] == "the run is read-only"
    assert plan["warnings"] == []


def test_what_a_run_would_still_want_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Permission to write, and budgets that reach; each with the option or line to change."""
    plan = planned(capsys, "--base-url", STAGING)
    assert any("add --allow-writes" in each for each in plan["warnings"])
    text = "rate_limit = 2\n[budget]\nrequests = 100\norders = 5\nminutes = 1\n"
    plan = planned(capsys, "--target", target_file(tmp_path, text))
    raised = {each.rpartition("[budget] ")[2] for each in plan["warnings"]}
    assert raised == {"requests", "orders", "minutes"}
    assert plan["requests"]["at_most"] == 100


@pytest.mark.parametrize(
    ("text", "arguments", "apart"),
    [
        ("", (), 0.105),
        ("", ("--latency", "400"), 0.405),
        ("rate_limit = 2\n", (), 0.5),
        ("rate_limit = 100\n", ("--latency", "400"), 0.405),
    ],
)
def test_the_time_follows_from_rate_and_latency(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    text: str,
    arguments: tuple[str, ...],
    apart: float,
) -> None:
    """Whichever of the two keeps requests further apart."""
    plan = planned(capsys, "--target", target_file(tmp_path, text), *arguments)
    assert plan["seconds"]["about"] == pytest.approx(plan["requests"]["about"] * apart, rel=0.01)


def test_discovery_sends_only_gets_and_measures(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What exists is found, the latency is that of the target, and the account is not empty."""
    monkeypatch.setenv("ORDER_API_KEY", KEY)

    async def pass_on(gateway: Gateway, request: Incoming, writer: asyncio.StreamWriter) -> None:
        writer.write(await gateway.forward(request))

    with (
        reference_server("--api-key-env", "SERVER_KEY") as upstream,
        serving(pass_on, upstream) as (base_url, gateway),
    ):
        plan = planned(capsys, "--base-url", base_url, "--discover")
        text = main(["plan", "--base-url", base_url, "--discover"])
    assert text == 0
    assert {each.method for each in gateway.requests} == {"GET"}
    assert plan["discovered"]["requests"] == len(gateway.requests) / 2
    sent = plan["discovered"]["requests"]
    assert f"({sent} GET requests sent to query it)" in capsys.readouterr().out
    assert plan["discovered"]["orders"] == 7
    assert all(plan["discovered"]["known"].values())
    assert plan["missing"] == []
    assert plan["latency_is"] == "measured"
    assert plan["inapplicable"]["LIST-17"] == "the account is not empty"


def test_what_discovery_does_not_find_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    """An empty account shows no site: its requirements cannot be judged, the line is said."""
    with reference_server("--orders", "0") as base_url:
        plan = planned(capsys, "--base-url", base_url, "--discover")
    lost = {each["kind"]: each for each in plan["missing"] if each["is_lost"]}
    assert lost["sites"]["add"] == "[existing] sites = [<id>, ...]"
    assert set(lost["sites"]["requirements"]) <= set(plan["cantTell"])
    assert "LIST-17" in plan["will_run"]


def test_a_target_that_cannot_be_looked_at_is_still_planned_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The reason is a warning; nobody is asked again and again."""
    with serving(maintenance) as (base_url, gateway):
        plan = planned(capsys, "--base-url", base_url, "--discover")
    assert any("--discover: the target cannot be reached" in each for each in plan["warnings"])
    assert len(gateway.requests) <= 6


def test_a_plan_shows_no_secret(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even where the target sends us to a place with our key in it."""
    monkeypatch.setenv("ORDER_API_KEY", KEY)

    async def echo(_: Gateway, request: Incoming, writer: asyncio.StreamWriter) -> None:
        assert KEY.encode() in request.head
        writer.write(response_to("302 Found", b"", f"Location: http://127.0.0.2/login?key={KEY}"))

    with serving(echo) as (base_url, _):
        for how in ((), ("--json",)):
            assert main(["plan", "--base-url", base_url, "--discover", *how]) == 0
            shown = capsys.readouterr()
            assert "redirects the list to http://127.0.0.2/login" in shown.out
            assert KEY not in shown.out + shown.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("--base-url", "nonsense"),
        ("--base-url="),
        ("--target="),
        ("--target", "absent.toml"),
        ("--profile", "deep"),
        ("--discover",),
        ("--latency", "nan"),
        ("--latency", "-1"),
        ("--api-key-env", "NOT_SET_ANYWHERE", "--base-url", STAGING),
        ("--unknown",),
    ],
)
def test_a_mistake_is_one_line(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...] | str
) -> None:
    """With exit code 4, and nothing on standard output."""
    given = (arguments,) if isinstance(arguments, str) else arguments
    assert main(["plan", *given]) == 4
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1


def test_the_plan_for_a_person(tmp_path: Path) -> None:
    """Counts for each area, the numbers, the reasons, the lines to add."""
    shown = subprocess.run(
        [sys.executable, "-m", "order_conformance", "plan", "--target", target_file(tmp_path, "")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for part in (
        f"Plan for {STAGING}, profile gate (no requests were sent)",
        "ASSOC  12  ASSOC-01 ASSOC-02",
        "requests  about ",
        "; the API cannot delete them",
        "100 ms per response (assumed; give --latency=MS, or --discover to measure it)",
        "the target has no API key",
        "[existing] kits = [<id>, ...]",
    ):
        assert part in shown


def test_a_time_is_said_as_people_say_it() -> None:
    """Seconds, minutes, hours."""
    said = [shown_time(each) for each in (0.2, 59, 60, 61.9, 3600, 3 * 3600 + 125)]
    assert said == ["1 s", "59 s", "1 min 0 s", "1 min 1 s", "1 h 0 min", "3 h 2 min"]
