"""A failure is data: its roles, kinds and pointers, and its way to results.json and back."""

from __future__ import annotations

import json

import pytest

from order_conformance.core.mismatch import Mismatch, pointer, steps_of
from order_conformance.core.redaction import Redactor
from order_conformance.core.text import Phrase
from order_conformance.core.vocabulary import Blame, Outcome
from order_conformance.http.exchange import Exchange, Request, Response
from order_conformance.judging.assertions import assert_kept, assert_no_server_error, fail
from order_conformance.judging.failure_message import describe
from order_conformance.judging.findings import Failure, NonConformance, TestOutcome, roles_of
from order_conformance.judging.schema import schema_problem
from order_conformance.orders.fields import difference, difference_from_sent, external_ids
from order_conformance.orders.page import paging_problem
from order_conformance.orders.placed import PlacedOrder, View
from order_conformance.requirements.catalogue import load_catalogue
from order_conformance.results.failures import distinct
from order_conformance.target.model import Target

CATALOGUE = load_catalogue()
ORDERS = "/api/v3/order"


def exchange(method: str = "GET", path: str = ORDERS, status: int = 200) -> Exchange:
    """Return an exchange; its id is its request."""
    response = Response(status, (("Content-Type", "application/json"),), b"{}", 0.1)
    return Exchange(f"{method} {path}", Request(method, path), response)


def described(problem: NonConformance, requirement: str = "ASSOC-03", key: str = "") -> Failure:
    """Return what a test has raised as data."""
    target = Target("http://127.0.0.1:8080")
    return describe(problem, "tests/t.py::t", CATALOGUE[requirement], target, Redactor([key]))


@pytest.mark.parametrize(
    ("requests", "roles"),
    [
        ([], []),
        ([("POST", "/")], ["got"]),
        ([("POST", "/"), ("GET", "/1")], ["sent", "got"]),
        ([("GET", "/"), ("GET", "/1")], ["before", "got"]),
        ([("GET", "/1"), ("GET", "/1")], ["before", "after"]),
        ([("GET", "/"), ("POST", "/"), ("GET", "/")], ["before", "sent", "after"]),
        ([("POST", "/"), ("POST", "/")], ["sent", "got"]),
    ],
    ids=str,
)
def test_each_exchange_has_its_role(requests: list[tuple[str, str]], roles: list[str]) -> None:
    """A create is sent, the decisive response is got, and a repeated read comes after."""
    assert list(roles_of([exchange(*each) for each in requests])) == roles


def test_a_failure_survives_its_way_through_json() -> None:
    """What is written is read back the same, enums included; so is the outcome around it."""
    problem = fail(
        Phrase("order {} is gone", 17),
        exchange("POST"),
        exchange(path=f"{ORDERS}/17", status=404),
        expected="200",
        notice=Mismatch("`site` is absent", ("/site",)),
    )
    problem.covered_by = (("ID-01", "ID-02"),)
    failure = described(problem)
    outcome = TestOutcome(
        "tests/t.py::t", "ASSOC-03", Outcome.FAILED, failure.title, failure.blame, failure
    )
    assert Failure.from_json(json.loads(json.dumps(failure.as_json()))) == failure
    assert TestOutcome.from_json(json.loads(json.dumps(outcome.as_json()))) == outcome
    assert (failure.title, failure.kind) == ("order 17 is gone", "order N is gone")
    assert (failure.status, failure.blame) == (404, Blame.SERVER)
    assert failure.pointers == ("/site",)
    assert described(problem, "CONTENT-13").blame is Blame.GUIDE


def test_what_others_said_is_masked_and_our_words_stay() -> None:
    """Also when it is read back with a secret that was not known before."""
    said = fail("it said hush", exchange(), expected="no hush", notice="hush")
    masked = described(said, key="hush")
    read = Failure.from_json(described(said).as_json(), Redactor(["hush", "server", "tests"]))
    for failure in (masked, read):
        assert "hush" not in f"{failure.title}{failure.kind}{failure.expected}{failure.notice}"
        assert failure.rule == CATALOGUE["ASSOC-03"].statement
        assert failure.test == "tests/t.py::t"
        assert failure.blame is Blame.SERVER


def test_a_phrase_knows_its_kind() -> None:
    """Values count as any; a phrase inside a phrase keeps its words."""
    phrase = Phrase("a page is wrong: {}", Phrase("it holds {} of {} orders", 3, [1]))
    assert phrase == "a page is wrong: it holds 3 of [1] orders"
    assert phrase.kind == "a page is wrong: it holds N of N orders"
    assert Phrase("{} as it is").kind == "{} as it is"
    assert Phrase.of("plain").kind == "plain"


def test_failures_of_one_kind_are_shown_once() -> None:
    """The first of each, with the number of others; values do not make a kind."""
    titles = [Phrase("order {} is gone", 1), "order 1 is gone", Phrase("order {} is gone", 2)]
    failures = [described(fail(title, exchange(), expected="x")) for title in titles]
    assert [(each.title, more) for each, more in distinct(failures)] == [
        ("order 1 is gone", 1),
        ("order 1 is gone", 0),
    ]


def test_helpers_keep_the_kind_of_what_they_word() -> None:
    """An input that is named with its value is of the kind without it."""
    failed = exchange(status=500)
    with pytest.raises(NonConformance) as found:
        assert_no_server_error(failed, whatever=Phrase("an id that does not exist ({})", "x"))
    assert found.value.kind == "the server failed on an id that does not exist (N)"
    with pytest.raises(NonConformance) as found:
        assert_no_server_error(failed, whatever="a {strange} body")
    assert found.value.title == found.value.kind == "the server failed on a {strange} body"


@pytest.mark.parametrize(
    ("path", "shown"), [((), "/externalOrderIds"), (("content", 3), "/content/3/externalOrderIds")]
)
def test_a_value_that_is_not_kept_is_pointed_at(path: tuple[str | int, ...], shown: str) -> None:
    """In the order itself, or in the page that holds it."""
    created, read = exchange("POST"), exchange()
    placed = PlacedOrder({"externalOrderIds": ["a"]}, created, {})
    view = View("list entry", {"externalOrderIds": []}, read, path)
    with pytest.raises(NonConformance) as found:
        assert_kept([(placed, [view])], "the external ids", external_ids)
    assert found.value.pointers == (shown,)
    assert [*found.value.roles] == ["sent", "got"]


ORDER = {"id": 1, "site": {"id": 1}, "orderItems": [{"item": {"id": 1}, "count": 1}]}


@pytest.mark.parametrize(
    ("mismatch", "pointers"),
    [
        (difference(ORDER, ORDER), ()),
        (difference(ORDER, {**ORDER, "site": {"id": 2}}), ("/site",)),
        (difference_from_sent(ORDER, {**ORDER, "orderItems": []}), ("/orderItems",)),
        (schema_problem({**ORDER, "id": "1"}, "Order"), ("/id",)),
        (paging_problem({"content": [], "page": "1"}), ("/page",)),
        (paging_problem([]), ()),
        (Mismatch("x", ("/id",)).inside("content", 0), ("/content/0/id",)),
    ],
)
def test_a_mismatch_points_at_what_is_wrong(mismatch: Mismatch, pointers: tuple[str, ...]) -> None:
    """Words and pointers come together."""
    assert mismatch.pointers == pointers
    assert bool(mismatch) is bool(str(mismatch))


@pytest.mark.parametrize("path", [["a/b", "~", "0"], ["~1"], [""], []])
def test_a_pointer_leads_to_any_key(path: list[str]) -> None:
    """RFC 6901 escapes the slash and the tilde."""
    assert steps_of(pointer(path)) == path
