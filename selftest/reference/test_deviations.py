"""Each deviation has an effect, which an independent probe can observe."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from reference.deviations import all_faults, all_twins
from reference.settings import Settings
from selftest.support.reference_client import KEY
from selftest.support.reference_probe import first_difference, record

if TYPE_CHECKING:
    from reference.deviations import Fault, Twin

ORDERS = {"many-orders": 620, "some-orders": 150, "empty-account": 0}
DEVIATIONS: dict[str, Fault | Twin] = {**all_faults(), **all_twins()}


def settings_for(needs: tuple[str, ...], **deviating: Any) -> Settings:
    """Return the settings of a server with the circumstances that a deviation needs."""
    orders = next((ORDERS[need] for need in needs if need in ORDERS), 7)
    key = None if "no-api-key" in needs else KEY
    return Settings(orders=orders, api_key=key, **deviating)


@cache
def conforming(needs: tuple[str, ...]) -> Any:
    """Return the responses of the conforming server in the same circumstances."""
    return record(settings_for(needs))


@pytest.mark.parametrize("name", DEVIATIONS)
def test_a_deviation_can_be_observed(name: str) -> None:
    """Some response differs from that of the conforming server."""
    deviation = DEVIATIONS[name]
    kind = "faults" if name in all_faults() else "twins"
    server = settings_for(deviation.needs, **{kind: (name,)})
    observed = first_difference(server, conforming(deviation.needs)) is not None
    assert observed, f"{name}: {deviation.summary}"


@pytest.mark.parametrize("needs", [(), ("empty-account",), ("many-orders",)])
def test_the_probe_reports_no_difference_without_a_deviation(needs: tuple[str, ...]) -> None:
    """The conforming server does not differ from itself, so a difference is meaningful."""
    told_apart_by = first_difference(settings_for(needs), conforming(needs))
    assert told_apart_by is None
