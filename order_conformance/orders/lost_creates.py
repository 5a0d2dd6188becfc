"""Creates that got lost on the way: repeated only when the list proves that none was stored.

A lost connection leaves open whether the order exists. Every order of a run carries a
marker, so the list can tell, if it shows new orders at one of its ends.
"""

from __future__ import annotations

import math
from enum import Enum
from typing import TYPE_CHECKING, Any

from order_conformance.core.outcomes import CantTell
from order_conformance.core.statuses import OK, REFUSAL
from order_conformance.orders.markers import is_ours
from order_conformance.orders.page import Page, paging_problem, read_page

if TYPE_CHECKING:
    from order_conformance.http.client import NoResponse
    from order_conformance.http.exchange import Exchange, Request
    from order_conformance.orders.client import OrderClient

MOST_REPETITIONS = 3
SETTLING = 0.25
"""Seconds that a request whose client is gone is given to come to its end at the server."""

LARGE_SIZE = 100


class Fate(Enum):
    """What the list says of a create; an order's id is told beside it."""

    STORED = "stored"
    NOT_STORED = "not stored"
    UNKNOWN = "unknown"


def send_again(
    api: OrderClient, request: Request, markers: list[Any], failure: NoResponse, newest: Any
) -> tuple[Exchange | CantTell, Any]:
    """Send a lost create again if that is safe.

    Args:
        api: reads the list.
        request: the create.
        markers: the external ids that it carries.
        failure: why there was no response.
        newest: the id of the order that the run created last; None if there is none.

    Returns:
        Its exchange, or why there is none; and the id of the order if the list shows it.
    """
    marker = next((m for m in markers if is_ours(m)), None)
    lost = CantTell(f"{failure.reason}; nobody knows whether the order was stored")
    for _ in range(MOST_REPETITIONS if marker else 0):
        fate, order_id = look_for(api, marker, newest)
        if fate is not Fate.NOT_STORED:
            return lost, order_id
        result = api.client.send_together([request])[0]
        if isinstance(result, CantTell):
            if getattr(result, "may_have_acted", False):
                continue
            return result, None
        # A refusal may be one of what the first attempt had stored after all: a server may
        # demand that external ids are unique.
        if result.status in REFUSAL and look_for(api, marker, newest)[0] is not Fate.NOT_STORED:
            return lost, None
        return result, None
    return lost, None


def look_for(api: OrderClient, marker: Any, newest: Any) -> tuple[Fate, Any]:
    """Look at both ends of the list for an order that carries the marker."""
    api.client.wait(SETTLING)
    try:
        pages, whole = _both_ends(api)
    except CantTell:
        return Fate.UNKNOWN, None
    for entry in (entry for page in pages for entry in page.content):
        if _carries(entry, marker):
            return Fate.STORED, entry.get("id")
    shows_newest = newest is not None and any(newest in page.ids for page in pages)
    # A list that lacks the order before this one lags behind, or shows new ones elsewhere.
    is_proof = shows_newest or (whole and newest is None)
    return (Fate.NOT_STORED if is_proof else Fate.UNKNOWN), None


def _both_ends(api: OrderClient) -> tuple[list[Page], bool]:
    exchange = api.list_orders(size=LARGE_SIZE)
    if exchange.status != OK or paging_problem(exchange.json):
        return [], False
    first = read_page(exchange)
    pages = math.ceil(first.total / max(1, first.size))
    if pages <= 1:
        return [first], True
    exchange = api.list_orders(page=first.page + pages - 1, size=LARGE_SIZE)
    if exchange.status != OK or paging_problem(exchange.json):
        return [first], False
    return [first, read_page(exchange)], False


def _carries(entry: Any, marker: str) -> bool:
    ids = entry.get("externalOrderIds") if isinstance(entry, dict) else None
    return isinstance(ids, list) and marker in ids
