"""The run's own orders on every page of the list that anybody reads: as created, and each once.

Pages are read for many reasons, of many sizes and in many places of the list. Each is held
against what the creates answered; ``tests/test_every_answer.py`` judges what was seen.
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


HALF_A_LETTER = re.compile("[\ud800-\udfff]")
"""A lone surrogate: JSON can write it as an escape, UTF-8 cannot carry it."""


@dataclass(frozen=True)
class Created:
    """An order of the run, as the create answered it."""

    sent: dict[str, Any]
    order: dict[str, Any]
    exchange: Exchange


@dataclass(frozen=True)
class ListMismatch:
    """An entry of the list that is not what was created."""

    created: Created
    entry: dict[str, Any]
    exchange: Exchange
    changed: Mismatch


class CreatedOrders:
    """Compares the orders of the run with their entries in the list."""

    def __init__(self) -> None:
        """Nothing is created yet."""
        self.incomplete: ListMismatch | None = None
        self.changed: ListMismatch | None = None
        self.doubled: dict[str, tuple[Exchange, Exchange]] = {}
        self._created: dict[int, Created | None] = {}
        self._sent: dict[str, bool] = {}
        self._shown: dict[str, tuple[Any, Exchange]] = {}

    def create(self, exchange: Exchange) -> None:
        """Remember what a create answered."""
        try:
            sent = read_json(exchange.request.body or b"")
        except NotJson:
            return
        if not isinstance(sent, dict) or _is_beyond_utf8(sent):
            return
        for marker in _markers(sent):
            # Sent again, it may be there twice without the server's fault.
            self._sent[marker] = marker not in self._sent and not exchange.retries
        order = exchange.json if exchange.status in SUCCESS else None
        if not isinstance(order, dict) or not is_integer(order.get("id")):
            return
        order_id = int(order["id"])
        known = self._created.get(order_id)
        is_other = known is not None and difference(known.order, order)
        if order_id not in self._created or (known is not None and not is_other):
            self._created[order_id] = Created(sent, order, exchange)
        else:
            self._created[order_id] = None  # whose id that is, ID-02 judges

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
            if self._sent.get(marker):
                order_id, before = self._shown.setdefault(marker, (entry["id"], exchange))
                if order_id != entry["id"]:
                    self.doubled.setdefault(marker, (before, exchange))

    def _compare(self, entry: dict[str, Any], exchange: Exchange) -> None:
        created = self._created.get(int(entry["id"]))
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
    """Say whether an external id holds half a letter, which a server may keep or replace."""
    ids = external_ids(order)
    return any(isinstance(text, str) and HALF_A_LETTER.search(text) for text in ids)


def _markers(order: Any) -> Iterator[str]:
    for text in external_ids(order) if isinstance(order, dict) else ():
        if is_ours(text):
            yield text
