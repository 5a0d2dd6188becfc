"""Methods that store and find orders."""

from datetime import UTC, datetime

from reference.model import Order, Wanted
from reference.server.validation import Validation


class Storing(Validation):
    """Stores and finds orders."""

    def now(self) -> str:
        """Return the current time as a time stamp."""
        return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def make_order(self, wanted: Wanted) -> Order:
        """Return a new order for a valid request."""
        return Order(self.next_id(), wanted, self.now())

    async def store(self, wanted: Wanted) -> Order:
        """Store a new order; choosing the id and writing the row are one transaction."""
        with self.database.lock:
            order = self.make_order(wanted)
            self.database.append(order)
        return order

    def find_order(self, order_id: int) -> Order | None:
        """Return a stored order for reading, or None."""
        return self.database.get(order_id)
