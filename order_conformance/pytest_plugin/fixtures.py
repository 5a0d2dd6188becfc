"""The fixtures of the tests: the API, the account, the orders, the list, shared observations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from order_conformance.core.kinds import Kind
from order_conformance.core.outcomes import CantTell
from order_conformance.judging.property_testing import PropertyTester
from order_conformance.orders.discovery import (
    check_it_is_there,
    check_it_speaks_json,
    confirm,
    discover,
    may_be_elsewhere,
    shown_at_first,
)
from order_conformance.orders.factory import Account
from order_conformance.orders.order_list import OrderList
from order_conformance.orders.placed import Orders, PlacedOrder

if TYPE_CHECKING:
    from order_conformance.http.exchange import Exchange
    from order_conformance.judging.passive_checks import PassiveChecks
    from order_conformance.orders.creates import Api
    from order_conformance.orders.dialect import Dialect
    from order_conformance.requirements.profiles import Profile
    from order_conformance.session.run import Run
    from order_conformance.session.running import RunningRun


@pytest.fixture(scope="session")
def first_list(raw_api: Api) -> Exchange:
    """The list as it was before the run created anything."""
    return check_it_is_there(raw_api)


@pytest.fixture(scope="session")
def api(raw_api: Api, first_list: Exchange, request: pytest.FixtureRequest) -> Api:
    """The Order API of a target that is reachable and turns out to be an Order API."""
    if may_be_elsewhere(first_list):
        request.getfixturevalue("account")
    return raw_api


@pytest.fixture(scope="session")
def dialect(run: Run) -> Dialect:
    """The choices that the server made where the guide leaves them open."""
    return run.dialect


@pytest.fixture(scope="session")
def profile(run: Run) -> Profile:
    """How thoroughly the run tests."""
    return run.options.profile


@pytest.fixture(scope="session")
def explore(running: RunningRun) -> PropertyTester:
    """Tests with generated inputs, as many as the profile allows."""
    options = running.options
    return PropertyTester(options.profile, options.seed, running.saved_examples)


@pytest.fixture(scope="session")
def passive_checks(running: RunningRun, api: Api) -> PassiveChecks:  # noqa: ARG001 - without a target there are no checks
    """The checks that every response of the run went through."""
    return running.passive_checks


@pytest.fixture(scope="session")
def account(raw_api: Api, run: Run, first_list: Exchange) -> Account:
    """The ids that exist on the target, and conforming orders made of them."""
    known = discover(raw_api, first_list)
    name = run.orders_name(shown_at_first(first_list))
    account = Account(known, raw_api.target, name, run.options.token)
    tried: list[Exchange] = []
    if not raw_api.target.read_only:
        confirm(raw_api, known, account.marker)
        if may_be_elsewhere(first_list):
            tried = raw_api.creates or [raw_api.create(account.plain_order())]
    check_it_speaks_json(raw_api, [first_list, *tried])
    run.dialect.note("existing", {kind: len(ids) for kind, ids in known.by_kind.items()})
    return account


@pytest.fixture(scope="session")
def listing(api: Api, dialect: Dialect) -> OrderList:
    """The list of orders."""
    return OrderList(api, dialect)


@pytest.fixture(scope="session")
def orders(api: Api, listing: OrderList) -> Orders:
    """The orders of this run."""
    return Orders(api, listing)


@pytest.fixture(scope="session")
def patient_order(account: Account, orders: Orders) -> PlacedOrder:
    """One order for a patient, placed once and used by many tests."""
    return orders.place(account.patient_order(), blocked_by="ASSOC-01")


@pytest.fixture(scope="session")
def site_order(account: Account, orders: Orders) -> PlacedOrder:
    """One order for a site, placed once and used by many tests."""
    return orders.place(account.site_order(), blocked_by="ASSOC-02")


@pytest.fixture(scope="session")
def plain_orders(account: Account, request: pytest.FixtureRequest) -> list[PlacedOrder]:
    """The order for a patient and, where a site is known, the one for a site."""
    names = ["patient_order"] if account.knows(Kind.PATIENT) else []
    names += ["site_order"] if account.knows(Kind.SITE) else []
    if not names:
        raise CantTell("no patient and no site is known; add them to the target file")
    return [request.getfixturevalue(name) for name in names]
