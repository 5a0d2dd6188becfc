"""Orders in SQLite, behind one lock."""

import sqlite3
from contextlib import closing
from threading import RLock

from reference.model import Order
from reference.settings import SettingsError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS orders (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id INTEGER NOT NULL,
    document TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS orders_by_id ON orders (id);
"""


class Database:
    """The order table: append, look up, enumerate.

    Hold `lock` around a sequence of calls that has to be seen as one step.
    """

    def __init__(self, path: str) -> None:
        """Open the database at `path`, and create it if necessary."""
        self.lock = RLock()
        try:
            self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        except sqlite3.Error as error:
            raise SettingsError(f"cannot open the database {path!r}: {error}") from error
        try:
            self._connection.executescript(_SCHEMA)
            self.ids()
        except sqlite3.Error as error:
            self._connection.close()
            raise SettingsError(f"cannot use the database {path!r}: {error}") from error

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def append(self, order: Order) -> None:
        """Store a new order."""
        with self.lock:
            self._connection.execute(
                "INSERT INTO orders (id, document) VALUES (?, ?)", (order.id, order.dump())
            )

    def replace(self, order: Order) -> None:
        """Overwrite the stored order that has the same id."""
        with self.lock:
            self._connection.execute(
                "UPDATE orders SET document = ? WHERE id = ?", (order.dump(), order.id)
            )

    def delete(self, order_id: int) -> None:
        """Delete an order."""
        with self.lock:
            self._connection.execute("DELETE FROM orders WHERE id = ?", (order_id,))

    def get(self, order_id: int) -> Order | None:
        """Return the order with this id, or None."""
        with (
            self.lock,
            closing(
                self._connection.execute(
                    "SELECT document FROM orders WHERE id = ? ORDER BY sequence", (order_id,)
                )
            ) as rows,
        ):
            row = rows.fetchone()
        return None if row is None else Order.load(row[0])

    def ids(self) -> list[int]:
        """Return the id of each order, oldest first."""
        with (
            self.lock,
            closing(self._connection.execute("SELECT id FROM orders ORDER BY sequence")) as rows,
        ):
            return [row[0] for row in rows]

    def highest_id(self) -> int:
        """Return the largest id in use, or 0."""
        with (
            self.lock,
            closing(self._connection.execute("SELECT COALESCE(MAX(id), 0) FROM orders")) as rows,
        ):
            highest: int = rows.fetchone()[0]
            return highest
