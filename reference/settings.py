"""The settings of one server."""

from dataclasses import dataclass


class SettingsError(Exception):
    """An invalid setting; its text is one line for the user."""


@dataclass(frozen=True)
class Settings:
    """The settings of one server; with the defaults it conforms."""

    database: str = ":memory:"
    """Path of the SQLite file, or `:memory:`."""
    orders: int = 7
    """Number of orders with which an empty database is preloaded."""
    api_key: str | None = None
    """The API key that each request must have, or None."""
    max_body: int = 1 << 20
    """Maximum size of a request body in bytes."""
    twins: tuple[str, ...] = ()
    """Names of the twins to enable; the first one overrides the others."""
    faults: tuple[str, ...] = ()
    """Names of the faults to enable; they override the twins."""
