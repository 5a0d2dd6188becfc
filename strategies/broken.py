"""Orders that break exactly one rule of the guide; each strategy names the rule.

Everything else about them is lawful, so that nothing else can be the reason of a refusal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from strategies.lawful import (
    LISTS,
    associations,
    contents,
    joined,
    lawful_orders,
    line,
    lines,
    under,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

    from strategies.ids import Ids, Kind
    from strategies.lawful import Order

LONG_ENOUGH = 6
"""Lines before or after the broken one: servers often check only the first."""

SCALARS = st.sampled_from([True, False, 0, 1, "", "text", 1.5])


def for_patient_and_site(ids: Ids) -> SearchStrategy[Order]:
    """ASSOC-03: both associations, in either sequence."""
    both = st.fixed_dictionaries({kind: under("id", ids.of(kind)) for kind in ("patient", "site")})
    return _shuffled(st.builds(joined, both, contents(ids)))


def for_neither_patient_nor_site(ids: Ids) -> SearchStrategy[Order]:
    """ASSOC-04: no association, each absent or null."""
    neither = st.sampled_from(
        [{}, {"patient": None}, {"site": None}, {"patient": None, "site": None}]
    )
    return st.builds(joined, neither, contents(ids))


def for_unknown(ids: Ids, kind: Kind) -> SearchStrategy[Order]:
    """ASSOC-06 (patient), ASSOC-07 (site): an association that does not exist."""
    return st.builds(joined, under(kind, under("id", ids.none_of(kind))), contents(ids))


def for_patient_or_site_without_id(ids: Ids) -> SearchStrategy[Order]:
    """ASSOC-08: a patient or site without an id, or with null for it."""
    nameless = st.sampled_from([{}, {"id": None}])
    patient = st.builds(
        lambda party, more: {"patient": {**party, **more}},
        nameless,
        st.sampled_from([{}, {"sex": "unknown"}]),
    )
    site = under("site", nameless)
    return st.builds(joined, patient | site, contents(ids))


def for_id_of_wrong_type(ids: Ids) -> SearchStrategy[Order]:
    """ASSOC-12: an id of another JSON type, or a scalar in place of the patient or site."""
    parties = [
        st.builds(joined, under(kind, wrong), contents(ids))
        for kind in ids.among("patient", "site")
        for wrong in (under("id", _wrong_ids(ids, kind)), ids.of(kind))
    ]
    entries = [
        _with_line(ids, kind, st.builds(line, st.just(kind), _wrong_ids(ids, kind), st.just(1)))
        for kind in ids.among("item", "kit")
    ]
    return st.one_of(*parties, *entries)


def without_content(ids: Ids) -> SearchStrategy[Order]:
    """CONTENT-04: neither an item nor a kit, the lists absent, null or empty."""
    nothing: SearchStrategy[Any] = st.sampled_from([None, []])
    content = st.fixed_dictionaries({}, optional=dict.fromkeys(LISTS, nothing))
    return st.builds(joined, associations(ids), content)


def with_line_without_id(ids: Ids, kind: Kind) -> SearchStrategy[Order]:
    """CONTENT-05 (item), CONTENT-06 (kit): a line without an id, anywhere in the list."""
    nameless: list[Order] = [{}, {kind: None}, {kind: {}}, {kind: {"id": None}}]
    return _with_line(ids, kind, st.sampled_from([{**entry, "count": 1} for entry in nameless]))


def with_content_that_is_not_a_list(ids: Ids) -> SearchStrategy[Order]:
    """CONTENT-07: content that is not a list of objects, alone or next to a filled list."""
    drawn = []
    for name, kind in LISTS.items():
        if kind not in ids.known:
            continue
        others = [under(n, lines(ids, k)) for n, k in LISTS.items() if n != name and k in ids.known]
        other_list = st.one_of([st.just({}), *others])
        wrong = under(name, _non_lists(ids, kind))
        drawn.append(st.builds(joined, associations(ids), wrong, other_list))
    return st.one_of(drawn)


def with_unknown_line(ids: Ids, kind: Kind) -> SearchStrategy[Order]:
    """CONTENT-08 (item), CONTENT-09 (kit): a line whose id does not exist, anywhere in the list."""
    return _with_line(ids, kind, st.builds(line, st.just(kind), ids.none_of(kind), st.just(1)))


def with_wrong_count(ids: Ids) -> SearchStrategy[Order]:
    """CONTENT-11: a count that is zero, negative, a fraction or a string, anywhere."""
    wrong = st.one_of(
        st.just(0),
        st.integers(-(10**6), -1),
        st.integers(0, 50).map(lambda whole: whole + 0.5),
        st.sampled_from(["1", "ten", "", "0x10"]),
    )
    return st.one_of(
        [
            _with_line(ids, kind, st.builds(line, st.just(kind), ids.of(kind), wrong))
            for kind in ids.among("item", "kit")
        ]
    )


def with_malformed_external_ids(ids: Ids) -> SearchStrategy[Order]:
    """EXT-05: external ids that are not a list of strings."""
    no_text: SearchStrategy[Any] = st.sampled_from([None, 5, 1.5, True, {}, [], ["text"]])
    spoilt = st.tuples(st.lists(st.just("text"), max_size=2), no_text, st.booleans()).map(
        lambda drawn: [*drawn[0], drawn[1]] if drawn[2] else [drawn[1], *drawn[0]]
    )
    no_list = st.sampled_from(["xyz_123_0", "", 5, 0, True, False, {}, {"id": "xyz_123_0"}])
    return st.builds(
        lambda order, wrong: {**order, "externalOrderIds": wrong},
        lawful_orders(ids),
        no_list | spoilt,
    )


BREAKING: dict[str, Callable[[Ids], SearchStrategy[Order]]] = {
    "ASSOC-03": for_patient_and_site,
    "ASSOC-04": for_neither_patient_nor_site,
    "ASSOC-06": lambda ids: for_unknown(ids, "patient"),
    "ASSOC-07": lambda ids: for_unknown(ids, "site"),
    "ASSOC-08": for_patient_or_site_without_id,
    "ASSOC-12": for_id_of_wrong_type,
    "CONTENT-04": without_content,
    "CONTENT-05": lambda ids: with_line_without_id(ids, "item"),
    "CONTENT-06": lambda ids: with_line_without_id(ids, "kit"),
    "CONTENT-07": with_content_that_is_not_a_list,
    "CONTENT-08": lambda ids: with_unknown_line(ids, "item"),
    "CONTENT-09": lambda ids: with_unknown_line(ids, "kit"),
    "CONTENT-11": with_wrong_count,
    "EXT-05": with_malformed_external_ids,
}
"""The strategies by the requirement that such an order is refused."""


def _with_line(ids: Ids, kind: Kind, broken: SearchStrategy[Any]) -> SearchStrategy[Order]:
    """Draw a lawful order with one broken line of a kind, at any place."""
    name = next(name for name, of in LISTS.items() if of == kind)
    if kind in ids.known:
        good = st.lists(ids.of(kind).map(lambda i: line(kind, i, 1)), max_size=LONG_ENOUGH)
    else:
        good = st.just([])
    spoilt = st.builds(
        lambda before, entry, after: {name: [*before, entry, *after]},
        good,
        broken,
        good.map(lambda some: some[:2]),
    )
    others = [under(n, lines(ids, k)) for n, k in LISTS.items() if n != name and k in ids.known]
    return st.builds(joined, associations(ids), spoilt, st.one_of([st.just({}), *others]))


def _wrong_ids(ids: Ids, kind: Kind) -> SearchStrategy[Any]:
    """Draw ids of other JSON types, most of them made from an existing id."""
    existing = ids.of(kind)
    return st.one_of(
        existing.map(str),
        existing.map(lambda i: [i] if (i + 0.5).is_integer() else i + 0.5),
        existing.map(lambda i: [i]),
        existing.map(lambda i: {"id": i}),
        st.sampled_from([True, False, "", "text", [], {}]),
    )


def _non_lists(ids: Ids, kind: Kind) -> SearchStrategy[Any]:
    """Draw values that are not lists of objects, although what they name exists."""
    existing = ids.of(kind)
    return st.one_of(
        SCALARS,
        existing,
        existing.map(lambda i: line(kind, i, 1)),
        existing.map(lambda i: [i]),
        existing.map(lambda i: [line(kind, i, 1), i]),
        existing.map(lambda i: [[line(kind, i, 1)]]),
        existing.map(lambda i: [line(kind, i, 1), None]),
        st.just({}),
    )


def _shuffled(orders: SearchStrategy[Order]) -> SearchStrategy[Order]:
    """Draw the properties of an order in any sequence."""
    return orders.flatmap(lambda order: st.permutations(list(order.items())).map(dict))
