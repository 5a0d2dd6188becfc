"""References: what an order names must exist (guide, Required Attributes)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from order_conformance.core.outcomes import Inapplicable
from order_conformance.judging.assertions import assert_refused
from order_conformance.orders.factory import item_line, kit_line
from order_conformance.orders.fields import association_id
from order_conformance.orders.placed import order_shown
from strategies.broken import for_id_of_wrong_type, for_somebody_without_id, for_unknown
from strategies.ids import BEYOND_INT64
from strategies.values import WRONG_TYPE_IDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from order_conformance.orders.creates import Api
    from order_conformance.orders.factory import Account
    from strategies.ids import Ids
    from tests.conftest import AllRefused

requirement = pytest.mark.requirement

NOBODY = ("unknown", "negative", "zero")


def refuse_nobody(api: Api, account: Account, kind: str, which: str) -> None:
    """Judge that an order for a patient or site that does not exist is refused."""
    near = account.existing(kind)[0] if account.knows(f"{kind}s") else account.unknown(kind)
    made = {"negative": -1, "zero": 0, "beyond 64 bits": near + BEYOND_INT64}
    party = made.get(which, account.unknown(kind))
    exchange = api.create(account.order_for({kind: {"id": party}}))
    # Nobody but the server knows whether something has the id 0; then it shows it.
    if party != 0 or association_id(order_shown(exchange), kind) != 0:
        assert_refused(exchange, because=f"there is no {kind} {party}")


@requirement("ASSOC-06")
@pytest.mark.parametrize("which", [*NOBODY, "beyond 64 bits"])
def test_an_order_for_a_patient_that_does_not_exist_is_rejected(
    api: Api, account: Account, which: str
) -> None:
    """An order for a patient that does not exist is refused."""
    refuse_nobody(api, account, "patient", which)


@requirement("ASSOC-07")
@pytest.mark.parametrize("which", NOBODY)
def test_an_order_for_a_site_that_does_not_exist_is_rejected(
    api: Api, account: Account, which: str
) -> None:
    """An order for a site that does not exist is refused."""
    refuse_nobody(api, account, "site", which)


@pytest.mark.generates
@requirement("ASSOC-06")
def test_no_order_for_an_unknown_patient_is_accepted(
    ids: Ids, assert_all_refused: AllRefused
) -> None:
    """Whatever is ordered: a patient that does not exist is refused, however near an id is."""
    assert_all_refused(for_unknown(ids, "patient"), because="its patient does not exist")


@pytest.mark.generates
@requirement("ASSOC-07")
def test_no_order_for_an_unknown_site_is_accepted(ids: Ids, assert_all_refused: AllRefused) -> None:
    """Whatever is ordered: a site that does not exist is refused, however near an id is."""
    assert_all_refused(for_unknown(ids, "site"), because="its site does not exist")


@requirement("ASSOC-08")
@pytest.mark.parametrize("kind", ["patient", "site"])
@pytest.mark.parametrize(
    "association", [{}, {"id": None}, {"sex": "unknown"}], ids=["empty", "id null", "no id"]
)
def test_a_patient_or_site_without_an_id_is_rejected(
    api: Api, account: Account, kind: str, association: dict[str, Any]
) -> None:
    """The id of the patient or site is required."""
    order = account.order_for({kind: association})
    assert_refused(api.create(order), because=f"its {kind} has no id")


@pytest.mark.generates
@requirement("ASSOC-08")
def test_whatever_is_ordered_for_somebody_without_an_id_is_rejected(
    ids: Ids, assert_all_refused: AllRefused
) -> None:
    """The id of the patient or site is required, whatever else is given."""
    assert_all_refused(for_somebody_without_id(ids), because="its patient or site has no id")


@requirement("ASSOC-12")
@pytest.mark.parametrize("kind", ["patient", "site", "item", "kit"])
@pytest.mark.parametrize("wrong", [*WRONG_TYPE_IDS, "digits as text", "fraction", "list of one"])
def test_an_id_of_another_type_is_rejected(
    api: Api, account: Account, kind: str, wrong: str
) -> None:
    """An id is an integer; another JSON type is refused."""
    existing = account.existing(kind)[0]
    if wrong == "fraction" and (existing + 0.5).is_integer():
        raise Inapplicable("the existing id is too large for a fraction beside it")
    made: dict[str, Any] = {
        "digits as text": str(existing),
        "fraction": existing + 0.5,
        "list of one": [existing],
    }
    value = made[wrong] if wrong in made else WRONG_TYPE_IDS[wrong]
    if kind in {"patient", "site"}:
        order = account.order_for({kind: {"id": value}})
    elif kind == "item":
        order = account.plain_order(orderItems=[item_line(value)])
    else:
        order = account.plain_order(orderKits=[kit_line(value)])
    assert_refused(api.create(order), because=f"the id of its {kind} is no integer")


NO_PARTIES: dict[str, Callable[[int], Any]] = {
    "a number": lambda existing: existing,
    "a text": str,
    "a list of one": lambda existing: [{"id": existing}],
}
"""Values that are no patient or site, though what they name exists."""


@requirement("ASSOC-12")
@pytest.mark.parametrize("kind", ["patient", "site"])
@pytest.mark.parametrize("value", NO_PARTIES)
def test_what_is_no_object_in_place_of_a_patient_or_site_is_rejected(
    api: Api, account: Account, kind: str, value: str
) -> None:
    """A patient or site is an object with an id, not the id itself, nor a list."""
    order = account.order_for({kind: NO_PARTIES[value](account.existing(kind)[0])})
    assert_refused(api.create(order), because=f"its {kind} is {value}, not an object")


@pytest.mark.generates
@requirement("ASSOC-12")
def test_no_id_of_another_type_is_accepted(ids: Ids, assert_all_refused: AllRefused) -> None:
    """Whatever stands in place of the integer, wherever in the order: it is refused."""
    assert_all_refused(for_id_of_wrong_type(ids), because="an id in it is no integer")
