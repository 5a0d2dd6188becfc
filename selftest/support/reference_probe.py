"""A fixed sequence of requests that shows whether two servers behave differently.

It is based on the guide, not on the suite or on any deviation. A deviation that changes none of
these responses would have no effect.
"""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

from selftest.support.reference_client import KEY, Client, Request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reference.settings import Settings
    from selftest.support.reference_client import Response

ORDER = "/api/v3/order"
TIME = re.compile(rb"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")
TEXTS = (
    *("MiXed", " padded ", "a\tb", "a\r\nb", "it's", 'say "hi"\\', "100% %20", "<b>&lt;</b>"),
    *("a,b;c", "\U0001f4e6", "e\u0301", "\u05d0", "007", "1e5", "true", "null", "x" * 65),
    *("y" * 256, "z" * 5000, "a\x01b", "nul\0", "", " "),
    *("a+b", "a#b", "=1+1", "\u201cq\u201d \u2013", "line\n", "4111111111111111"),
    "3F2504E0-4F89-11D3-9A0C-0305E82C3301",
)
ALIKE = ("alike", "ALIKE", "al\u00edke", "alike ")
LABELS = (
    *("text/plain", "application/xml", "", "application/json; charset=utf-8"),
    *("application/x-www-form-urlencoded", "multipart/form-data", "json; charset"),
)
COUNTS = (1, 2, 256, 1000, 1001, 20_000, 65_536, 1_000_000)

Step = tuple[Request, ...]
"""Requests that are sent at the same time."""
Recorded = tuple[int, tuple[tuple[str, str], ...], bytes]


def script() -> Iterator[Step]:
    """Yield the requests, the most informative first."""
    for part in (_first_looks, _accepted, _parallel, _reads, _pages, _refused, _keys, _odd, _reads):
        yield from ((step,) if isinstance(step, Request) else step for step in part())


def record(settings: Settings) -> list[list[Recorded]]:
    """Return the responses of a new server."""
    client = Client(settings)
    try:
        return asyncio.run(_record(client))
    finally:
        client.close()


def first_difference(settings: Settings, recorded: list[list[Recorded]]) -> Step | None:
    """Return the first request with a different response from a new server, or None."""
    client = Client(settings)
    try:
        return asyncio.run(_compare(client, recorded))
    finally:
        client.close()


async def _record(client: Client) -> list[list[Recorded]]:
    return [[_normal(response) for response in await client.send(step)] for step in script()]


async def _compare(client: Client, recorded: list[list[Recorded]]) -> Step | None:
    for step, before in zip(script(), recorded, strict=True):
        if [_normal(response) for response in await client.send(step)] != before:
            return step
    return None


def _normal(response: Response) -> Recorded:
    """Return a response without its time stamps."""
    return response.status, tuple(sorted(response.headers)), TIME.sub(b"TIME", response.body)


def _order(**changes: Any) -> Request:
    lines = [{"item": {"id": 1000}, "count": 10}, {"item": {"id": 1001}, "count": 3}]
    base = {"externalOrderIds": ["a-1"], "patient": {"id": 1234}, "orderItems": lines}
    body = {**base, "shippingOption": "standard", **changes}
    return Request("POST", body={name: value for name, value in body.items() if value is not ...})


def _lines(kind: str, ids: Any) -> list[dict[str, Any]]:
    return [{kind: {"id": i}, "count": n % 7 + 1} for n, i in enumerate(ids)]


def _first_looks() -> Iterator[Request]:
    yield Request()
    yield _order()
    yield Request(query="size=2")
    yield Request(query="page=1&size=4")  # the last of two full pages
    yield Request(path=f"{ORDER}/8")
    yield Request(path=f"{ORDER}/999999")
    yield Request(path=f"{ORDER}/9")  # the next to be given
    yield _order(patient=...)


def _accepted() -> Iterator[Request]:
    kits = _lines("kit", (1001, 1000))
    for patient in (1235, 1236):
        yield _order(patient={"id": patient})
    for site in (10, 11):
        yield _order(patient=..., site={"id": site})
    yield _order(patient=..., site={"id": 10}, orderItems=..., orderKits=kits)
    yield _order(orderItems=..., orderKits=kits)
    yield _order(orderKits=kits)
    yield _order(patient={"id": 1234, "sex": "unknown"})
    yield _order(site=None)
    yield _order(orderKits=kits, shippingOption=...)
    yield _order(externalOrderIds=["m", "n"], shippingOption=...)
    yield _order(orderItems=[{"item": {"id": 1000}}, {"item": {"id": 1001}, "count": 2}])
    yield _order(orderItems=[{"item": {"id": 1000}, "count": {}}])
    yield _order(orderKits=[*kits, {"count": 1}])
    yield _order(orderNotes=[{"note": "Ring twice"}])
    yield _order(externalOrderIds=["c"], orderItems=_lines("item", (1002,)))
    yield _order(externalOrderIds=["c"], orderItems=_lines("item", (1002,)))
    yield _order(orderKits=[])
    yield _order(orderItems=[], orderKits=kits)
    yield _order(orderItems=None, orderKits=kits)
    for option in (..., "overnight", "by-balloon"):
        yield _order(shippingOption=option)
    for ids in (..., None, [], ["b", "a", "b"], [f"n{n}" for n in range(60)]):
        yield _order(externalOrderIds=ids)
    for text in TEXTS:
        yield _order(externalOrderIds=["t", text])
    yield _order(externalOrderIds=ALIKE)
    for items in (
        (1003, 1000),
        (1000, 1001, 1000),
        [1000, 1001, 1002] * 2,
        [1002] * 35,
        [1000] * 70,
    ):
        yield _order(orderItems=_lines("item", items))
    for kits_of in ((1003, 1002, 1000), (1001, 1001, 1000), [1000] * 25):
        yield _order(orderItems=..., orderKits=_lines("kit", kits_of))
    for count in COUNTS:
        one = {"item": {"id": 1000}, "count": count}
        yield _order(orderItems=[one], orderKits=[{"kit": {"id": 1000}, "count": count}])
    yield _order(orderItems=[{"item": {"id": 1002}}], orderKits=[{"kit": {"id": 1003}}])


def _parallel() -> Iterator[Step]:
    yield tuple(_order(externalOrderIds=[f"p{n}"]) for n in range(4))
    yield (_order(),)


def _reads() -> Iterator[Request]:
    for order_id in (8, 8, 9, 12, 13, 13, 60, 61, 70, 1):
        yield Request(path=f"{ORDER}/{order_id}")
    yield Request(query="size=100")


def _pages() -> Iterator[Request]:
    for page in range(4):
        yield Request(query=f"page={page}&size=3")
    for size in (1, 5, 7, 10, 25, 50, 101, 1000, 2**31 - 1):
        yield Request(query=f"size={size}")
        yield Request(query=f"size={size}")
    ends = ((6, 11), (7, 11), (3, 22), (40, 2), (900, 10), (0, 20), (5, 20))
    for page, size in (*ends, (1, 1000), (2**30, 4), (2**31 - 1, 20)):
        yield Request(query=f"page={page}&size={size}")
    yield Request(query="page=1")
    invalid = ("page=-1", "size=0", "size=-1", "page=abc", "size=abc", "page=", "page=0.5")
    for query in (
        *invalid,
        "page=99999999999",
        "size=1&size=2",
        "unknown=1",
        "sort=x",
        "patientId=x",
    ):
        yield Request(query=query)


def _refused() -> Iterator[Request]:
    yield _order(site={"id": 10})
    for party in (None, {}, {"id": None}, {"id": 77777}, {"id": -1}, {"id": "1234"}, 1234, "1234"):
        yield _order(patient=party)
    for wrong in ([1234], 1234.5, True, {"id": 1234}, 0, 2**64 + 1234):
        yield _order(patient={"id": wrong})
    for party in (None, {}, {"id": 77777}, {"id": "10"}, 10):
        yield _order(patient=..., site=party)
    yield _order(patient=[{"id": 1234}])
    yield _order(patient=None, site=None)
    kits = _lines("kit", (1000,))
    no_lists: tuple[Any, ...] = (..., None, [], {}, "x", 5, [1000], [None], [[]], [{}])
    for items in (*no_lists, [{"item": {}}]):
        yield _order(orderItems=items)
        yield _order(orderItems=items, orderKits=kits)
        yield _order(orderItems=..., orderKits=items)
    yield _order(orderItems=None, orderKits=None)
    yield _order(orderItems=[], orderKits=[])
    yield _order(orderItems={"item": {"id": 1000}})
    for kind, name in (("item", "orderItems"), ("kit", "orderKits")):
        known, unknown = {kind: {"id": 1000}}, {kind: {"id": 77777}}
        without: dict[str, Any] = {kind: {}}
        ten = [known] * 10
        for lines in (
            [unknown],
            [known, unknown],
            [*ten, unknown],
            [known, None],
            [without],
            [known, without],
            [known, 1000],
        ):
            yield _order(**{"orderItems": ..., name: lines})
        for count in (0, -1, 1.5, "10", "ten", 10_000, 2**31, 2**32 + 5, 1e300):
            yield _order(**{"orderItems": ..., name: [{**known, "count": count}]})
    no_ids: tuple[Any, ...] = ("text", 5, [5], [None], [{}])
    for ids in no_ids:
        yield _order(externalOrderIds=ids)
    yield _order(orderItems=[{"item": {"id": 0}}])
    for option in (5, None, False, "Standard"):
        yield _order(shippingOption=option)
    yield _order(externalOrderIds=["long" * 20])


def _keys() -> Iterator[Request]:
    for near in ("%", "' OR '1'='1", KEY[:-1] + "?"):
        yield Request(key=near)
    for key in (None, "", KEY.upper(), KEY[:-1], KEY + "x"):
        yield Request(key=key)
        yield Request(path=f"{ORDER}/8", key=key)
        yield _order().but(key=key)
    yield Request(path=ORDER + "/8/", key=KEY)
    yield Request(key=KEY + "\u00e9")
    yield _order().but(key=None, headers=(("Content-Type", "application/json; charset=utf-8"),))


def _odd() -> Iterator[Request]:
    for body in (b"", b"{", b"[]", b"null", b'{"a":1} x', b'{"patient": {"id": 1e999}}'):
        yield Request("POST", body=body)
    yield Request("POST", body=_order().bytes + b" {}")
    yield Request("POST", body=b"[" * 5000 + b"]" * 5000)
    yield Request("POST", body=b'{"patient": {"id": ' + b"9" * 5000 + b"}}")
    yield Request("POST", body=b'{"externalOrderIds": ["\\ud800"]}')
    yield _order(externalOrderIds=["\ud800"])
    yield Request("POST", body=_order().bytes.replace(b"a-1", b"\xff"))
    for wrapped in ([_order().body], [_order().body] * 2, _order().bytes.decode()):
        yield Request("POST", body=wrapped)
    for kind in ("patient", "site"):
        yield _order(**{"patient": ..., kind: {"id": 2**63}})
    yield _order(unknownProperty=1, currentStatus="x", id=3)
    yield _order(patient={"id": 1234, "unknownProperty": 1})
    yield _order(orderItems=[{"item": {"id": 1000}, "count": 1, "unknownProperty": 1}])
    yield _order(orderKits=[{"kit": {"id": 1000, "unknownProperty": 1}, "count": 1}])
    yield Request(query="size=%C3%28")
    for method in ("PUT", "PATCH", "DELETE", "POST"):
        yield Request(method, f"{ORDER}/8", body={})
    for method in ("HEAD", "OPTIONS"):
        yield Request(method, f"{ORDER}/8")
    yield _order(externalOrderIds=["posted"]).but(path=f"{ORDER}/8")
    for method in ("HEAD", "OPTIONS", "TRACE", "PUT"):
        yield Request(method)
    for tail in (
        "abc",
        "null",
        "true",
        "-8",
        "8x",
        "8.5",
        "0",
        "08",
        str(2**63),
        "9" * 4400,
        "8/",
        "\u0661",
        "a b",
    ):
        yield Request(path=f"{ORDER}/{tail}")
    yield Request(path="/nowhere")
    yield _order(externalOrderIds=["w" * 70_000])
    yield from _fields()


def _fields() -> Iterator[Request]:
    for label in LABELS:
        yield _order().but(headers=(("Content-Type", label),))
    for name, value in (("Content-Encoding", "gzip"), ("Idempotency-Key", "nonsense")):
        yield _order().but(headers=((name, value),))
    for accept in ("*/*", "", "application/xml", "text/html", "application/json"):
        yield Request(headers=(("Accept", accept), ("Accept-Encoding", "gzip")))
    reads = ("Cookie", "If-Modified-Since", "Authorization", "Origin", "Traceparent")
    for name in (*reads, "If-Unmodified-Since"):
        yield Request(headers=((name, "nonsense"),))
