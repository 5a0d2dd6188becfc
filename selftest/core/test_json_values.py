"""JSON is read strictly, and everything that is JSON is read."""

from __future__ import annotations

import pytest

from order_conformance.core.json_values import NotJson, read_json


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        (b"\xff", "UTF-8"),
        (b"{} {}", "Extra data"),
        (b"[NaN]", "NaN"),
        (b"[" * 100_000 + b"]" * 100_000, "deep"),
        (b'{"a":' * 201 + b"1" + b"}" * 201, "200 levels"),
    ],
)
def test_a_body_that_is_not_json_is_reported_with_the_reason(body: bytes, reason: str) -> None:
    """By RFC 8259, or because no client could read it."""
    with pytest.raises(NotJson, match=reason):
        read_json(body)


def test_unusual_json_is_read() -> None:
    """Huge numbers, repeated names, NUL, lone surrogates, 200 levels, many short lists."""
    assert read_json(b"9" * 5000) == float("inf")
    assert read_json(b'{"a": 1, "a": 2}') == {"a": 2}
    assert read_json(rb'"\u0000\ud800"') == "\0\ud800"
    assert read_json(b"[" * 200 + b"]" * 200)
    assert len(read_json(b"[" + b"[]," * 5000 + b"[]]")) == 5001
