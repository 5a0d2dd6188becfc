"""Why a bundle is no certificate."""

from __future__ import annotations


class Refused(Exception):
    """A bundle is not what it claims to be; the text says why, in one line."""
