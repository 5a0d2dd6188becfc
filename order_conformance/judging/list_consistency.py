"""Compares every page of the list with the orders that the run created: unchanged, and each once.

Tests read pages for many reasons, with many sizes and in many places of the list. Each page is
compared with the create responses; ``tests/test_every_response.py`` judges what was found.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from order_conformance.core.json_values import NotJson, is_integer, read_json
from order_conformance.core.statuses import SUCCESS
from order_conformance.orders.fields import difference, external_ids, lacks_only
from order_conformance.orders.markers import is_ours

if TYPE_CHECKING:
    from collections.abc import Iterator

    from order_conformance.core.mismatch import Mismatch
    from order_conformance.http.exchange import Exchange


LONE_SURROGATE = re.compile("[\ud800-\udfff]")
"""A lone surrogate: JSON can escape it, but UTF-8 cannot encode it."""


@dataclass(frozen=True)
class Created:
    """An order of the run, as the response to its create shows it."""

    sent: dict[str, Any]
    order: dict[str, Any]
    exchange: Exchange


@dataclass(frozen=True)
class ListMismatch:
    """An entry of the list that differs from the created order."""

    created: Created
    entry: dict[str, Any]
    exchange: Exchange
    changed: Mismatch


class CreatedOrders:
    """Compares the orders of the run with their entries in the list.

    Attributes:
        incomplete: the first entry that lacks something of its order (LIST-13).
        changed: the first entry that shows something else than its order (ATOM-03).
        doubled: by marker, two pages that show it under different ids (LIST-07).
    """

    def __init__(self) -> None:
        """Start without created orders."""
        self.incomplete: ListMismatch | None = None
        self.changed: ListMismatch | None = None
        self.doubled: dict[str, tuple[Exchange, Exchange]] = {}
        self._created: dict[int, Created] = {}  # by id
        self._ambiguous: set[int] = set()  # ids that two different orders were given
        self._sent_once: dict[str, bool] = {}  # by marker
        self._first_shown: dict[str, tuple[Any, Exchange]] = {}  # by marker: the id, and the page

    def create(self, exchange: Exchange) -> None:
        """Remember a create and its response."""
        try:
            sent = read_json(exchange.request.body or b"")
        except NotJson:
            return
        if not isinstance(sent, dict) or _is_beyond_utf8(sent):
            return
        for marker in _markers(sent):
            # An order that was sent again may lawfully be there twice.
            self._sent_once[marker] = marker not in self._sent_once and not exchange.retries
        order = exchange.json if exchange.status in SUCCESS else None
        if not isinstance(order, dict) or not is_integer(order.get("id")):
            return
        order_id = int(order["id"])
        known = self._created.get(order_id)
        if known is not None and difference(known.order, order):
            self._ambiguous.add(order_id)  # ID-02 judges that
        self._created[order_id] = Created(sent, order, exchange)

    def page(self, exchange: Exchange) -> None:
        """Compare the entries of a page."""
        body = exchange.json
        content = body.get("content") if isinstance(body, dict) else None
        for entry in content if isinstance(content, list) else ():
            if isinstance(entry, dict) and is_integer(entry.get("id")):
                self._see_where(entry, exchange)
                self._compare(entry, exchange)

    def _see_where(self, entry: dict[str, Any], exchange: Exchange) -> None:
        for marker in _markers(entry):
            if self._sent_once.get(marker):
                order_id, before = self._first_shown.setdefault(marker, (entry["id"], exchange))
                if order_id != entry["id"]:
                    self.doubled.setdefault(marker, (before, exchange))

    def _compare(self, entry: dict[str, Any], exchange: Exchange) -> None:
        order_id = int(entry["id"])
        created = None if order_id in self._ambiguous else self._created.get(order_id)
        if created is None or (self.incomplete and self.changed):
            return
        changed = difference(created.order, entry, sent=created.sent)
        if changed:
            shown = ListMismatch(created, entry, exchange, changed)
            if lacks_only(entry, created.order):
                self.incomplete = self.incomplete or shown
            else:
                self.changed = self.changed or shown


def _is_beyond_utf8(order: dict[str, Any]) -> bool:
    """Return whether an external id contains a lone surrogate, which a server may replace."""
    ids = external_ids(order)
    return any(isinstance(text, str) and LONE_SURROGATE.search(text) for text in ids)


def _markers(order: Any) -> Iterator[str]:
    for text in external_ids(order) if isinstance(order, dict) else ():
        if is_ours(text):
            yield text
