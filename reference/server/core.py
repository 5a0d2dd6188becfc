"""What every point may use: settings, catalogue and database."""

from reference.catalogue import Catalogue
from reference.database import Database
from reference.history import past_order
from reference.settings import Settings


class Crash(Exception):
    """A programming error of the server: the client sees 500.  Only faults raise it."""


class Core:
    """The state of one server."""

    def __init__(self, settings: Settings) -> None:
        """Open the database and load the catalogue."""
        self.settings = settings
        self.catalogue = Catalogue.seeded()
        self.database = Database(settings.database)

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()

    def preload(self) -> None:
        """Fill a database that is still empty with the history asked for."""
        with self.database.lock:
            if self.database.ids():
                return
            for number in range(self.settings.orders):
                self.database.append(past_order(number, self.next_id()))

    def next_id(self) -> int:
        """Choose the id of the order that is about to be stored."""
        return self.database.highest_id() + 1
