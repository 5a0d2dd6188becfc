"""Content codings, decoded within a limit."""

from __future__ import annotations

import gzip

import pytest

from order_conformance.http.decoding import BodyReader, BrokenCoding, TooLarge


def test_a_body_is_decoded_within_its_limit() -> None:
    """Plain, or gzip in two members; a body that is too large is not expanded to its end."""
    for chunks in ([b"abc", b"def"], [gzip.compress(b"abc") + gzip.compress(b"def")]):
        reader = BodyReader("gzip" if len(chunks) == 1 else "", 6)
        for chunk in chunks:
            reader.feed(chunk)
        assert reader.finish() == b"abcdef"
    bomb = BodyReader("GZip", 1000)
    with pytest.raises(TooLarge):
        bomb.feed(gzip.compress(bytes(100_000_000)))
    assert len(bomb._body) == 1001


def test_a_broken_coding_is_reported() -> None:
    """Half a gzip file, and bytes that are not gzip."""
    half = BodyReader("gzip", 1000)
    half.feed(gzip.compress(b"abcdef" * 9)[:15])
    with pytest.raises(BrokenCoding):
        half.finish()
    with pytest.raises(BrokenCoding):
        BodyReader("gzip", 1000).feed(b"{}")
