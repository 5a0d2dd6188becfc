"""The reference server handles any input: it accepts or refuses it, and never fails."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reference.settings import Settings
from selftest.support.reference_client import KEY, Client, Request

if TYPE_CHECKING:
    from collections.abc import Iterator

ORDER = "/api/v3/order"
BEFORE_FAILING = 500
REFUSED = range(400, 500)


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    """A conforming server for all requests of the module."""
    client = Client(Settings(api_key=KEY))
    yield client
    client.close()


every = settings(
    max_examples=150,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

texts = st.text(st.characters(), max_size=8)  # surrogates included
scalars = (
    st.none() | st.booleans() | texts | st.floats() | st.integers(-(2**70), 2**70) | st.just(1000)
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3)
)
ids: st.SearchStrategy[Any] = st.sampled_from(
    [1234, 10, 1000, 0, -1, 2**63, 1.5, "1234", None, True, [], {}]
)
lines = st.lists(
    st.fixed_dictionaries(
        {}, optional={k: st.fixed_dictionaries({"id": ids}) | values for k in ("item", "kit")}
    )
    | st.fixed_dictionaries({"item": st.just({"id": 1000}), "count": values}),
    max_size=4,
)
near_orders = st.fixed_dictionaries(
    {},
    optional={
        "patient": st.fixed_dictionaries({"id": ids}) | values,
        "site": st.fixed_dictionaries({"id": ids}) | values,
        "orderItems": lines | values,
        "orderKits": lines | values,
        "externalOrderIds": st.lists(texts, max_size=3) | values,
        "shippingOption": st.just("standard") | values,
        "orderNotes": values,
        "id": values,
    },
)


@every
@given(near_orders | values)
def test_no_document_makes_it_fail(client: Client, document: Any) -> None:
    """Any JSON value: accepted as an order that can be read back, or refused."""
    response = client.request(Request("POST", body=json.dumps(document).encode()))[0]
    assert response.status < BEFORE_FAILING, response
    if response.status == 201:
        again = client.request(Request(path=f"{ORDER}/{response.json['id']}"))[0]
        assert again.json == response.json


@every
@given(st.binary(max_size=60))
def test_no_bytes_make_it_fail(client: Client, body: bytes) -> None:
    """Bytes that are not JSON are refused."""
    assert client.request(Request("POST", body=body))[0].status in REFUSED


@every
@given(st.text(max_size=30), st.binary(max_size=30), st.sampled_from(["GET", "PUT", "HEAD", "X"]))
def test_no_path_or_query_makes_it_fail(
    client: Client, tail: str, query: bytes, method: str
) -> None:
    """Any path, query and method is answered below 500."""
    for path in (f"{ORDER}/{tail}", tail):
        response = client.request(Request(method, path, query=query.decode("latin-1")))[0]
        assert response.status < BEFORE_FAILING, response


@every
@given(
    st.sampled_from(["Content-Type", "Accept", "Range", "If-None-Match", "Content-Encoding", "X"]),
    st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=30),
)
def test_no_header_makes_it_fail(client: Client, name: str, value: str) -> None:
    """Any value of a header is answered below 500."""
    for request in (Request(), Request("POST", body={"patient": {"id": 1}})):
        response = client.request(request.but(headers=((name, value),)))[0]
        assert response.status < BEFORE_FAILING, response


BODIES = {
    "U+0000": b'{"externalOrderIds": ["\\u0000"], "patient": {"id": 1}}',
    "a lone surrogate": b'{"externalOrderIds": ["\\ud800"], "patient": {"id": 1}}',
    "5,000 digits": b'{"patient": {"id": ' + b"9" * 5000 + b"}}",
    "minus and 5,000 digits": b'{"patient": {"id": -' + b"9" * 5000 + b"}}",
    "beyond a double": b'{"patient": {"id": 1e999}}',
    "NaN": b'{"patient": {"id": NaN}}',
    "lists 100,000 deep": b"[" * 100_000 + b"]" * 100_000,
    "objects 100,000 deep": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "empty": b"",
    "a list": b"[]",
    "a text": b'"x"',
    "null": b"null",
}


@pytest.mark.parametrize("body", BODIES)
def test_an_extreme_body_is_refused(client: Client, body: str) -> None:
    """Bodies that crash some parsers are refused."""
    assert client.request(Request("POST", body=BODIES[body]))[0].status in REFUSED


def test_a_body_above_the_limit_is_413() -> None:
    """The limit is exact."""
    client = Client(Settings(max_body=100))
    sizes = {
        size: client.request(Request("POST", body=b" " * size))[0].status for size in (100, 101)
    }
    client.close()
    assert sizes == {100: 400, 101: 413}


def test_unusual_strings_are_kept(client: Client) -> None:
    """NUL, lone surrogates and emoji are kept on create, on fetch and in the list."""
    texts = ["\0", "\ud800", "\U0001f4e6", " e\u0301 ", ""]
    order = {"patient": {"id": 1234}, "orderItems": [{"item": {"id": 1000}}]}
    created = client.request(Request("POST", body={**order, "externalOrderIds": texts}))[0]
    fetched = client.request(Request(path=f"{ORDER}/{created.json['id']}"))[0]
    listed = client.request(Request(query="size=1"))[0]
    for shown in (created.json, fetched.json, listed.json["content"][0]):
        assert shown["externalOrderIds"] == texts
