"""The Order API without creates: list, fetch, and requests that are neither."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from order_conformance.core.outcomes import CantTell, Inapplicable, blocked
from order_conformance.core.statuses import ACCESS_DENIED, OK
from order_conformance.http.exchange import Exchange, Request

if TYPE_CHECKING:
    from collections.abc import Sequence

    from order_conformance.http.client import HttpClient
    from order_conformance.target.model import Target

ACCEPT = ("Accept", "application/json")
JSON_BODY = ("Content-Type", "application/json")
LONGEST_ID = 4000


class OrderClient:
    """Every operation but create; each returns the exchange, whatever the response is."""

    def __init__(self, client: HttpClient) -> None:
        """Send through the HTTP client of the run."""
        self.client = client
        self.others: list[Exchange] = []
        self._let_in_before = False

    @property
    def target(self) -> Target:
        """The target with its current credentials."""
        return self.client.target

    def fetch(self, order_id: Any) -> Exchange:
        """Fetch one order; an id that is not an integer is sent as text, percent-encoded."""
        text = str(order_id)
        if len(text) > LONGEST_ID:
            raise blocked("ID-01", f"the id is {len(text)} characters long")
        # The id comes from the server: it may hold text that UTF-8 cannot encode.
        return self.get(f"/{quote(text, safe='', errors='surrogatepass')}")

    def list_orders(self, **parameters: Any) -> Exchange:
        """Read a page of the list; ``page`` and ``size`` get the names that the target uses."""
        names = {"page": self.target.page_parameter, "size": self.target.size_parameter}
        query = "&".join(
            f"{quote(names.get(name, name))}={quote(str(value), safe='')}"
            for name, value in parameters.items()
        )
        return self.get("", query)

    def get(
        self,
        below: str = "",
        query: str = "",
        *,
        headers: Sequence[tuple[str, str]] = (ACCEPT,),
        with_key: bool = True,
    ) -> Exchange:
        """Send a GET to a raw path below the order path, with a raw query."""
        path = self.target.order_path + below + (f"?{query}" if query else "")
        exchange = self.client.send(Request("GET", path, tuple(headers), with_key=with_key))
        if self._let_in_before:
            self.check_still_let_in(exchange)
        self._let_in_before |= exchange.status == OK
        return exchange

    def send_other(self, method: str, below: str, body: bytes | None = None) -> Exchange:
        """Send a method that the guide does not name; only used on orders of this run."""
        if self.target.read_only and method not in {"HEAD", "OPTIONS"}:
            raise Inapplicable("the run is read-only")
        headers = (ACCEPT, JSON_BODY) if body is not None else (ACCEPT,)
        request = Request(method, self.target.order_path + below, headers, body)
        exchange = self.client.send(request)
        self.others.append(exchange)
        if self._let_in_before:
            self.check_still_let_in(exchange)
        return exchange

    def check_still_let_in(self, exchange: Exchange) -> None:
        """Distinguish a refused request from an expired key, by asking for the list.

        Raises:
            CantTell: the list is refused as well. Nothing more is sent then.
        """
        # A gateway whose token has expired refuses requests without a key as well.
        may_be_expiry = exchange.request.with_key or self.target.headers
        # Credentials that can be renewed were checked by the HTTP client already.
        if exchange.status not in ACCESS_DENIED or not may_be_expiry or self.target.is_renewable:
            return
        probe = self.client.send(Request("GET", self.target.order_path, (ACCEPT,)))
        if probe.status in ACCESS_DENIED:
            raise self.give_up(
                f"the target now refuses every request ({probe.status} for the list); has the key "
                "expired, or does a firewall block us after odd input?"
            )

    def give_up(self, reason: str) -> CantTell:
        """Send nothing more in this run; return what to raise."""
        self.client.circuit_breaker.open(reason)
        return CantTell(reason)
