"""What every method can use: settings, catalogue and database."""

from reference.catalogue import Catalogue
from reference.database import Database
from reference.history import past_order
from reference.settings import Settings


class Crash(Exception):
    """A programming error of the server, answered with 500. Only faults raise it."""


class Core:
    """The state of one server."""

    def __init__(self, settings: Settings) -> None:
        """Open the database and load the catalogue."""
        self.settings = settings
        self.catalogue = Catalogue.seeded()
        self.database = Database(settings.database)

    def close(self) -> None:
        """Close the database."""
        self.database.close()

    def preload(self) -> None:
        """Fill an empty database with the preloaded orders."""
        with self.database.lock:
            if self.database.ids():
                return
            for number in range(self.settings.orders):
                self.database.append(past_order(number, self.next_id()))

    def next_id(self) -> int:
        """Return the id for the next order."""
        return self.database.highest_id() + 1
