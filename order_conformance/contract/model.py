"""An order as it was accepted, against an order as the server shows it."""

from __future__ import annotations

from typing import Any

from order_conformance.orders import association_id, external_ids, short, thing_of, totals


def departure(sent: dict[str, Any], shown: dict[str, Any]) -> str:
    """Say where a shown order departs from the one that was sent; empty if it does not.

    Only what every lawful server keeps: lines may be merged, external ids sorted, and what was
    left out is the server's to fill in.
    """
    for kind in ("patient", "site"):
        if kind in sent and association_id(shown, kind) != sent[kind]["id"]:
            return _told(kind, sent[kind]["id"], association_id(shown, kind))
    for name, kind in (("orderItems", "item"), ("orderKits", "kit")):
        lines = sent.get(name, [])
        theirs = totals(shown, kind)
        wanted = {line[kind]["id"] for line in lines}
        found = set(map(thing_of, theirs))
        if wanted != found:
            return _told(name, sorted(wanted), sorted(found, key=str))
        if all("count" in line for line in lines) and totals(sent, kind) != theirs:
            return _told(name, totals(sent, kind), theirs)
    ours, theirs_too = external_ids(sent), external_ids(shown)
    if {*map(repr, ours)} != {*map(repr, theirs_too)}:
        return _told("externalOrderIds", ours, theirs_too)
    option = sent.get("shippingOption")
    if option is not None and shown.get("shippingOption") != option:
        return _told("shippingOption", option, shown.get("shippingOption"))
    return ""


def _told(name: str, ours: Any, theirs: Any) -> str:
    return f"`{name}` was sent as {short(ours)} and is shown as {short(theirs)}"
