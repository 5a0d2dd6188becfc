"""The exception for a bundle that does not verify."""

from __future__ import annotations


class Refused(Exception):
    """A bundle does not verify; the text gives the reason in one line."""
