"""Content codings, decoded within a limit.

Written here because httpx decodes without a limit: a few kilobytes of gzip can expand to
gigabytes.
"""

from __future__ import annotations

import zlib

GZIP_OR_ZLIB = 47
"""zlib's window bits for data with a gzip header or a zlib header."""

KNOWN_CODINGS = frozenset({"gzip", "x-gzip", "deflate"})


class TooLarge(Exception):
    """The decoded body is over the limit."""


class BrokenCoding(Exception):
    """The body is not in the coding that Content-Encoding names."""


class BodyReader:
    """Collects a body chunk by chunk and decodes it, never beyond a limit.

    A coding that was not asked for is left as it is: the tests then judge the body as received.
    """

    def __init__(self, content_encoding: str, limit: int) -> None:
        """Read the Content-Encoding; the body follows with ``feed``."""
        self._coded = content_encoding.strip().lower() in KNOWN_CODINGS
        self._limit = limit
        self._decoder = zlib.decompressobj(GZIP_OR_ZLIB)
        self._body = bytearray()
        self._began = False

    def feed(self, chunk: bytes) -> None:
        """Add the next bytes of the response.

        Raises:
            TooLarge: the decoded body is over the limit.
            BrokenCoding: the bytes are not in that coding.
        """
        if not self._coded:
            self._body += chunk
        while self._coded and chunk:
            self._began = True
            if self._decoder.eof:  # a gzip file may have several members
                self._decoder = zlib.decompressobj(GZIP_OR_ZLIB)
            try:
                # One byte beyond the limit is enough to see that the body is too large.
                self._body += self._decoder.decompress(
                    chunk, self._limit + 1 - min(len(self._body), self._limit)
                )
            except zlib.error as problem:
                raise BrokenCoding(str(problem)) from None
            if len(self._body) > self._limit:
                break
            chunk = self._decoder.unused_data
        if len(self._body) > self._limit:
            raise TooLarge

    def finish(self) -> bytes:
        """Return the whole body.

        Raises:
            BrokenCoding: the coded bytes are incomplete.
        """
        if self._began and not self._decoder.eof:
            raise BrokenCoding("it is incomplete")
        return bytes(self._body)
