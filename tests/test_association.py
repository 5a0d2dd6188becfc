"""Association: an order is for exactly one patient or site (guide, Required Attributes)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from order_conformance.core.statuses import SUCCESS
from order_conformance.judging.assertions import assert_accepted, assert_refused, assert_shows, fail
from order_conformance.orders.fields import association_id
from order_conformance.orders.placed import View
from strategies.broken import for_nobody, for_patient_and_site

if TYPE_CHECKING:
    from typing import Any

    from order_conformance.http.exchange import Exchange
    from order_conformance.orders.creates import Api
    from order_conformance.orders.factory import Account
    from order_conformance.orders.placed import PlacedOrder
    from strategies.ids import Ids
    from tests.conftest import AllRefused

requirement = pytest.mark.requirement


def create_for(api: Api, account: Account, order: dict[str, Any]) -> Exchange:
    """Create an order; of kits if one of items is refused: what is ordered is not the question."""
    exchange = api.create(order)
    if exchange.status in SUCCESS or not (account.knows("kits") and "orderItems" in order):
        return exchange
    return api.create(account.with_kits_instead(order))


@requirement("ASSOC-01")
def test_an_order_for_each_known_patient_is_accepted(api: Api, account: Account) -> None:
    """An order for an existing patient is accepted."""
    for patient in account.patients:
        exchange = create_for(api, account, account.patient_order(patient={"id": patient}))
        assert_accepted(exchange, because=f"patient {patient} exists")


@requirement("ASSOC-02")
def test_an_order_for_each_known_site_is_accepted(api: Api, account: Account) -> None:
    """An order for an existing site is accepted."""
    for site in account.sites:
        exchange = create_for(api, account, account.site_order(site={"id": site}))
        assert_accepted(exchange, because=f"site {site} exists")


@requirement("ASSOC-03")
def test_an_order_for_both_patient_and_site_is_rejected(api: Api, account: Account) -> None:
    """Exactly one association: an order that names both a patient and a site is refused."""
    order = account.patient_order(site={"id": account.site})
    assert_refused(api.create(order), because="it names both a patient and a site")


@pytest.mark.generates
@requirement("ASSOC-03")
def test_whichever_patient_and_site_go_together_are_rejected(
    ids: Ids, assert_all_refused: AllRefused
) -> None:
    """Exactly one association: no combination of a patient and a site is accepted."""
    assert_all_refused(for_patient_and_site(ids), because="it names both a patient and a site")


@requirement("ASSOC-04")
@pytest.mark.parametrize(
    "association",
    [{}, {"patient": None, "site": None}, {"patient": None}, {"site": None}],
    ids=["both absent", "both null", "patient null", "site null"],
)
def test_an_order_for_neither_patient_nor_site_is_rejected(
    api: Api, account: Account, association: dict[str, None]
) -> None:
    """Exactly one association: an order that names neither is refused."""
    order = account.order_for(association)
    assert_refused(api.create(order), because="it names neither a patient nor a site")


@pytest.mark.generates
@requirement("ASSOC-04")
def test_whatever_is_ordered_for_nobody_is_rejected(
    ids: Ids, assert_all_refused: AllRefused
) -> None:
    """Exactly one association: without one, no content makes an order acceptable."""
    assert_all_refused(for_nobody(ids), because="it names neither a patient nor a site")


@requirement("ASSOC-05")
def test_the_id_is_all_that_is_needed_of_patient_or_site(api: Api, account: Account) -> None:
    """Nothing but the id of the patient or site is required."""
    for order in account.both_orders():
        richer = {**order, "patient": rich_patient(account)} if "patient" in order else order
        assert_accepted(
            api.create(order),
            because="it gives the id, and more is not required",
            control=partial(api.create, account.again(richer)),
        )


@requirement("ASSOC-05")
def test_the_sample_with_the_sex_of_the_patient_is_accepted(api: Api, account: Account) -> None:
    """The guide's own sample, which also sends `patient.sex`, is accepted."""
    order = account.patient_order(patient=rich_patient(account))
    assert_accepted(
        api.create(order),
        because="the guide's sample sends the same",
        control=partial(api.create, account.patient_order()),
    )


def rich_patient(account: Account) -> dict[str, Any]:
    """Return a patient as the guide's sample sends it: the id, and the sex."""
    return {"id": account.patient, "sex": "unknown"}


@requirement("ASSOC-09")
def test_the_created_order_carries_the_given_patient_or_site(
    plain_orders: list[PlacedOrder],
) -> None:
    """The created order shows the patient or site that was given."""
    for placed in plain_orders:
        kind = "patient" if "patient" in placed.sent else "site"
        given, shown = association_id(placed.sent, kind), association_id(placed.order, kind)
        view = View("create answer", placed.order, placed.exchange)
        assert_shows(view, f"the id of the {kind}", given, shown)


@requirement("ASSOC-10")
def test_the_association_that_was_not_given_is_not_shown(plain_orders: list[PlacedOrder]) -> None:
    """The other association is absent or null."""
    for placed in plain_orders:
        other = "site" if "patient" in placed.sent else "patient"
        if placed.order.get(other) is not None:
            raise fail(
                f"the created order shows a {other} that was not given",
                placed.exchange,
                expected=f"`{other}` absent or null, because an order is for exactly one of both",
            )


@requirement("ASSOC-11")
def test_a_null_for_the_other_association_equals_leaving_it_out(api: Api, account: Account) -> None:
    """An explicit null for the association that is not meant is no association."""
    for order in account.both_orders():
        other = "site" if "patient" in order else "patient"
        assert_accepted(
            api.create({**order, other: None}),
            because=f"its {other} is null, hence not given",
            control=partial(api.create, account.again(order)),
        )
