"""Sends generated cases with the HTTP client, and gives responses to Schemathesis' checks."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
from schemathesis.checks import load_all_checks
from schemathesis.core import NotSet
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi import checks

from order_conformance.core.json_values import NotJson, read_json, write_json
from order_conformance.generation.cases import Generated, Operation
from order_conformance.generation.documents import PLACEHOLDER
from order_conformance.orders.markers import markers_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemathesis.checks import CheckFunction

    from order_conformance.http.exchange import Exchange
    from order_conformance.orders.creates import Api
    from order_conformance.orders.factory import Account

LONGEST_PATH = 4000
"""Servers in front refuse longer paths; tests/test_robustness.py sends one."""

CODINGS = frozenset({"content-encoding", "content-length", "transfer-encoding"})
"""Headers about the bytes on the wire, which the HTTP client has already decoded."""

# The checks that correspond to our requirements. The others find nothing with this contract
# (headers, ignored keys), or concern requests of other tests (methods, Allow): docs/generation.md.
CHECKS: tuple[CheckFunction, ...] = (
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.positive_data_acceptance,
    checks.negative_data_rejection,
)


class Sender:
    """Sends each request once, and none that the run has sent before."""

    def __init__(self, api: Api, account: Account) -> None:
        """Remember the creates that the run has sent so far."""
        self._api = api
        self._account = account
        self._sent = {_essence(each.request.body or b"") for each in api.creates}
        self._paths: set[str] = set()

    def send(self, generated: Generated) -> Exchange | None:
        """Send a case; return None if it cannot be sent or was sent before.

        Raises:
            CantTell: there was no usable response.
        """
        if generated.operation is Operation.CREATE:
            body = generated.case.body
            return self._create(without_repetitions(body) if generated.is_lawful else body)
        path = raw_path(generated, self._api)
        below = path.removeprefix(self._api.target.order_path)
        if not _is_sendable(path, below, generated.operation) or path in self._paths:
            return None
        self._paths.add(path)
        return self._api.get(*_split(below))

    def _create(self, body: Any) -> Exchange | None:
        raw = _bytes_of(body)
        essence = _essence(raw)
        if essence in self._sent:
            return None
        self._sent.add(essence)
        if not isinstance(body, dict):
            return self._api.create_raw(raw)
        order = marked_order(body, self._account.marker)
        return self._api.create_raw(write_json(order), markers=markers_of(order))


def raw_path(generated: Generated, api: Api) -> str:
    """Return the percent-encoded path and query of a case that reads."""
    target = api.target
    parts = generated.case.as_transport_kwargs(base_url=target.base_url + target.path_prefix)
    try:
        request = httpx.Request("GET", parts["url"], params=parts["params"] or None)
    except httpx.InvalidURL:
        return ""
    return request.url.raw_path.decode("ascii")


def marked_order(order: dict[str, Any], marker: Callable[[], str]) -> dict[str, Any]:
    """Return an order with markers of the run, unless its external ids are malformed."""
    given = order.get("externalOrderIds", [])
    if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
        return order
    texts = [marker() if each == PLACEHOLDER else each for each in given]
    return order | {"externalOrderIds": texts if PLACEHOLDER in given else [*texts, marker()]}


def without_repetitions(order: Any) -> Any:
    """Return a lawful order with one line for each id: the guide does not allow two."""
    distinct = dict(order)
    for lines, kind in (("orderItems", "item"), ("orderKits", "kit")):
        if lines in order:
            distinct[lines] = list({line[kind]["id"]: line for line in order[lines]}.values())
    return distinct


def failures_of(generated: Generated, exchange: Exchange) -> list[Failure]:
    """Return what Schemathesis' checks find in a response."""
    load_all_checks()
    given = exchange.response
    response = httpx.Response(
        given.status,
        # Bytes: a header may contain letters that are not ASCII.
        headers=[
            (name.encode(), value.encode())
            for name, value in given.headers
            if name.lower() not in CODINGS
        ],
        content=given.body,
        request=httpx.Request(exchange.request.method, "http://target" + exchange.request.path),
    )
    response.elapsed = timedelta(seconds=given.seconds)
    try:
        generated.case.validate_response(response, checks=list(CHECKS))
    except FailureGroup as found:
        return [each for each in found.exceptions if isinstance(each, Failure)]
    return []


def _is_sendable(path: str, below: str, operation: Operation) -> bool:
    """Return whether a path still names the operation: no shortened, empty or relative segment."""
    if len(path) > LONGEST_PATH or below == path:
        return False
    if operation is Operation.LIST:
        return below.startswith("?") or not below
    segment = below.removeprefix("/").partition("?")[0]
    return bool(segment.strip(".")) and "/" not in segment and below.startswith("/")


def _bytes_of(body: Any) -> bytes:
    if isinstance(body, NotSet):
        return b""
    return body if isinstance(body, bytes) else write_json(body)


def _split(below: str) -> tuple[str, str]:
    path, _, query = below.partition("?")
    return path, query


def _essence(body: bytes) -> bytes:
    """Return a body without its external ids, which differ each time the same order is sent."""
    try:
        order = read_json(body)
    except NotJson:
        return body
    texts = order.get("externalOrderIds") if isinstance(order, dict) else None
    if isinstance(texts, list) and all(isinstance(t, str) and t.isascii() for t in texts):
        order = {name: value for name, value in order.items() if name != "externalOrderIds"}
    return json.dumps(order, sort_keys=True).encode()
