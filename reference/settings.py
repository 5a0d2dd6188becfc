"""What an operator may choose about one server."""

from dataclasses import dataclass


class SettingsError(Exception):
    """A choice that cannot be honoured; its text is one line for the operator."""


@dataclass(frozen=True)
class Settings:
    """The choices for one server; the defaults give the conforming one."""

    database: str = ":memory:"
    """Path of the SQLite file, or `:memory:`."""
    orders: int = 7
    """How many orders the history holds when the database starts out empty."""
    api_key: str | None = None
    """The key that each request must carry, or None for an open server."""
    max_body: int = 1 << 20
    """Bytes a request body may have."""
    twins: tuple[str, ...] = ()
    """Names of the lawful twins to mix in; the first named has the last word."""
    faults: tuple[str, ...] = ()
    """Names of the faults to mix in, in front of the twins."""
