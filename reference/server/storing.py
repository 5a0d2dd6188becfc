"""Points that keep an order and give it back."""

from datetime import UTC, datetime

from reference.model import Order, Wanted
from reference.server.validation import Validation


class Storing(Validation):
    """Creating and finding stored orders."""

    def now(self) -> str:
        """Return the time stamp for something that happens at this moment."""
        return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def make_order(self, wanted: Wanted) -> Order:
        """Turn a valid request into an order with an id of its own."""
        return Order(self.next_id(), wanted, self.now())

    async def store(self, wanted: Wanted) -> Order:
        """Keep a new order: choosing the id and writing the row are one step."""
        with self.database.lock:
            order = self.make_order(wanted)
            self.database.append(order)
        return order

    def find_order(self, order_id: int) -> Order | None:
        """Return a stored order for reading, or None."""
        return self.database.get(order_id)
