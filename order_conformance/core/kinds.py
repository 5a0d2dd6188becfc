"""What an order is for, and what it holds."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """A kind of thing that has ids; its value is the name of the property in an order."""

    PATIENT = "patient"
    SITE = "site"
    ITEM = "item"
    KIT = "kit"

    __repr__ = str.__repr__  # a message shows it inside of an order

    @property
    def plural(self) -> str:
        """The name of the kind in the target file."""
        return f"{self}s"

    @property
    def is_party(self) -> bool:
        """Whether an order is for one of these; of the others it holds some."""
        return self in {Kind.PATIENT, Kind.SITE}

    @property
    def list_name(self) -> str:
        """The property of an order that lists things of this kind."""
        return f"order{self.title()}s"
