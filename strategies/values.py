"""Values of wrong or odd kinds: identifiers that are none, counts, lists that are none."""

from __future__ import annotations

from typing import Any, Final

WRONG_TYPE_IDS: Final[dict[str, Any]] = {
    "boolean": True,
    "fraction": 1.5,
    "list": [],
    "object": {},
}
"""Ids of another JSON type than integer. Digits as text depend on the id: see the test."""

WRONG_COUNTS: Final[dict[str, Any]] = {
    "zero": 0,
    "minus one": -1,
    "fraction": 1.5,
    "text": "ten",
    "digits as text": "10",
}

KEPT_COUNTS: Final = (
    *(1, 2, 9, 10, 99, 100, 127, 128, 255, 256, 257, 999, 1000, 1001),
    32_767,
    32_768,
    65_535,
    65_536,
    65_537,
    1_000_000,
)
"""Around the edges of bytes and words, and where thousands get a separator."""

LINE_NUMBERS: Final = (2, 3, 4, 5, 6, 20, 21, 50)
LINE_NUMBERS_OF_KITS: Final = (6, 21)

NO_LISTS: Final[dict[str, Any]] = {
    "an object": {"item": {"id": 1000}, "count": 1},
    "text": "1000",
    "a number": 1000,
    "a list of bare ids": [1000],
    "a list with null": [None],
    "a list of lists": [[]],
}
"""Values that are not a list of objects."""

NO_EXTERNAL_IDS: Final[dict[str, Any]] = {
    "text": "xyz_123_0",
    "a number": 5,
    "an object": {"id": "xyz_123_0"},
    "a list with a number": [5],
    "a list with null": [None],
    "a list with an object": [{}],
    "a list with a list": [["xyz_123_0"]],
}

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
    "space": "%20",
    "not UTF-8": "%ff%fe",
    "other digits": "%D9%A1%D9%A2%D9%A3",
    "UUID": "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
    "2000 characters": "a" * 2000,
}
"""Raw path segments that name no order, whatever they decode to."""

SENSELESS_PAGING: Final[dict[str, str]] = {
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
"""Queries whose paging parameters make no sense; the names are filled in."""
