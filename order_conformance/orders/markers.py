"""Markers: external ids by which a run recognises its own orders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from order_conformance.core.json_values import NotJson, read_json

if TYPE_CHECKING:
    from order_conformance.http.exchange import Exchange

MARKER_PREFIX = "conf-"


def markers_of(order: Any) -> list[Any]:
    """Return the external ids of an order; empty if it does not have a list of them."""
    markers = order.get("externalOrderIds") if isinstance(order, dict) else None
    return markers if isinstance(markers, list) else []


def sent_markers(exchange: Exchange) -> list[Any]:
    """Return the external ids that a create was sent with; empty if it did not send an order."""
    try:
        return markers_of(read_json(exchange.request.body or b""))
    except NotJson:
        return []


def is_ours(marker: Any) -> bool:
    """Return whether an external id is a marker of this suite."""
    return isinstance(marker, str) and marker.startswith(MARKER_PREFIX)
