"""Creates that several tests of associations send."""

from __future__ import annotations

from typing import TYPE_CHECKING

from order_conformance.core.kinds import Kind
from order_conformance.core.statuses import SUCCESS

if TYPE_CHECKING:
    from typing import Any

    from order_conformance.http.exchange import Exchange
    from order_conformance.orders.creates import Api
    from order_conformance.orders.factory import Account


def create_with_any_content(api: Api, account: Account, order: dict[str, Any]) -> Exchange:
    """Create an order of items; if it is refused, create it with a kit instead.

    A server that refuses items does not break the rule about patients and sites.
    """
    exchange = api.create(order)
    can_hold_kits = account.knows(Kind.KIT) and "orderItems" in order
    if exchange.status in SUCCESS or not can_hold_kits:
        return exchange
    return api.create(account.with_kits_instead(order))


def rich_patient(account: Account) -> dict[str, Any]:
    """Return a patient as the guide's sample sends it: with the id and the sex."""
    return {"id": account.patient, "sex": "unknown"}
