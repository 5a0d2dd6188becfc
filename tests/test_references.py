"""References: what an order names must exist (guide, Required Attributes)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from order_conformance.core.kinds import Kind
from order_conformance.core.outcomes import Inapplicable
from order_conformance.judging.assertions import assert_refused
from order_conformance.orders.factory import line_of
from order_conformance.orders.fields import association_id
from order_conformance.orders.placed import order_shown
from strategies.broken import for_id_of_wrong_type, for_patient_or_site_without_id, for_unknown
from strategies.ids import BEYOND_INT64
from strategies.values import WRONG_TYPE_IDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from order_conformance.orders.creates import Api
    from order_conformance.orders.factory import Account
    from strategies.ids import Ids
    from tests.conftest import AllRefused

requirement = pytest.mark.requirement

UNKNOWN_IDS = ("unknown", "negative", "zero")


def assert_refused_for(api: Api, account: Account, kind: Kind, which: str) -> None:
    """Judge that an order for a patient or site that does not exist is refused."""
    near = account.existing(kind)[0] if account.knows(kind) else account.unknown(kind)
    made = {"negative": -1, "zero": 0, "beyond 64 bits": near + BEYOND_INT64}
    party = made.get(which, account.unknown(kind))
    exchange = api.create(account.order_for({kind: {"id": party}}))
    # If something has the id 0, the server shows it.
    if party != 0 or association_id(order_shown(exchange), kind) != 0:
        assert_refused(exchange, because=f"there is no {kind} {party}")


@requirement("ASSOC-06")
@pytest.mark.parametrize("which", [*UNKNOWN_IDS, "beyond 64 bits"])
def test_listed_patients_that_do_not_exist_are_refused(
    api: Api, account: Account, which: str
) -> None:
    """An order for a patient that does not exist is refused."""
    assert_refused_for(api, account, Kind.PATIENT, which)


@requirement("ASSOC-07")
@pytest.mark.parametrize("which", UNKNOWN_IDS)
def test_listed_sites_that_do_not_exist_are_refused(api: Api, account: Account, which: str) -> None:
    """An order for a site that does not exist is refused."""
    assert_refused_for(api, account, Kind.SITE, which)


@pytest.mark.generates
@requirement("ASSOC-06")
def test_generated_patients_that_do_not_exist_are_refused(
    ids: Ids, assert_all_refused: AllRefused
) -> None:
    """A patient that does not exist is refused, whatever is ordered."""
    assert_all_refused(for_unknown(ids, "patient"), because="its patient does not exist")


@pytest.mark.generates
@requirement("ASSOC-07")
def test_generated_sites_that_do_not_exist_are_refused(
    ids: Ids, assert_all_refused: AllRefused
) -> None:
    """A site that does not exist is refused, whatever is ordered."""
    assert_all_refused(for_unknown(ids, "site"), because="its site does not exist")


@requirement("ASSOC-08")
@pytest.mark.parametrize("kind", [Kind.PATIENT, Kind.SITE])
@pytest.mark.parametrize(
    "association", [{}, {"id": None}, {"sex": "unknown"}], ids=["empty", "id null", "no id"]
)
def test_listed_patients_and_sites_without_an_id_are_refused(
    api: Api, account: Account, kind: Kind, association: dict[str, Any]
) -> None:
    """The id of the patient or site is required."""
    order = account.order_for({kind: association})
    assert_refused(api.create(order), because=f"its {kind} has no id")


@pytest.mark.generates
@requirement("ASSOC-08")
def test_generated_patients_and_sites_without_an_id_are_refused(
    ids: Ids, assert_all_refused: AllRefused
) -> None:
    """The id of the patient or site is required, whatever else is given."""
    assert_all_refused(for_patient_or_site_without_id(ids), because="its patient or site has no id")


@requirement("ASSOC-12")
@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("wrong", [*WRONG_TYPE_IDS, "digits as text", "fraction", "list of one"])
def test_listed_ids_of_another_type_are_refused(
    api: Api, account: Account, kind: Kind, wrong: str
) -> None:
    """An id is an integer; another JSON type is refused."""
    existing = account.existing(kind)[0]
    if wrong == "fraction" and (existing + 0.5).is_integer():
        raise Inapplicable("the existing id is too large to add a fraction")
    made: dict[str, Any] = {
        "digits as text": str(existing),
        "fraction": existing + 0.5,
        "list of one": [existing],
    }
    value = made[wrong] if wrong in made else WRONG_TYPE_IDS[wrong]
    if kind.is_party:
        order = account.order_for({kind: {"id": value}})
    else:
        order = account.plain_order(**{kind.list_name: [line_of(kind, value)]})
    assert_refused(api.create(order), because=f"the id of its {kind} is not an integer")


NO_PARTIES: dict[str, Callable[[int], Any]] = {
    "a number": lambda existing: existing,
    "a text": str,
    "a list of one": lambda existing: [{"id": existing}],
}
"""Values that are not a patient or site, although what they name exists."""


@requirement("ASSOC-12")
@pytest.mark.parametrize("kind", [Kind.PATIENT, Kind.SITE])
@pytest.mark.parametrize("value", NO_PARTIES)
def test_a_patient_or_site_that_is_not_an_object_is_refused(
    api: Api, account: Account, kind: Kind, value: str
) -> None:
    """A patient or site is an object with an id, not the id itself, nor a list."""
    order = account.order_for({kind: NO_PARTIES[value](account.existing(kind)[0])})
    assert_refused(api.create(order), because=f"its {kind} is {value}, not an object")


@pytest.mark.generates
@requirement("ASSOC-12")
def test_generated_ids_of_another_type_are_refused(
    ids: Ids, assert_all_refused: AllRefused
) -> None:
    """An id of another type than integer is refused in any place of an order."""
    assert_all_refused(for_id_of_wrong_type(ids), because="an id in it is not an integer")
