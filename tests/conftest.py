"""The order of a run, and what its strategies draw from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import pytest

from order_conformance.core.kinds import Kind
from order_conformance.core.outcomes import CantTell
from order_conformance.judging.assertions import assert_refused
from strategies.ids import KINDS, Ids

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from order_conformance.judging.property_testing import PropertyTester
    from order_conformance.orders.creates import Api
    from order_conformance.orders.factory import Account

RUN_ORDER = (
    "test_listing",
    "test_pagination",
    "test_association",
    "test_references",
    "test_content",
    "test_entries",
    "test_counts",
    "test_external_ids",
    "test_shipping",
    "test_identity",
    "test_fetching",
    "test_shapes",
    "test_protocol",
    "test_methods",
    "test_errors",
    "test_robustness",
    "test_authentication",
    "test_storage",
    "test_lasting",
    "test_contract",
    "test_workflow",
    "test_reading_again",
    "test_every_response",
)
"""The list while it is short, then area by area, then what must last, then the passive checks.

The list is read again after the run has created its last order.
"""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort the test modules; the tests of a module keep their order."""
    places = {name: place for place, name in enumerate(RUN_ORDER)}
    before_storage = places["test_storage"] - 0.5
    items.sort(key=lambda item: places.get(item.path.stem, before_storage))


@pytest.fixture
def requirement_id(request: pytest.FixtureRequest) -> str:
    """The requirement that the running test judges, read off its mark."""
    mark = request.node.get_closest_marker("requirement")
    return str(mark.args[0])


@pytest.fixture(scope="session")
def ids(account: Account) -> Ids:
    """The ids that strategies draw from."""
    ids = Ids(
        known=frozenset(kind for kind in KINDS if account.knows(Kind(kind))),
        existing=lambda kind: account.existing(Kind(kind)),
        unknown={kind: account.unknown(kind) for kind in KINDS},
    )
    if not (ids.among("patient", "site") and ids.among("item", "kit")):
        raise CantTell(
            "too little exists to order: add a patient or site, and an item or kit, to [existing]"
        )
    return ids


class AllRefused(Protocol):
    """Judges that every order that a strategy draws is refused."""

    def __call__(self, orders: SearchStrategy[dict[str, Any]], *, because: str) -> None:
        """Raise NonConformance for the smallest order that is not refused."""


@pytest.fixture(scope="session")
def assert_all_refused(api: Api, account: Account, explore: PropertyTester) -> AllRefused:
    """Create the orders that a strategy draws, each with a marker of the run, and judge them."""

    def judge(orders: SearchStrategy[dict[str, Any]], *, because: str) -> None:
        explore(
            orders,
            lambda order: assert_refused(api.create(account.marked(order)), because=because),
        )

    return judge
