"""Path segments that do not name an order (FETCH-04)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from hypothesis import strategies as st

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

NO_ORDER_IDS: Final[dict[str, str]] = {
    "letters": "abc",
    "negative": "-1",
    "zero": "0",
    "2^63": "9223372036854775808",
    "fraction": "1.5",
    "exponent": "1e400",
    "quote": "1%27",
    "statement": "1%20OR%201=1",
    "U+0000": "%00",
    "line break": "1%0A2",
    "encoded slash": "1%2F2",
    "not UTF-8": "%ff%fe",
    "other digits": "%D9%A1%D9%A2%D9%A3",
    "UUID": "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
    "2000 characters": "a" * 2000,
    "4400 digits": "9" * 4400,
}
"""Raw path segments that are not the id of an order, however they are decoded."""

NEARLY_AN_ID: Final[dict[str, str]] = {
    "an id with letters behind": "{id}abc",
    "an id and a half": "{id}.5",
    "an id with a sign": "-{id}",
    "an id with a quote behind": "{id}%27",
    "two ids": "{id},{id}",
    "an id and a condition": "{id}%20OR%201=1",
    "an id that overflows 64 bits": "{beyond_int64}",
}
"""Made from an existing id: a server that reads only its start would find that order."""

_FIRST = "abcxyzÄß漢"
_REST = _FIRST + "0123456789-_~!$&'()*,:@=+ \"<>%|^`{}[]#?\x00\x7f\n"


def nearly(kind: str, order_id: int) -> str:
    """Return a raw path segment of ``NEARLY_AN_ID`` for an existing id."""
    return NEARLY_AN_ID[kind].format(id=order_id, beyond_int64=order_id + 2**64)


def no_order_ids(order_id: int) -> SearchStrategy[str]:
    """Draw raw path segments that are not the id of an order; some are made from an existing id."""
    text = st.builds(str.__add__, st.sampled_from(_FIRST), st.text(_REST, max_size=30))
    made = st.sampled_from(sorted(NEARLY_AN_ID)).map(lambda kind: nearly(kind, order_id))
    huge = st.integers(2**63, 10**40).map(str)
    return text.map(lambda drawn: quote(drawn, safe="")) | made | huge
