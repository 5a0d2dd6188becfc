"""Wrong and odd values: ids, counts, lists of external ids, numbers of lines."""

from __future__ import annotations

from typing import Any, Final

WRONG_TYPE_IDS: Final[dict[str, Any]] = {
    "boolean": True,
    "list": [],
    "object": {},
}
"""Ids that are not integers; none is made from an existing id."""

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
    16_777_217,
    2**31 - 1,
)
"""Around the limits of bytes, words and floats, and where thousands get a separator."""

COUNT_BEYOND_INT32: Final = 2**32 + 5
"""Truncated to 32 bits this is five; a double holds it exactly."""

UNSORTED_COUNTS: Final = (3, 1, 4, 2, 7, 5, 9, 6, 10, 8, 11)
"""They neither rise nor fall along the lines of an order."""

LINE_NUMBERS: Final = (6, 50, 2, 3, 4, 5, 20, 21)
LINE_NUMBERS_OF_KITS: Final = (6, 21)

MALFORMED_EXTERNAL_IDS: Final[dict[str, Any]] = {
    "text": "xyz_123_0",
    "a number": 5,
    "an object": {"id": "xyz_123_0"},
    "a list with a number": [5],
    "a list with null": [None],
    "a list with an object": [{}],
    "a list with a list": [["xyz_123_0"]],
}
