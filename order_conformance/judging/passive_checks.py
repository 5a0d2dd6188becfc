"""Checks every response of a run, whichever test sent the request.

Some requirements apply to every response. Each exchange is checked as it happens, and the first
that breaks a requirement is kept; ``tests/test_every_response.py`` judges what was found. This
costs no requests, and no test is blocked by a requirement that itself passed.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from order_conformance.core.json_values import NotJson, is_integer
from order_conformance.core.mismatch import NO_MISMATCH, Mismatch
from order_conformance.core.redaction import Redactor
from order_conformance.core.statuses import ERROR, OK, PARTIAL_CONTENT, SERVER_ERROR, SUCCESS
from order_conformance.http.exchange import JSON_TYPE
from order_conformance.judging.information_leaks import find_leak
from order_conformance.judging.list_consistency import CreatedOrders
from order_conformance.judging.schema import schema_problem
from order_conformance.orders.page import paging_problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from order_conformance.http.exchange import Exchange
    from order_conformance.target.model import Target

LARGEST_ID = 2**63 - 1
SHORTEST_TELLING_KEY = 8
"""A key of at least this many characters cannot be in a response by chance."""

PLAIN_NUMBER = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True)
class Violation:
    """The first exchange of the run that broke a requirement, and how."""

    exchange: Exchange
    problem: str | Mismatch


class PassiveChecks:
    """Checks each exchange of the run."""

    def __init__(self, target: Target) -> None:
        """Start without exchanges."""
        self.first: dict[str, Violation] = {}
        self._path = target.order_path
        self._key = Redactor([])
        self.learn(target)
        self.ours = CreatedOrders()
        self._listed: set[str] = set()
        self._shapes: set[str] = set()
        self._checks: dict[str, Callable[[str, Exchange], str | Mismatch]] = {
            "PROTO-01": _not_json,
            "PROTO-09": _server_error,
            "PROTO-11": _leak,
            "SCHEMA-01": self._created_shape,
            "SCHEMA-02": self._fetched_shape,
            "SCHEMA-03": self._listed_shape,
            "ID-01": _without_id,
            "LIST-01": _not_a_page,
            "LIST-05": _too_full,
            "AUTH-05": self._key_shown,
        }

    def learn(self, target: Target) -> None:
        """Look for the target's key from now on, in addition to those that it had before."""
        if len(target.api_key or "") >= SHORTEST_TELLING_KEY:
            self._key.add(target.api_key or "")

    def see(self, exchange: Exchange) -> None:
        """Check one exchange; keep it if it is the first that breaks a requirement."""
        operation = self._operation(exchange)
        if operation == "create":
            self.ours.create(exchange)
        elif operation == "list" and exchange.status == OK:
            self.ours.page(exchange)
        for requirement, check in self._checks.items():
            if requirement not in self.first:
                problem = check(operation, exchange)
                if problem:
                    self.first[requirement] = Violation(exchange, problem)

    def _operation(self, exchange: Exchange) -> str:
        """Return ``create``, ``list`` or ``fetch``; ``other`` for anything not in the guide."""
        path, method = exchange.request.path.partition("?")[0], exchange.request.method
        if path == self._path:
            return {"POST": "create", "GET": "list"}.get(method, "other")
        below = path.removeprefix(self._path + "/")
        return "fetch" if method == "GET" and below not in {path, ""} else "other"

    def _created_shape(self, operation: str, exchange: Exchange) -> Mismatch:
        created = operation == "create" and exchange.status in SUCCESS
        return self._shape_of(exchange) if created else NO_MISMATCH

    def _fetched_shape(self, operation: str, exchange: Exchange) -> Mismatch:
        # The response to a malformed id may be a page of the list; FETCH-04 judges that.
        fetched = operation == "fetch" and exchange.status == OK and _ends_in_number(exchange)
        return self._shape_of(exchange) if fetched else NO_MISMATCH

    def _shape_of(self, exchange: Exchange) -> Mismatch:
        """Check a body, unless the same one was found right before."""
        digest = hashlib.sha256(exchange.response.body).hexdigest()
        if digest in self._shapes or not _is_json(exchange):
            return NO_MISMATCH
        problem = schema_problem(exchange.json, "Order")
        if not problem:
            self._shapes.add(digest)
        return problem

    def _listed_shape(self, operation: str, exchange: Exchange) -> Mismatch:
        """Check each order once, although it is on many pages."""
        shown = exchange.json if operation == "list" and exchange.status == OK else None
        content = shown.get("content") if isinstance(shown, dict) else None
        for number, entry in enumerate(content if isinstance(content, list) else ()):
            name = repr(entry.get("id")) if isinstance(entry, dict) else repr(entry)
            if name in self._listed:
                continue
            self._listed.add(name)
            problem = schema_problem(entry, "Order")
            if problem:
                place = problem.inside("content", number)
                return replace(place, words=f"content[{number}]: {problem}")
        return NO_MISMATCH

    def _key_shown(self, _operation: str, exchange: Exchange) -> str:
        if not exchange.request.with_key:
            return ""
        shown = [value for _, value in exchange.response.headers]
        shown.append(exchange.response.body.decode("utf-8", "replace"))
        return "the key is in the response" if any(map(self._key.occurs_in, shown)) else ""


def _not_json(operation: str, exchange: Exchange) -> str:
    # A client that accepts anything, or asks for another type, may get it; see PROTO-14.
    asks_for_json = ("Accept", JSON_TYPE) in exchange.request.headers
    if operation == "other" or exchange.status not in SUCCESS or not asks_for_json:
        return ""
    if exchange.status == PARTIAL_CONTENT and any(
        name == "Range" for name, _ in exchange.request.headers
    ):
        return ""
    if not exchange.response.says_json:
        return f"Content-Type is {exchange.response.header('content-type')!r}"
    try:
        _ = exchange.response.json
    except NotJson as problem:
        return str(problem)
    return ""


def _server_error(operation: str, exchange: Exchange) -> str:
    failed = operation != "other" and exchange.status in SERVER_ERROR
    return f"the status is {exchange.status}" if failed else ""


def _leak(_operation: str, exchange: Exchange) -> str:
    return find_leak(exchange.response.body) if exchange.status in ERROR else ""


def _without_id(operation: str, exchange: Exchange) -> Mismatch:
    if operation != "create" or exchange.status not in SUCCESS:
        return NO_MISMATCH
    order = exchange.json
    if not isinstance(order, dict):
        return NO_MISMATCH
    order_id: Any = order.get("id")
    if is_integer(order_id) and abs(order_id) <= LARGEST_ID:
        return NO_MISMATCH
    words = f"`id` is {str(order_id)[:60]!r}" if "id" in order else "`id` is absent"
    return Mismatch(words, ("/id",))


def _not_a_page(operation: str, exchange: Exchange) -> Mismatch:
    asked = _is_asked_page(operation, exchange)
    return paging_problem(exchange.json) if asked else NO_MISMATCH


def _too_full(operation: str, exchange: Exchange) -> Mismatch:
    page = exchange.json if _is_asked_page(operation, exchange) else None
    if page is None or paging_problem(page):
        return NO_MISMATCH
    held, size = len(page["content"]), page["size"]
    words = f"`size` is {size}, and the page holds {held} orders" if 0 < size < held else ""
    return Mismatch(words, ("/size",))


def _is_asked_page(operation: str, exchange: Exchange) -> bool:
    """Return whether a page was asked for with valid parameters, and the response is JSON."""
    query = exchange.request.path.partition("?")[2]
    sensible = all(PLAIN_NUMBER.fullmatch(v) for _, v in parse_qsl(query, keep_blank_values=True))
    return operation == "list" and exchange.status == OK and sensible and _is_json(exchange)


def _is_json(exchange: Exchange) -> bool:
    """Return whether the response can be read as JSON; PROTO-01 judges if it cannot."""
    try:
        _ = exchange.response.json
    except NotJson:
        return False
    return True


def _ends_in_number(exchange: Exchange) -> bool:
    return exchange.request.path.rpartition("/")[2].lstrip("-").isdecimal()
