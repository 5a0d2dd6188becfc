"""Bodies, values and headers that a server does not expect (PROTO-03, PROTO-09)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from strategies.lawful import lawful_orders

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hypothesis.strategies import SearchStrategy

    from strategies.ids import Ids
    from strategies.lawful import Order

Place = tuple[str | int, ...]

NOT_JSON = {
    "cut off": lambda text: text[:-1],
    "with a comma too many": lambda text: text[:-1] + ",}",
    "without its first quote": lambda text: text.replace('"', "", 1),
    "with two commas": lambda text: text.replace(",", ",,", 1),
    "without a colon": lambda text: text.replace(":", " ", 1),
    "without a comma": lambda text: text.replace(",", " ", 1),
    "closed by the wrong bracket": lambda text: text[:-1] + "]",
}
"""Ways to change the text of an order so that it is no longer JSON."""

WRAPPED: Final[dict[str, Callable[[Order], Any]]] = {
    "in a list": lambda order: [order],
    "twice in a list": lambda order: [order, order],
    "in a text": json.dumps,
}
"""Lawful orders inside of something that is not an object."""


def json_values() -> SearchStrategy[Any]:
    """Draw any small JSON value."""
    scalars = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(max_size=20),
    )
    return st.recursive(
        scalars,
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3)
        ),
        max_leaves=6,
    )


def non_objects() -> SearchStrategy[Any]:
    """Draw JSON values that are not objects."""
    return json_values().filter(lambda value: not isinstance(value, dict))


def spoilt_orders(ids: Ids) -> SearchStrategy[Order]:
    """Draw lawful orders in which one value, at any depth, is replaced by any JSON value."""
    return st.builds(_replaced, lawful_orders(ids), st.integers(0, 1000), json_values())


def headers() -> SearchStrategy[tuple[str, str]]:
    """Draw a header that any client may send, with any visible value."""
    names = ["Accept", "Accept-Language", "Cookie", "If-None-Match", "If-Modified-Since", "Prefer"]
    names += ["Range", "Referer", "X-Request-Id", "X-Forwarded-For", "Authorization", "User-Agent"]
    names += ["Origin", "Traceparent", "Baggage", "Forwarded", "If-Unmodified-Since"]
    visible = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1)
    return st.tuples(st.sampled_from(names), visible)


def _replaced(order: Order, number: int, value: Any) -> Order:
    places = list(_places(order))
    place = places[number % len(places)]
    copy: Any = json.loads(json.dumps(order))
    inside = copy
    for step in place[:-1]:
        inside = inside[step]
    inside[place[-1]] = value
    result: Order = copy
    return result


def _places(value: Any, path: Place = ()) -> Iterator[Place]:
    children: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        children = list(value.items())
    elif isinstance(value, list):
        children = list(enumerate(value))
    for step, child in children:
        yield (*path, step)
        yield from _places(child, (*path, step))
