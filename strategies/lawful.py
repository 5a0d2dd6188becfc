"""Orders that the guide allows (guide, Required Attributes), drawn from what exists.

They have no external ids: a run adds its own marker.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from strategies.ids import Ids, Kind

Order = dict[str, Any]
Line = dict[str, Any]

LISTS: dict[str, Kind] = {"orderItems": "item", "orderKits": "kit"}
FEW_LINES = 3
LENGTHS = (1, 2, 3, 5, 8, 13, 21, 34, 50)
MANY_LINES = 50
PLAIN_COUNTS = st.integers(1, 10)
ODD_COUNTS = st.one_of(
    st.integers(1, 300), st.sampled_from([2**n + d for n in (8, 15, 16, 24) for d in (-1, 0, 1)])
)
"""Counts around the limits of bytes and words; a server may refuse a large one."""


def associations(ids: Ids) -> SearchStrategy[Order]:
    """Draw the patient or site that an order is for."""
    return st.one_of(
        [under(kind, under("id", ids.of(kind))) for kind in ids.among("patient", "site")]
    )


def lines(
    ids: Ids,
    kind: Kind,
    *,
    counts: SearchStrategy[int] = PLAIN_COUNTS,
    most: int = FEW_LINES,
) -> SearchStrategy[list[Line]]:
    """Draw a list of items or kits with at least one line; an id may come twice."""
    one = st.builds(lambda i, count: line(kind, i, count), ids.of(kind), counts)
    # The length is drawn separately: lists that grow line by line hardly ever get long.
    lengths = st.sampled_from([n for n in LENGTHS if n <= most])
    return lengths.flatmap(lambda n: st.lists(one, min_size=n, max_size=n))


def different_lines(ids: Ids, kind: Kind) -> SearchStrategy[list[Line]]:
    """Draw a list of items or kits in which no id comes twice."""
    return st.lists(ids.of(kind), min_size=1, max_size=FEW_LINES, unique=True).flatmap(
        lambda chosen: st.tuples(
            *(st.builds(line, st.just(kind), st.just(i), PLAIN_COUNTS) for i in chosen)
        ).map(list)
    )


def contents(ids: Ids) -> SearchStrategy[Order]:
    """Draw the content of an order: items, kits or both, a few of each and no id twice."""
    known = ids.among("item", "kit")
    return st.one_of(*(few(ids, kind) for kind in known), few(ids, *known))


def few(ids: Ids, *kinds: Kind) -> SearchStrategy[Order]:
    """Draw a few lines of each of these kinds, no id twice."""
    lists = {n: different_lines(ids, kind) for n, kind in LISTS.items() if kind in kinds}
    return st.fixed_dictionaries(lists)


def long_contents(ids: Ids) -> SearchStrategy[Order]:
    """Draw the content of an order: up to fifty lines with odd counts; ids may come twice."""
    lists = {
        name: lines(ids, kind, counts=ODD_COUNTS, most=MANY_LINES)
        for name, kind in LISTS.items()
        if kind in ids.known
    }
    alone = [st.fixed_dictionaries({name: drawn}) for name, drawn in lists.items()]
    return st.one_of(*alone, st.fixed_dictionaries(lists))


def lawful_orders(ids: Ids, *kinds: Kind) -> SearchStrategy[Order]:
    """Draw a small order that every conforming server accepts; of these kinds, or of any."""
    content = few(ids, *kinds) if kinds else contents(ids)
    return st.builds(joined, associations(ids), content)


def long_orders(ids: Ids) -> SearchStrategy[Order]:
    """Draw a lawful order that a server may refuse because it is too long."""
    return st.builds(joined, associations(ids), long_contents(ids))


def line(kind: Kind, thing_id: Any, count: Any) -> Line:
    """Return one line of an order."""
    return {kind: {"id": thing_id}, "count": count}


def under(name: str, drawn: SearchStrategy[Any]) -> SearchStrategy[Order]:
    """Draw an object with one property of that name."""
    return drawn.map(lambda value: {name: value})


def joined(*parts: Order) -> Order:
    """Return one object with the properties of all."""
    return {name: value for part in parts for name, value in part.items()}
