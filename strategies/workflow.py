"""Orders for sequences of requests: lawful ones, and ones that must be refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from strategies.broken import for_neither_patient_nor_site, with_unknown_line, without_content
from strategies.lawful import associations, joined, lines

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from strategies.ids import Ids

LISTS = {"item": "orderItems", "kit": "orderKits"}


def orders(ids: Ids) -> SearchStrategy[dict[str, Any]]:
    """Draw an order for a patient or a site, of items, kits or both; an id may come twice."""
    lists = {LISTS[kind]: lines(ids, kind) for kind in ids.among("item", "kit")}
    alone = [st.fixed_dictionaries({name: drawn}) for name, drawn in lists.items()]
    content = st.one_of(*alone, st.fixed_dictionaries(lists))
    option = st.sampled_from([{}, {"shippingOption": "standard"}])
    return st.builds(joined, associations(ids), content, option)


def broken_orders(ids: Ids) -> SearchStrategy[dict[str, Any]]:
    """Draw an order that has to be refused, for a reason that a server finds early or late."""
    unknown = [with_unknown_line(ids, kind) for kind in ids.among("item", "kit")]
    return st.one_of(for_neither_patient_nor_site(ids), without_content(ids), *unknown)
