"""Association: an order is for exactly one patient or site (guide, Required Attributes)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from order_conformance.judging.assertions import assert_accepted, assert_refused, assert_shows, fail
from order_conformance.orders.fields import association_id
from strategies.broken import for_neither_patient_nor_site, for_patient_and_site
from tests.checks.creating import create_with_any_content, rich_patient

if TYPE_CHECKING:
    from order_conformance.orders.creates import Api
    from order_conformance.orders.factory import Account
    from order_conformance.orders.placed import PlacedOrder
    from strategies.ids import Ids
    from tests.conftest import AllRefused

requirement = pytest.mark.requirement


@requirement("ASSOC-01")
def test_an_order_for_each_known_patient_is_accepted(api: Api, account: Account) -> None:
    """An order for an existing patient is accepted."""
    for patient in account.patients:
        order = account.patient_order(patient={"id": patient})
        exchange = create_with_any_content(api, account, order)
        assert_accepted(exchange, because=f"patient {patient} exists", api=api)


@requirement("ASSOC-02")
def test_an_order_for_each_known_site_is_accepted(api: Api, account: Account) -> None:
    """An order for an existing site is accepted."""
    for site in account.sites:
        order = account.site_order(site={"id": site})
        exchange = create_with_any_content(api, account, order)
        assert_accepted(exchange, because=f"site {site} exists", api=api)


@requirement("ASSOC-03")
def test_an_order_for_both_a_patient_and_a_site_is_refused(api: Api, account: Account) -> None:
    """Exactly one association: an order that names both a patient and a site is refused."""
    order = account.patient_order(site={"id": account.site})
    assert_refused(api.create(order), because="it names both a patient and a site")


@pytest.mark.generates
@requirement("ASSOC-03")
def test_generated_orders_for_both_a_patient_and_a_site_are_refused(
    ids: Ids, assert_all_refused: AllRefused
) -> None:
    """Exactly one association: an order for any patient and any site at once is refused."""
    assert_all_refused(for_patient_and_site(ids), because="it names both a patient and a site")


@requirement("ASSOC-04")
@pytest.mark.parametrize(
    "association",
    [{}, {"patient": None, "site": None}, {"patient": None}, {"site": None}],
    ids=["both absent", "both null", "patient null", "site null"],
)
def test_listed_orders_for_neither_patient_nor_site_are_refused(
    api: Api, account: Account, association: dict[str, None]
) -> None:
    """Exactly one association: an order that names neither is refused."""
    order = account.order_for(association)
    assert_refused(api.create(order), because="it names neither a patient nor a site")


@pytest.mark.generates
@requirement("ASSOC-04")
def test_generated_orders_for_neither_patient_nor_site_are_refused(
    ids: Ids, assert_all_refused: AllRefused
) -> None:
    """Exactly one association: an order that names neither is refused, whatever it holds."""
    assert_all_refused(
        for_neither_patient_nor_site(ids), because="it names neither a patient nor a site"
    )


@requirement("ASSOC-05")
def test_an_order_with_only_the_id_of_its_patient_or_site_is_accepted(
    api: Api, account: Account
) -> None:
    """Nothing but the id of the patient or site is required."""
    for order in account.patient_and_site_orders():
        richer = {**order, "patient": rich_patient(account)} if "patient" in order else order
        assert_accepted(
            api.create(order),
            because="it gives the id, and nothing else is required",
            control=partial(api.create, account.again(richer)),
        )


@requirement("ASSOC-05")
def test_an_order_with_the_sex_of_its_patient_is_accepted(api: Api, account: Account) -> None:
    """An order that also sends `patient.sex`, as the guide's sample does, is accepted."""
    order = account.patient_order(patient=rich_patient(account))
    assert_accepted(
        api.create(order),
        because="the guide's sample sends the same",
        control=partial(api.create, account.patient_order()),
    )


@requirement("ASSOC-09")
def test_a_created_order_shows_the_given_patient_or_site(
    plain_orders: list[PlacedOrder],
) -> None:
    """The created order shows the patient or site that was given."""
    for placed in plain_orders:
        kind = "patient" if "patient" in placed.sent else "site"
        given, shown = association_id(placed.sent, kind), association_id(placed.order, kind)
        assert_shows(placed.as_created, f"the id of the {kind}", given, shown)


@requirement("ASSOC-10")
def test_a_created_order_does_not_show_the_other_association(
    plain_orders: list[PlacedOrder],
) -> None:
    """The other association is absent or null."""
    for placed in plain_orders:
        other = "site" if "patient" in placed.sent else "patient"
        if placed.order.get(other) is not None:
            raise fail(
                f"the created order shows a {other} that was not given",
                placed.exchange,
                expected=f"`{other}` absent or null, because an order is for one of the two",
            )


@requirement("ASSOC-11")
def test_an_order_with_null_for_the_other_association_is_accepted(
    api: Api, account: Account
) -> None:
    """A null for the other association equals leaving it out."""
    for order in account.patient_and_site_orders():
        other = "site" if "patient" in order else "patient"
        assert_accepted(
            api.create({**order, other: None}),
            because=f"its {other} is null, so it names only one of both",
            control=partial(api.create, account.again(order)),
        )
