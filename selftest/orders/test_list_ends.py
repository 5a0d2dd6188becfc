"""Reading both ends of the list: at most two requests, and the second only when it is needed."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from order_conformance.orders.client import OrderClient
from order_conformance.orders.list_ends import last_index, read_ends
from order_conformance.orders.page import read_page
from selftest.support.engine_parts import client_for
from selftest.support.misbehaving_server import JSON, Script, response_to, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from selftest.support.misbehaving_server import Gateway


def page(number: int, total: int, size: int = 100) -> bytes:
    """Return an empty page of a list."""
    fields = {"content": [], "page": number, "size": size, "total": total}
    body = json.dumps(fields | {"first": True, "last": False}).encode()
    return response_to("200 OK", body, JSON)


@contextmanager
def api_of(folder: Path, *steps: bytes) -> Iterator[tuple[OrderClient, Gateway]]:
    """Yield the API of a server that responds with these steps, and what arrives there."""
    with serving(Script(*steps)) as (base_url, gateway), client_for(base_url, folder) as client:
        yield OrderClient(client), gateway


def queries(gateway: Gateway) -> list[str]:
    """Return the query of each request that arrived."""
    return [request.path.partition("?")[2] for request in gateway.requests]


@pytest.mark.parametrize(
    ("first", "last"), [(page(0, 250), "page=2&size=100"), (page(1, 201), "page=3&size=100")]
)
def test_both_ends_of_a_long_list_are_read(tmp_path: Path, first: bytes, last: str) -> None:
    """The number of the last page follows from that of the first one, which is 0 or 1."""
    with api_of(tmp_path, first, page(9, 250)) as (api, gateway):
        ends = [read_page(exchange).page for exchange in read_ends(api, 100)]
    assert ends == [read_number(first), 9]
    assert queries(gateway) == ["size=100", last]


def read_number(response: bytes) -> int:
    """Return the page number that a response claims."""
    return int(json.loads(response.partition(b"\r\n\r\n")[2])["page"])


def test_the_last_page_is_read_only_when_it_is_asked_for(tmp_path: Path) -> None:
    """A caller that finds enough on the first page costs one request."""
    with api_of(tmp_path, page(0, 250)) as (api, gateway):
        next(read_ends(api, 100))
        assert queries(gateway) == ["size=100"]


def test_a_list_of_one_page_takes_one_request(tmp_path: Path) -> None:
    """Its first page is its last; without a size the server chooses."""
    with api_of(tmp_path, page(0, 20, size=20)) as (api, gateway):
        assert len(list(read_ends(api, None))) == 1
    assert queries(gateway) == [""]


def test_nothing_is_read_if_the_size_is_refused(tmp_path: Path) -> None:
    """The caller may try another size, or none."""
    with api_of(tmp_path, response_to("400 Bad Request", b"{}", JSON)) as (api, gateway):
        assert list(read_ends(api, 100)) == []
    assert queries(gateway) == ["size=100"]


@pytest.mark.parametrize(("total", "index"), [(0, 0), (1, 0), (100, 0), (101, 1), (1000, 9)])
def test_the_last_index_follows_from_total_and_size(tmp_path: Path, total: int, index: int) -> None:
    """An empty list has a first page as well."""
    with api_of(tmp_path, page(0, total)) as (api, _):
        assert last_index(read_page(api.list_orders())) == index
