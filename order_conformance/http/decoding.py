"""Content codings, undone within bounds: a few bytes may stand for very many."""

from __future__ import annotations

import zlib

GZIP_OR_ZLIB = 47
"""zlib's window bits for "either header, whichever comes"."""

KNOWN_CODINGS = frozenset({"gzip", "x-gzip", "deflate"})


class TooLarge(Exception):
    """The body is larger than it may be."""


class BrokenCoding(Exception):
    """The body is not what its Content-Encoding says."""


class BodyReader:
    """Collects a body chunk by chunk and undoes its content coding, never beyond a limit.

    A coding that nobody asked for is left as it is: the body then speaks for itself.
    """

    def __init__(self, content_encoding: str, limit: int) -> None:
        """Read the Content-Encoding; nothing is read of the body yet."""
        self._coded = content_encoding.strip().lower() in KNOWN_CODINGS
        self._limit = limit
        self._decoder = zlib.decompressobj(GZIP_OR_ZLIB)
        self._body = bytearray()
        self._began = False

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes from the wire.

        Raises:
            TooLarge: the decoded body is over the limit.
            BrokenCoding: the bytes are not of the coding.
        """
        if not self._coded:
            self._body += chunk
        while self._coded and chunk:
            self._began = True
            if self._decoder.eof:  # one more member of the same gzip file
                self._decoder = zlib.decompressobj(GZIP_OR_ZLIB)
            try:
                # One byte more than there is room for tells that it is too large.
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
            BrokenCoding: the coded bytes ended before their end.
        """
        if self._began and not self._decoder.eof:
            raise BrokenCoding("it ends early")
        return bytes(self._body)
