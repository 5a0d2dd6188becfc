"""Existing orders, the same for every server, with which the database is preloaded."""

from reference.model import Line, Order, Wanted

_RECIPES: tuple[tuple[Wanted, str], ...] = (
    (
        Wanted(1234, None, (Line(1000, 2), Line(1001, 1)), (), ("legacy-1",), "standard"),
        "delivered",
    ),
    (Wanted(None, 10, (), (Line(1000, 5),), (), "standard", ("Front desk",)), "shipped"),
    (Wanted(1236, None, (Line(1003, 12),), (Line(1002, 1),), (), None), "availableForPickup"),
    (Wanted(1237, None, (Line(1004, 1),), (Line(1004, 1),), ("old-7", "old-7b"), None), "canceled"),
    (Wanted(None, 11, (Line(1002, 3),), (Line(1001, 2),), ("po/77",), "overnight"), "shipped"),
    (Wanted(1235, None, (), (Line(1003, 1),), (), "standard"), "delivered"),
    (Wanted(None, 12, (Line(1000, 1),), (), ("depot",), "standard"), "delivered"),
)


def past_order(number: int, order_id: int) -> Order:
    """Return the preloaded order `number` (from 0), with the given id."""
    wanted, status = _RECIPES[number % len(_RECIPES)]
    day, minute = 1 + number // 1440 % 28, number % 1440
    moment = f"2024-03-{day:02}T{minute // 60:02}:{minute % 60:02}:00Z"
    return Order(order_id, wanted, moment, status)
