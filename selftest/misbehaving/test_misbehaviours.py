"""A failure on the way is never a finding about the server, and never hides one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from selftest.support.misbehaving_runs import assert_it_ended_well, strict_json
from selftest.support.misbehaviours import ENVIRONMENT, HOSTILE, LOSING, PASSING

if TYPE_CHECKING:
    from collections.abc import Callable

    from selftest.support.misbehaving_runs import EndedRun
    from selftest.support.misbehaving_server import Gateway


@pytest.mark.parametrize("misbehaviour", PASSING)
def test_a_server_that_a_client_can_handle_is_conformant(
    run_against: Callable[[str], tuple[EndedRun, Gateway]], misbehaviour: str
) -> None:
    """Retries and patience are enough: the verdict shows nothing of it."""
    run, _ = run_against(misbehaviour)
    assert_it_ended_well(run)
    assert run.with_outcome("failed") == {}, run.output
    assert run.with_outcome("cantTell") == {}, run.output
    assert (run.results["verdict"], run.exit_code) == ("conformant", 0)


@pytest.mark.parametrize("misbehaviour", ENVIRONMENT)
def test_a_failing_environment_is_inconclusive(
    run_against: Callable[[str], tuple[EndedRun, Gateway]], misbehaviour: str
) -> None:
    """A server that is down, hidden or broken is not judged."""
    run, _ = run_against(misbehaviour)
    assert_it_ended_well(run)
    assert run.with_outcome("failed") == {}, run.output
    assert (run.results["verdict"], run.exit_code) == ("inconclusive", 2)


@pytest.mark.parametrize("misbehaviour", ["silent", "maintenance", "login", "page-for-everything"])
def test_a_hopeless_target_is_left_alone(
    run_against: Callable[[str], tuple[EndedRun, Gateway]], misbehaviour: str
) -> None:
    """The run ends after a few requests, with one reason for every requirement."""
    run, gateway = run_against(misbehaviour)
    assert len(gateway.requests) <= 6
    assert len(set(run.with_outcome("cantTell").values())) == 1, run.output


@pytest.mark.parametrize("misbehaviour", LOSING)
def test_a_create_with_an_unknown_outcome_is_not_a_failure(
    run_against: Callable[[str], tuple[EndedRun, Gateway]], misbehaviour: str
) -> None:
    """It is cantTell; a run with such a MUST is not conformant."""
    run, _ = run_against(misbehaviour)
    assert_it_ended_well(run)
    assert run.with_outcome("failed") == {}, run.output
    reasons = run.with_outcome("cantTell").values()
    # A request with a method that the API lacks may get lost as well; it is not sent twice.
    known = ("it is unknown whether", "blocked", "/api/v3/order/")
    assert all(any(words in reason for words in known) for reason in reasons), run.output
    must = run.results["summary"]["MUST"]
    assert run.exit_code == (2 if must["cantTell"] else 0)
    lines = map(strict_json, (run.reports / "ledger.jsonl").read_text("utf-8").splitlines())
    unknown = sum(each["event"] == "unanswered" and each["order_id"] is None for each in lines)
    assert run.results["remaining"]["unknown"] == unknown
    assert (f"{unknown} more may be there" in run.output) == bool(unknown)


def test_a_create_that_was_not_stored_is_sent_again(
    run_against: Callable[[str], tuple[EndedRun, Gateway]],
) -> None:
    """If the list proves it, the create is repeated, and its requirement is judged."""
    _, gateway = run_against("reset-before")
    bodies = [each.body for each in gateway.requests if each.is_create]
    lost = [each.body for each in gateway.requests if each.is_create and each.number % 8 == 0]
    marked = [body for body in lost if b'"conf-' in body]
    assert marked, "no create with a marker got lost: this run shows nothing"
    assert all(bodies.count(body) >= 2 for body in marked)


def test_a_create_that_was_stored_is_never_sent_again(
    run_against: Callable[[str], tuple[EndedRun, Gateway]],
) -> None:
    """If the list shows its order, the create is not repeated; the order is in the ledger."""
    run, gateway = run_against("reset-after")
    lost = [each for each in gateway.requests if each.is_create and each.number % 8 == 0]
    assert lost, "no create got lost: this run shows nothing"
    answered = run.results["orders_created"]
    ledger = (run.reports / "ledger.jsonl").read_text(encoding="utf-8")
    assert '"event": "unanswered"' in ledger
    assert answered >= ledger.count('"event": "unanswered", "order_id": ')
    entries = [strict_json(line) for line in ledger.splitlines()]
    stored = {
        each["entry"]
        for each in entries
        if each["event"] == "unanswered" and each["order_id"] is not None
    }
    markers = [
        f'"{each["external_ids"][0]}"'.encode()
        for each in entries
        if each["event"] == "sending" and each["entry"] in stored
    ]
    assert markers, "the list showed no lost create as stored: this run shows nothing"
    bodies = [each.body for each in gateway.requests if each.is_create]
    assert all(sum(marker in body for body in bodies) == 1 for marker in markers)


@pytest.mark.parametrize("misbehaviour", HOSTILE)
def test_a_hostile_response_is_a_finding_and_does_no_harm(
    run_against: Callable[[str], tuple[EndedRun, Gateway]], misbehaviour: str
) -> None:
    """A response of the server itself is judged, however odd it is."""
    run, _ = run_against(misbehaviour)
    assert_it_ended_well(run)
    assert HOSTILE[misbehaviour][1] in run.with_outcome("failed"), run.output
    assert (run.results["verdict"], run.exit_code) == ("non-conformant", 1)


def test_lost_requests_do_not_end_a_run(
    run_against: Callable[[str], tuple[EndedRun, Gateway]],
) -> None:
    """Nearly all requirements are judged even if one request in eight gets lost."""
    run, _ = run_against("reset-before")
    assert len(run.with_outcome("passed")) >= 40, run.output
