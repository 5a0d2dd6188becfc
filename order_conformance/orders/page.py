"""One page of the list of orders; nothing about the response is taken for granted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from order_conformance.core.json_values import is_integer
from order_conformance.core.mismatch import NO_MISMATCH, Mismatch
from order_conformance.core.outcomes import blocked
from order_conformance.core.statuses import OK, SERVER_ERROR

if TYPE_CHECKING:
    from order_conformance.http.exchange import Exchange


@dataclass(frozen=True)
class Page:
    """What a page claims, and its orders in the given sequence."""

    exchange: Exchange
    content: tuple[Any, ...]
    page: int
    size: int
    total: int
    first: bool
    last: bool

    @property
    def ids(self) -> tuple[Any, ...]:
        """The ids of the orders on the page; None for an entry without one."""
        return tuple(entry.get("id") if isinstance(entry, dict) else None for entry in self.content)

    def entry(self, order_id: Any) -> dict[str, Any] | None:
        """Return the entry of that order, if the page holds it."""
        return next(
            (e for e in self.content if isinstance(e, dict) and e.get("id") == order_id), None
        )


def paging_problem(body: Any) -> Mismatch:
    """Return which of the six paging fields is missing or of a wrong type, if one is."""
    if not isinstance(body, dict):
        return Mismatch("the response is not a JSON object")
    if not isinstance(body.get("content"), list):
        return Mismatch(f"`content` is {_shown(body, 'content')}, not a list", ("/content",))
    for name in ("page", "size", "total"):
        value = body.get(name)
        if not is_integer(value) or value < 0:
            words = f"`{name}` is {_shown(body, name)}, not an integer of at least 0"
            return Mismatch(words, (f"/{name}",))
    for name in ("first", "last"):
        if not isinstance(body.get(name), bool):
            words = f"`{name}` is {_shown(body, name)}, not a boolean"
            return Mismatch(words, (f"/{name}",))
    return NO_MISMATCH


def read_page(exchange: Exchange) -> Page:
    """Read a page.

    Raises:
        CantTell: the response is not a page; blocked by the requirement that says it should be.
    """
    body = exchange.json
    problem = f"status {exchange.status}" if exchange.status != OK else paging_problem(body)
    if problem:
        raise blocked(_to_blame(exchange), f"a page of the list could not be read ({problem})")
    return Page(
        exchange,
        tuple(body["content"]),
        int(body["page"]),
        int(body["size"]),
        int(body["total"]),
        body["first"],
        body["last"],
    )


def _to_blame(exchange: Exchange) -> str:
    if exchange.status in SERVER_ERROR:
        return "PROTO-09"
    return "PROTO-01" if exchange.status == OK and exchange.json is None else "LIST-01"


def _shown(body: dict[str, Any], name: str) -> str:
    return repr(body[name])[:60] if name in body else "absent"


def is_no_page(exchange: Exchange) -> bool:
    """Return whether the response is not a valid page."""
    return exchange.status != OK or bool(paging_problem(exchange.json))
