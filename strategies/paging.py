"""Invalid and unknown query parameters of the list (LIST-12, LIST-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from hypothesis import strategies as st

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

INVALID_PAGING: Final[dict[str, str]] = {
    "negative page": "{page}=-1",
    "negative size": "{size}=-1",
    "size zero": "{size}=0",
    "text as page": "{page}=abc",
    "text as size": "{size}=abc",
    "empty page": "{page}=",
    "huge page": "{page}=99999999999999999999",
    "huge size": "{size}=99999999999999999999",
    "page 2^63 - 1": "{page}=9223372036854775807&{size}=10",
    "fraction as page": "{page}=0.5",
    "fraction as size": "{size}=1.5",
    "page twice": "{page}=1&{page}=0",
    "size twice": "{size}=1&{size}=2",
    "U+0000 as page": "{page}=%00",
    "no value": "{page}&{size}",
}
"""Queries with invalid paging parameters; their names are filled in."""

_WORDS = "abcdefghijklmnopqrstuvwxyz"


def invalid_queries(page_name: str, size_name: str) -> SearchStrategy[str]:
    """Draw queries with a page or a size that no list can have."""
    value = st.one_of(
        st.integers(-(2**70), -1).map(str),
        st.integers(2**31, 2**70).map(str),
        st.text(min_size=1, max_size=12).filter(lambda text: not text.strip().isnumeric()),
        st.sampled_from(["", "1e3", "0x10", "1.0", "NaN", "Infinity", "null", "1;2", "1,2", "٣"]),
    )
    name = st.sampled_from([page_name, size_name])
    return st.builds(_pair, name, value)


def unknown_queries() -> SearchStrategy[str]:
    """Draw queries with parameters that are not documented."""
    name = st.text(_WORDS, min_size=3, max_size=12).map("x-{}".format)
    return st.lists(st.builds(_pair, name, st.text(max_size=20)), min_size=1, max_size=3).map(
        "&".join
    )


def _pair(name: str, value: str) -> str:
    return f"{quote(name)}={quote(value, safe='', errors='surrogatepass')}"
