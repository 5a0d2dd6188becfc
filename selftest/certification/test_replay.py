"""A replay says what the run said, or where it left the recording."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import pytest

from order_conformance.core.exit_codes import UsageProblem
from order_conformance.core.outcomes import CantTell
from order_conformance.core.redaction import MASK, Redactor
from order_conformance.http.client import HttpClient, NoResponse
from order_conformance.http.exchange import Exchange, Request
from order_conformance.recording.evidence import EvidenceLog
from order_conformance.recording.inputs import (
    STAND_IN,
    Inputs,
    describe,
    read_inputs,
    recorded_shards,
)
from order_conformance.recording.replay import Diverged, read_recording
from order_conformance.target.model import Target
from selftest.misbehaving.test_expiry import judge as judge_with_expiring_keys
from selftest.support.engine_parts import KEY, ORDERS, client_for
from selftest.support.misbehaving_server import (
    FINE,
    JSON,
    Incoming,
    Script,
    redirect_to,
    response_to,
    serving,
)
from selftest.support.recorded_runs import outcomes, record, replay

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

GET, POST = Request("GET", ORDERS), Request("POST", ORDERS, (), b"{}")
Told = list[tuple[Any, ...]]


def covered_by(client: HttpClient, requests: Sequence[Sequence[Request]]) -> Told:
    """Send requests, each group at the same time; return all that a test could see of it."""
    told: Told = []
    for together in requests:
        results: Sequence[Exchange | CantTell] = []
        with suppress(CantTell):
            results = client.send_together(together)
        told += [
            (each.id, each.response, each.retries)
            if isinstance(each, Exchange)
            else (each.reason, isinstance(each, NoResponse) and each.may_have_acted)
            for each in results
        ]
    return [*told, (client.requests, client.circuit_breaker.open_because, client.clock.now)]


def replayed(folder: Path, requests: Sequence[Sequence[Request]]) -> Told:
    """Send the same requests to the recording in a folder; where it is left is told last."""
    redactor = Redactor([STAND_IN])
    recording = read_recording(folder, redactor, STAND_IN)
    log = EvidenceLog(folder / "again.jsonl", redactor)
    target = Target("http://127.0.0.1:9", api_key=STAND_IN, timeout=1.0)
    client = HttpClient(target, log, seed=1, transport=recording, clock=recording.clock)
    try:
        again = [[_with_stand_in(each) for each in together] for together in requests]
        return [*covered_by(client, again), (recording.diverged or recording.left_over(),)]
    finally:
        client.close()
        log.close()


def _with_stand_in(request: Request) -> Request:
    headers = tuple((name, value.replace(KEY, STAND_IN)) for name, value in request.headers)
    return replace(request, headers=headers)


def busy_until(seconds: float) -> bytes:
    """Return a 503 that asks to come back at a date."""
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)
    return response_to("503 Busy", b"", f"Retry-After: {moment}")


def by_body(request: Incoming) -> bytes:
    """Lose one of several that are sent together."""
    return b"" if request.body == b"1" else response_to("201 Created", request.body, JSON)


TOGETHER = [Request("POST", ORDERS, (), str(n).encode()) for n in range(4)]
HARD: dict[str, tuple[list[bytes | Callable[[Incoming], bytes]], list[list[Request]]]] = {
    "an answer": ([FINE], [[GET], [POST]]),
    "a key header that is wrong": ([FINE], [[replace(GET, headers=(("K", KEY),))]]),
    "no UTF-8": ([response_to("200 OK", b"\xff\xfe{}", JSON)], [[GET]]),
    "a body that is no UTF-8": ([FINE], [[replace(POST, body=b"\xff")]]),
    "a long answer": ([response_to("200 OK", b'"' + b"x" * 200_000 + b'"', JSON)], [[GET]]),
    "our mask": ([response_to("200 OK", f'"{MASK}"'.encode(), JSON, f"X: {MASK}")], [[GET]]),
    "two headers of a name": ([response_to("200 OK", b"{}", JSON, "A: 2", "a: 1")], [[GET]]),
    "busy at first": ([response_to("503 Busy", b"", "Retry-After: 0"), FINE], [[GET]]),
    "busy until a moment": ([busy_until(-5), FINE], [[GET]]),
    "busy for too long": ([busy_until(9000)], [[GET]]),
    "a redirect": ([redirect_to("/elsewhere?a=%7B"), FINE], [[GET]]),
    "a redirect loop": ([redirect_to(ORDERS)], [[GET]]),
    "a lost create": ([b"", FINE], [[POST], [GET]]),
    "lost side by side": ([by_body], [TOGETHER, TOGETHER]),
    "a target that is gone": ([b""], [[POST], [POST], [POST], [GET]]),
    "a target that still lists": (
        [lambda request: b"" if request.is_create else FINE],
        [[POST], [POST], [POST], [POST], [GET]],
    ),
}


@pytest.mark.parametrize("case", HARD)
def test_a_replay_returns_what_the_client_returned(tmp_path: Path, case: str) -> None:
    """Answers, retries, redirects, troubles and give-ups, to the byte and to the reading."""
    steps, requests = HARD[case]
    with serving(Script(*steps)) as (base_url, _), client_for(base_url, tmp_path) as client:
        told = covered_by(client, requests)
    again = replayed(tmp_path, requests)
    words = [str(each).replace(base_url, "http://127.0.0.1:9") for each in told]
    assert [str(each) for each in again] == [*words, str(("",))]


def test_a_key_in_an_answer_is_there_again(tmp_path: Path) -> None:
    """Masked in the evidence, and a stand-in in its place in the replay."""
    shown = response_to("200 OK", f'{{"you": "{KEY}"}}'.encode(), JSON, f"X-Key: {KEY}")
    with serving(Script(shown)) as (base_url, _), client_for(base_url, tmp_path) as client:
        client.send(GET)
    response = replayed(tmp_path, [[GET]])[0][1]
    assert response.json == {"you": STAND_IN}
    assert response.header("x-key") == STAND_IN


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ([[GET], [replace(POST, body=b"{ }")]], "run#2: the body of the request"),
        ([[GET], [replace(POST, method="PUT")]], "run#2: the method of the request"),
        ([[GET], [replace(POST, path="/x")]], "run#2: the path of the request"),
        ([[GET], [replace(POST, headers=(("A", "b"),))]], "run#2: the headers of the request"),
        ([[GET], [replace(POST, with_key=False)]], "run#2: the with_key of the request"),
        ([[GET]], "run#2: is in the recording"),
        ([[GET], [POST], [GET]], "run#3: was sent, but is not in the recording"),
    ],
)
def test_what_leaves_the_recording_is_told(
    tmp_path: Path, sent: list[list[Request]], reason: str
) -> None:
    """Another request, one too few, one too many."""
    with serving(Script(FINE)) as (base_url, _), client_for(base_url, tmp_path) as client:
        covered_by(client, [[GET], [POST]])
    assert replayed(tmp_path, sent)[-1][0].startswith(reason)


def test_after_a_divergence_nothing_is_answered(tmp_path: Path) -> None:
    """What comes later would be judged by answers to something else."""
    with serving(Script(FINE)) as (base_url, _), client_for(base_url, tmp_path) as client:
        covered_by(client, [[GET], [POST]])
    recording = read_recording(tmp_path, Redactor([STAND_IN]), STAND_IN)
    log = EvidenceLog(tmp_path / "again.jsonl", Redactor([]))
    client = HttpClient(
        Target("http://127.0.0.1:9"), log, 1, transport=recording, clock=recording.clock
    )
    for request in (POST, POST):
        with pytest.raises(Diverged, match="run#1"):
            client.send(request)
    client.close()
    log.close()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "line 2: is not an exchange"),
        ('{"id": "run#2"}\n{"id": "run#2"}', "line 3: run#2 occurs twice"),
        ('{"id": "run#2", "response": {}, "clock": 1}', "line 2: is not an exchange"),
    ],
)
def test_evidence_that_cannot_be_replayed_is_told(tmp_path: Path, line: str, reason: str) -> None:
    """With the line, before anything is judged."""
    with serving(Script(FINE)) as (base_url, _), client_for(base_url, tmp_path) as client:
        client.send(GET)
    with (tmp_path / "evidence.jsonl").open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    with pytest.raises(UsageProblem, match=reason):
        read_recording(tmp_path, Redactor([]), None)


def test_a_body_that_is_not_the_one_of_its_digest_is_told(tmp_path: Path) -> None:
    """A changed answer is found before it is judged."""
    with serving(Script(FINE)) as (base_url, _), client_for(base_url, tmp_path) as client:
        client.send(GET)
    file = tmp_path / "evidence.jsonl"
    file.write_text(file.read_text(encoding="utf-8").replace("fine", "mine"), encoding="utf-8")
    with pytest.raises(UsageProblem, match="the body does not have the recorded digest"):
        read_recording(tmp_path, Redactor([]), None)


def test_a_target_is_described_without_its_key() -> None:
    """And is read back as it was."""
    target = Target("http://h", api_key=KEY, existing={"patients": (1, 2)}, unknown={"item": 3})
    text = json.dumps(describe(target))
    assert KEY not in text
    assert "api_key" not in json.loads(text)


def test_a_short_key_is_no_basis_for_a_replay(tmp_path: Path) -> None:
    """Masking it masks too much."""
    content = {"format": "1", "key": "short"}
    (tmp_path / "inputs.json").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(UsageProblem, match="shorter than 8 characters"):
        read_inputs(tmp_path)


def test_a_replay_runs_no_command_for_credentials(tmp_path: Path) -> None:
    """A key that expired and was had again in the run opens the recording as well."""
    run, staging, _ = judge_with_expiring_keys(tmp_path, ["cat"], lifetime=40)
    staging.issued.unlink()
    assert outcomes(replay(run.reports, tmp_path / "again")) == outcomes(run.results)


SPREAD = {
    "one run, on two workers": ((), ("-n", "2")),
    "two workers": (("-n", "2"), ()),
    "one of two shards": (("--shard", "2/2"), ()),
}


@pytest.mark.parametrize("how", SPREAD)
def test_a_replay_says_the_same_however_it_is_spread(tmp_path: Path, how: str) -> None:
    """Serial or side by side, in the run or in the replay."""
    run, again = SPREAD[how]
    options = ("--profile", "smoke", "--seed", "3", *run)
    recorded = record(tmp_path / "run", "--fault=association-both-kept", options=options)
    assert outcomes(replay(tmp_path / "run", tmp_path / "again", *again)) == outcomes(recorded)
    assert read_each_input(tmp_path / "again") == read_each_input(tmp_path / "run")
    judged = {row["id"]: row["outcome"] for row in recorded["requirements"]}
    # Which shard has it moves with what the tests cost.
    expected = {"ASSOC-03"} - {name for name in judged if judged[name] == "untested"}
    assert {name for name in judged if judged[name] == "failed"} == expected


def read_each_input(folder: Path) -> list[Inputs]:
    """Return what a run was given, or each of its shards."""
    shards = recorded_shards(folder)
    return [read_inputs(folder, shard) for shard in shards] if shards else [read_inputs(folder)]


@pytest.mark.parametrize(
    "server",
    [
        ["--fault=association-both-kept", "--fault=key-echoed", "--fault=key-in-header"],
        ["--twin=eventual-list", "--twin=foreign-orders-every-request", "--twin=moving-status"],
    ],
    ids=["bad", "restless"],
)
def test_a_replay_of_a_whole_run_says_the_same(tmp_path: Path, server: list[str]) -> None:
    """Every requirement, failure and freedom, with the server long gone."""
    recorded = record(tmp_path / "run", *server, options=("--profile", "smoke", "--seed", "3"))
    again = replay(tmp_path / "run", tmp_path / "again")
    assert outcomes(again) == outcomes(recorded)
    assert read_inputs(tmp_path / "run") == read_inputs(tmp_path / "again")
