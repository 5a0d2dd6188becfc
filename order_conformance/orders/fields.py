"""Fields of an order: as they were sent, compared with what the server shows."""

from __future__ import annotations

from typing import Any

from order_conformance.core.json_values import is_number
from order_conformance.core.mismatch import NO_MISMATCH, Mismatch, pointer
from order_conformance.core.text import short


def difference_from_sent(sent: dict[str, Any], shown: dict[str, Any]) -> Mismatch:
    """Return where a shown order differs from the one that was sent, if it does.

    Only what every conforming server keeps is compared: it may merge lines, sort external ids
    and fill in what was left out.
    """
    for kind in ("patient", "site"):
        if kind in sent and association_id(shown, kind) != sent[kind]["id"]:
            return _differs(kind, sent[kind]["id"], association_id(shown, kind))
    for name, kind in (("orderItems", "item"), ("orderKits", "kit")):
        lines = sent.get(name, [])
        theirs = totals(shown, kind)
        wanted = {line[kind]["id"] for line in lines}
        found = set(map(thing_of, theirs))
        if wanted != found:
            return _differs(name, sorted(wanted), sorted(found, key=str))
        if all("count" in line for line in lines) and totals(sent, kind) != theirs:
            return _differs(name, totals(sent, kind), theirs)
    ours, theirs_too = external_ids(sent), external_ids(shown)
    if {*map(repr, ours)} != {*map(repr, theirs_too)}:
        return _differs("externalOrderIds", ours, theirs_too)
    option = sent.get("shippingOption")
    if option is not None and shown.get("shippingOption") != option:
        return _differs("shippingOption", option, shown.get("shippingOption"))
    return NO_MISMATCH


def _differs(name: str, ours: Any, theirs: Any) -> Mismatch:
    words = f"`{name}` was sent as {short(ours)} and is shown as {short(theirs)}"
    return Mismatch(words, (pointer([name]),))


def association_id(order: dict[str, Any], kind: str) -> Any:
    """Return the id of an order's ``patient`` or ``site``; None when it shows none."""
    associated = order.get(kind)
    return associated.get("id") if isinstance(associated, dict) else None


def totals(order: dict[str, Any], kind: str) -> dict[Any, float]:
    """Return the total count of each item or kit id (``kind`` is ``item`` or ``kit``).

    Lines with the same id are added up: a server may merge them. A count that is not a number
    becomes a part of the key, and is counted once.
    """
    counted: dict[Any, float] = {}
    lines = order.get("orderItems" if kind == "item" else "orderKits")
    for line in lines if isinstance(lines, list) else ():
        thing = line.get(kind) if isinstance(line, dict) else None
        thing_id = thing.get("id") if isinstance(thing, dict) else None
        if isinstance(thing_id, str | int | float):
            count = line.get("count")
            key, number = (thing_id, count) if is_number(count) else ((thing_id, repr(count)), 1)
            counted[key] = counted.get(key, 0) + number
    return counted


def external_ids(order: dict[str, Any]) -> list[Any]:
    """Return the external ids that an order shows; an empty list if they are absent or null."""
    shown = order.get("externalOrderIds")
    if shown is None:
        return []
    return shown if isinstance(shown, list) else [shown]


def stable_fields(order: dict[str, Any]) -> dict[str, Any]:
    """Return the fields that must be the same whenever an order is read.

    The sequence and repetitions of external ids may differ: EXT-03 warns of that.
    """
    by_spelling = {repr(each): each for each in external_ids(order)}
    return {
        "id": order.get("id"),
        "externalOrderIds": [by_spelling[spelling] for spelling in sorted(by_spelling)],
        "patient": association_id(order, "patient"),
        "site": association_id(order, "site"),
        "orderItems": totals(order, "item"),
        "orderKits": totals(order, "kit"),
        "shippingOption": order.get("shippingOption"),
    }


def kept_fields(sent: dict[str, Any], shown: dict[str, Any]) -> set[str]:
    """Return the stable fields that an order shows as they were sent."""
    ours, theirs = stable_fields(sent), stable_fields(shown)
    return {name for name, value in ours.items() if name != "id" and value == theirs[name]}


def difference(
    one: dict[str, Any], other: dict[str, Any], *, sent: dict[str, Any] | None = None
) -> Mismatch:
    """Return the first stable field in which two views of an order differ, if they do.

    The server may choose, and change, a shipping option or a count that was not ``sent``.
    """
    ours, theirs = stable_fields(one), stable_fields(other)
    for name in ours:
        if name == "shippingOption" and sent is not None and name not in sent:
            continue
        free = _uncounted(sent, name)
        if _without_counts(ours[name], free) != _without_counts(theirs[name], free):
            value, other_value = short(ours[name]), short(theirs[name])
            words = f"`{name}` is first {value}, then {other_value}"
            return Mismatch(words, (pointer([name]),))
    return NO_MISMATCH


def _uncounted(sent: dict[str, Any] | None, name: str) -> set[Any]:
    """Return the ids of the lines that were sent without a count."""
    kind = {"orderItems": "item", "orderKits": "kit"}.get(name)
    if sent is None or kind is None or not isinstance(sent.get(name), list):
        return set()
    lines = [line for line in sent[name] if isinstance(line, dict) and line.get("count") is None]
    return {thing_of(key) for key in totals({name: lines}, kind)}


def _without_counts(value: Any, free: set[Any]) -> Any:
    """Return what ``totals`` counted, without the counts of some ids."""
    if not free:
        return value
    return {thing_of(key): None if thing_of(key) in free else count for key, count in value.items()}


def thing_of(key: Any) -> Any:
    """Return the id in a key of ``totals``; the count is in the key too if it is not a number."""
    return key[0] if isinstance(key, tuple) else key


def lacks_only(entry: dict[str, Any], whole: dict[str, Any]) -> bool:
    """Return whether a list entry is only incomplete, which LIST-13 judges."""
    ours, theirs = stable_fields(entry), stable_fields(whole)
    return all(not ours[name] or ours[name] == theirs[name] for name in ours)
