"""The guide's rules for an order, written independently of the suite and the server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EXISTING = {
    "patient": (1234, 1235, 77),
    "site": (10, 11),
    "item": (1000, 1001, 1002),
    "kit": (2000, 2001),
}
LISTS = {"orderItems": "item", "orderKits": "kit"}


def broken_rules(order: dict[str, Any]) -> set[str]:
    """Return the requirements to refuse an order."""
    return {name for name, is_broken in RULES.items() if is_broken(order)}


def is_integer(value: Any) -> bool:
    """Whether a value is an integer in JSON."""
    return isinstance(value, int) and not isinstance(value, bool)


def given(order: dict[str, Any], kind: str) -> bool:
    """Return whether an order names a patient or a site in any way."""
    return order.get(kind) is not None


def entries(order: dict[str, Any], kind: str) -> Iterator[dict[str, Any]]:
    """Yield the entries that are objects of a list of an order."""
    name = next(name for name, of in LISTS.items() if of == kind)
    content = order.get(name)
    for entry in content if isinstance(content, list) else ():
        if isinstance(entry, dict):
            yield entry


def ids_of_lines(order: dict[str, Any], kind: str) -> Iterator[Any]:
    """Yield the id of each entry; None where it has none."""
    for entry in entries(order, kind):
        thing = entry.get(kind)
        yield thing.get("id") if isinstance(thing, dict) else thing


def no_list_of_objects(order: dict[str, Any]) -> bool:
    """Return whether any given content is not a list of objects."""
    contents = [order[name] for name in LISTS if order.get(name) is not None]
    return any(
        not isinstance(c, list) or not all(isinstance(entry, dict) for entry in c) for c in contents
    )


def wrong_type(order: dict[str, Any]) -> bool:
    """Return whether an id is not an integer, or a patient or site is a scalar."""
    parties = [order[kind] for kind in ("patient", "site") if given(order, kind)]
    found = [p.get("id") if isinstance(p, dict) else str(p) for p in parties]
    found += [i for kind in LISTS.values() for i in ids_of_lines(order, kind)]
    return any(i is not None and not is_integer(i) for i in found)


def wrong_count(order: dict[str, Any]) -> bool:
    """Return whether a count is given that is not a positive integer."""
    counts = [e["count"] for kind in LISTS.values() for e in entries(order, kind) if "count" in e]
    return any(not is_integer(count) or count < 1 for count in counts)


def unknown_party(order: dict[str, Any], kind: str) -> bool:
    """Return whether a patient or site has an integer id that does not exist."""
    party = order.get(kind)
    party_id = party.get("id") if isinstance(party, dict) else None
    return is_integer(party_id) and party_id not in EXISTING[kind]


def party_without_id(order: dict[str, Any]) -> bool:
    """Return whether a patient or site is an object without an id."""
    parties = [order.get(kind) for kind in ("patient", "site")]
    return any(isinstance(party, dict) and party.get("id") is None for party in parties)


def no_external_ids(order: dict[str, Any]) -> bool:
    """Return whether the external ids are not a list of strings."""
    ids = order.get("externalOrderIds", [])
    return not isinstance(ids, list) or not all(isinstance(i, str) for i in ids)


RULES: dict[str, Callable[[dict[str, Any]], bool]] = {
    "ASSOC-03": lambda order: given(order, "patient") and given(order, "site"),
    "ASSOC-04": lambda order: not given(order, "patient") and not given(order, "site"),
    "ASSOC-06": lambda order: unknown_party(order, "patient"),
    "ASSOC-07": lambda order: unknown_party(order, "site"),
    "ASSOC-08": party_without_id,
    "ASSOC-12": wrong_type,
    "CONTENT-04": lambda order: all(order.get(name) in (None, []) for name in LISTS),
    "CONTENT-05": lambda order: None in ids_of_lines(order, "item"),
    "CONTENT-06": lambda order: None in ids_of_lines(order, "kit"),
    "CONTENT-07": no_list_of_objects,
    "CONTENT-08": lambda order: any(
        is_integer(i) and i not in EXISTING["item"] for i in ids_of_lines(order, "item")
    ),
    "CONTENT-09": lambda order: any(
        is_integer(i) and i not in EXISTING["kit"] for i in ids_of_lines(order, "kit")
    ),
    "CONTENT-11": wrong_count,
    "EXT-05": no_external_ids,
}
