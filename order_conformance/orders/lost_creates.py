"""Creates without a response: sent again only if the list proves that no order was stored.

After a lost connection it is unknown whether the order exists. Every order of a run carries a
marker, so the list shows it, provided that new orders appear at one of its ends.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

from order_conformance.core.outcomes import CantTell
from order_conformance.core.statuses import REFUSAL
from order_conformance.http.client import NoResponse
from order_conformance.orders.list_ends import LARGE_SIZE, last_index, read_ends
from order_conformance.orders.markers import is_ours
from order_conformance.orders.page import is_no_page, read_page

if TYPE_CHECKING:
    from order_conformance.http.exchange import Exchange, Request
    from order_conformance.orders.client import OrderClient

MOST_REPETITIONS = 3
SETTLING = 0.25
"""Seconds in which the server may still finish a request whose connection was lost."""


class Fate(Enum):
    """What the list shows about a create."""

    STORED = "stored"
    NOT_STORED = "not stored"
    UNKNOWN = "unknown"


def send_again(
    api: OrderClient, request: Request, markers: list[Any], failure: NoResponse, newest: Any
) -> tuple[Exchange | CantTell, Any]:
    """Send a lost create again, if that is safe.

    Args:
        api: reads the list.
        request: the create.
        markers: the external ids that it carries.
        failure: why there was no response.
        newest: the id of the order that the run created last; None if there is none.

    Returns:
        The exchange, or why there is none; and the id of the order if the list shows it.
    """
    marker = next((m for m in markers if is_ours(m)), None)
    lost = CantTell(f"{failure.reason}; it is unknown whether the order was stored")
    for _ in range(MOST_REPETITIONS if marker else 0):
        fate, order_id = look_for(api, marker, newest)
        if fate is not Fate.NOT_STORED:
            return lost, order_id
        result = api.client.send_together([request])[0]
        if isinstance(result, CantTell):
            if isinstance(result, NoResponse) and result.may_have_acted:
                continue
            return result, None
        # The refusal may be due to an order that the first attempt stored after all: a server
        # may require unique external ids.
        if result.status in REFUSAL and look_for(api, marker, newest)[0] is not Fate.NOT_STORED:
            return lost, None
        return result, None
    return lost, None


def look_for(api: OrderClient, marker: Any, newest: Any) -> tuple[Fate, Any]:
    """Look for an order with this marker at both ends of the list; return its id if it is there."""
    api.client.wait(SETTLING)
    try:
        ends = list(read_ends(api, LARGE_SIZE))
    except CantTell:
        return Fate.UNKNOWN, None
    pages = [read_page(exchange) for exchange in ends if not is_no_page(exchange)]
    for entry in (entry for page in pages for entry in page.content):
        if _carries(entry, marker):
            return Fate.STORED, entry.get("id")
    shows_newest = newest is not None and any(newest in page.ids for page in pages)
    # A list without the order before this one lags behind, or shows new orders elsewhere.
    is_whole = bool(pages) and last_index(pages[0]) == 0
    is_proof = shows_newest or (is_whole and newest is None)
    return (Fate.NOT_STORED if is_proof else Fate.UNKNOWN), None


def _carries(entry: Any, marker: str) -> bool:
    ids = entry.get("externalOrderIds") if isinstance(entry, dict) else None
    return isinstance(ids, list) and marker in ids
