"""Every misbehaviour of a server, in `ENVIRONMENT`, `PASSING`, `LOSING` and `HOSTILE`."""

from __future__ import annotations

import asyncio
import gzip
import json
import random
from typing import TYPE_CHECKING, Any, TypeAlias

from selftest.support.misbehaving_server import JSON, reset, response_to

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from selftest.support.misbehaving_server import Gateway, Incoming

Writer: TypeAlias = asyncio.StreamWriter
Misbehaviour: TypeAlias = "Callable[[Gateway, Incoming, Writer], Awaitable[None]]"
HTML = "Content-Type: text/html; charset=utf-8"
PAGE = b"<html><body><h1>We will be back soon</h1></body></html>"
ESCAPES = "\x1b[2J\x1b]0;owned\x07\u202e\x9b31m"
NASTY = f"{ESCAPES}\n::error::gotcha\r\n##[error]gotcha <script>alert(1)</script>\0"


async def silent(_: Gateway, __: Incoming, ___: Writer) -> None:
    """Accept the connection and never respond."""
    await asyncio.Event().wait()


async def dripping(_: Gateway, __: Incoming, writer: Writer) -> None:
    """Send a byte a second."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")
    for _byte in range(5000):
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(1)


async def endless(_: Gateway, __: Incoming, writer: Writer) -> None:
    """Send a body that does not end."""
    writer.write(f"HTTP/1.1 200 OK\r\n{JSON}\r\nConnection: close\r\n\r\n[".encode())
    while not writer.transport.is_closing():
        writer.write(b'"x",' * 4096)
        await writer.drain()


async def gzip_bomb(_: Gateway, __: Incoming, writer: Writer) -> None:
    """Send a few kilobytes that decode to half a gigabyte."""
    writer.write(response_to("200 OK", BOMB, JSON, "Content-Encoding: gzip"))


BOMB = gzip.compress(b" " * 1024) + gzip.compress(bytes(64 << 20)) * 8


async def large_head(_: Gateway, __: Incoming, writer: Writer) -> None:
    """Send megabytes of header fields."""
    fields = "".join(f"X-{number}: {'y' * 1000}\r\n" for number in range(4000))
    writer.write(f"HTTP/1.1 200 OK\r\n{fields}Content-Length: 2\r\n\r\n{{}}".encode())


def length(field: str) -> Misbehaviour:
    """Return a misbehaviour that sends a wrong Content-Length."""

    async def wrong(_: Gateway, __: Incoming, writer: Writer) -> None:
        writer.write(f'HTTP/1.1 200 OK\r\n{JSON}\r\n{field}\r\n\r\n{{"content": []}}'.encode())

    return wrong


async def no_http(_: Gateway, __: Incoming, writer: Writer) -> None:
    """Respond in another protocol."""
    writer.write(b"220 mail.example.com ESMTP\r\n")


async def page_for_everything(_: Gateway, __: Incoming, writer: Writer) -> None:
    """Return an HTML page with status 200 for everything."""
    writer.write(response_to("200 OK", PAGE, HTML))


async def redirect_loop(_: Gateway, request: Incoming, writer: Writer) -> None:
    """Redirect each path to itself."""
    writer.write(response_to("302 Found", b"", f"Location: {request.path}"))


async def login(_: Gateway, request: Incoming, writer: Writer) -> None:
    """Redirect every request to a login page."""
    if request.path == "/login":
        writer.write(response_to("200 OK", PAGE, HTML))
    else:
        writer.write(response_to("302 Found", b"", "Location: /login"))


async def maintenance(_: Gateway, __: Incoming, writer: Writer) -> None:
    """Return a maintenance page for everything."""
    writer.write(response_to("503 Service Unavailable", PAGE, HTML, "Retry-After: 3600"))


async def bad_gateway(_: Gateway, __: Incoming, writer: Writer) -> None:
    """Fail as a gateway does that cannot reach its server."""
    writer.write(response_to("502 Bad Gateway", PAGE, HTML))


class Death:
    """Serves some requests, and then resets every connection."""

    def __init__(self, after: int) -> None:
        """Serve ``after`` requests."""
        self.after = after

    async def __call__(self, gateway: Gateway, request: Incoming, writer: Writer) -> None:
        """Serve the request, or reset the connection."""
        if request.number > self.after:
            reset(writer)
        else:
            writer.write(await gateway.forward(request))


async def expiring_key(gateway: Gateway, request: Incoming, writer: Writer) -> None:
    """Refuse the key from the 100th request on."""
    if request.number >= 100:
        writer.write(response_to("401 Unauthorized", b'{"message": "expired"}', JSON))
    else:
        writer.write(await gateway.forward(request))


async def sometimes_unavailable(gateway: Gateway, request: Incoming, writer: Writer) -> None:
    """Respond with 503 to one request in ten."""
    if CHANCE.random() < 0.1:
        writer.write(response_to("503 Service Unavailable", PAGE, HTML))
    else:
        writer.write(await gateway.forward(request))


CHANCE = random.Random(7)


async def reset_before(gateway: Gateway, request: Incoming, writer: Writer) -> None:
    """Reset one connection in eight before the server receives the request."""
    if request.number % 8 == 0:
        reset(writer)
    else:
        writer.write(await gateway.forward(request))


async def reset_after(gateway: Gateway, request: Incoming, writer: Writer) -> None:
    """Reset one connection in eight after the server has served the request."""
    response = await gateway.forward(request)
    if request.number % 8 == 0:
        reset(writer)
    else:
        writer.write(response)


async def bad_gateway_on_creates(gateway: Gateway, request: Incoming, writer: Writer) -> None:
    """Lose one create in ten between gateway and server."""
    if request.is_create and request.number % 10 == 0:
        writer.write(response_to("502 Bad Gateway", PAGE, HTML))
    else:
        writer.write(await gateway.forward(request))


async def slow(gateway: Gateway, request: Incoming, writer: Writer) -> None:
    """Delay every response."""
    await asyncio.sleep(0.03)
    writer.write(await gateway.forward(request))


class RateLimit:
    """Serves a number of requests per second, and asks the others to come back later."""

    def __init__(self, per_second: int) -> None:
        """Serve ``per_second`` requests per second."""
        self.per_second = per_second
        self.seen: list[float] = []

    async def __call__(self, gateway: Gateway, request: Incoming, writer: Writer) -> None:
        """Serve the request, or respond with 429 and Retry-After."""
        now = asyncio.get_running_loop().time()
        self.seen = [moment for moment in self.seen if moment > now - 1]
        if len(self.seen) >= self.per_second:
            writer.write(response_to("429 Too Many Requests", b"", "Retry-After: 1"))
            return
        self.seen.append(now)
        writer.write(await gateway.forward(request))


async def old_fashioned(gateway: Gateway, request: Incoming, writer: Writer) -> None:
    """Respond in HTTP/1.0 without a length: the body ends with the connection."""
    head, _, body = (await gateway.forward(request)).partition(b"\r\n\r\n")
    first, *fields = head.split(b"\r\n")
    kept = [line for line in fields if not line.lower().startswith(b"content-length")]
    writer.write(b"\r\n".join([first.replace(b"HTTP/1.1", b"HTTP/1.0"), *kept, b"", body]))


async def chatty(gateway: Gateway, request: Incoming, writer: Writer) -> None:
    """Send early hints, a session cookie, a chunked body, and trailers."""
    head, _, body = (await gateway.forward(request)).partition(b"\r\n\r\n")
    first, *fields = head.split(b"\r\n")
    kept = [line for line in fields if not line.lower().startswith(b"content-length")]
    cookie = b"Set-Cookie: session=open-sesame; Path=/"
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"
    no_body = request.method == "HEAD" or b" 204" in first
    chunked = [] if no_body else [b"Transfer-Encoding: chunked"]
    chunks = b"%x\r\n%s\r\n" % (len(body), body) if body else b""
    end = b"" if no_body else chunks + b"0\r\nServer-Timing: total\r\n\r\n"
    writer.write(hints + b"\r\n".join([first, *kept, cookie, *chunked, b"", end]))


async def cookie_session(gateway: Gateway, request: Incoming, writer: Writer) -> None:
    """Accept every request with the session cookie that each response sets."""
    if b"open-sesame" in request.head:
        writer.write(response_to("200 OK", b"{}", JSON))
    else:
        await chatty(gateway, request, writer)


def changing(change: Callable[[bytes], bytes]) -> Misbehaviour:
    """Return a misbehaviour that changes the body of each successful create and fetch."""

    async def changed(gateway: Gateway, request: Incoming, writer: Writer) -> None:
        response = await gateway.forward(request)
        head, _, body = response.partition(b"\r\n\r\n")
        status = head.split(b" ")[1]
        if not status.startswith(b"2") or not body.startswith(b"{") or b'"content"' in body[:60]:
            writer.write(response)
            return
        writer.write(response_to(f"{status.decode()} Fine", change(body), JSON))

    return changed


def with_field(text: bytes) -> Callable[[bytes], bytes]:
    """Return a change that adds a field at the end of the object."""
    return lambda body: body[:-1] + b', "more": ' + text + b"}"


async def larger_orders(gateway: Gateway, request: Incoming, writer: Writer) -> None:
    """Add ten kilobytes to each order in every response."""
    head, _, body = (await gateway.forward(request)).partition(b"\r\n\r\n")
    status = head.split(b"\r\n")[0].decode()[len("HTTP/1.1 ") :]
    if status.startswith("2") and body:
        shown = json.loads(body)
        for order in shown.get("content", [shown]):
            order["more"] = "x" * 10_000
        writer.write(response_to(status, json.dumps(shown).encode(), JSON))
    else:
        writer.write(head + b"\r\n\r\n" + body)


def nasty_texts(body: bytes) -> bytes:
    """Add control sequences of terminals and build logs to each text."""

    def spoiled(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: spoiled(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [spoiled(inner) for inner in value]
        return value + NASTY if isinstance(value, str) else value

    return json.dumps(spoiled(json.loads(body)), ensure_ascii=False).encode()


def nasty_ids(body: bytes) -> bytes:
    """Replace the id of the order by such a text."""
    order = json.loads(body)
    order["id"] = NASTY + "\ud800"
    return json.dumps(order).encode()


MEGABYTES = b'"' + b"x" * 6_000_000 + b'"'
MANY_LISTS = b"[" + b"[]," * 2_500_000 + b"[]]"
DEEP = b"[" * 100_000 + b"]" * 100_000
MIDDLING = b'{"patient":' * 190 + b"1" + b"}" * 190

ENVIRONMENT: dict[str, Misbehaviour] = {
    "silent": silent,
    "dripping": dripping,
    "endless": endless,
    "gzip-bomb": gzip_bomb,
    "large-head": large_head,
    "length-too-long": length("Content-Length: 4000\r\nConnection: close"),
    "length-negative": length("Content-Length: -5"),
    "length-twice": length("Content-Length: 15\r\nContent-Length: 16"),
    "no-http": no_http,
    "redirect-loop": redirect_loop,
    "login": login,
    "page-for-everything": page_for_everything,
    "maintenance": maintenance,
    "bad-gateway": bad_gateway,
    "death-midway": Death(after=100),
    "expiring-key": expiring_key,
    "megabytes": changing(with_field(MEGABYTES)),
    "many-lists": changing(with_field(MANY_LISTS)),
}
"""These say nothing about the server: the run is inconclusive."""

PASSING: dict[str, Misbehaviour] = {
    "rate-limit": RateLimit(10),
    "sometimes-unavailable": sometimes_unavailable,
    "slow": slow,
    "old-fashioned": old_fashioned,
    "chatty": chatty,
    "cookie-session": cookie_session,
    "name-twice": changing(lambda body: b'{"orderNotes": null, ' + body[1:]),
    "huge-integer-elsewhere": changing(with_field(b"9" * 5000)),
    "deep-elsewhere": changing(with_field(MIDDLING)),
    "larger-orders": larger_orders,
}
"""A client can handle these: the run is conformant."""

LOSING: dict[str, Misbehaviour] = {
    "reset-before": reset_before,
    "reset-after": reset_after,
    "bad-gateway-on-creates": bad_gateway_on_creates,
}
"""These leave open whether some creates were stored: nothing fails, but the run may be
inconclusive."""

HOSTILE: dict[str, tuple[Misbehaviour, str]] = {
    "deep": (changing(with_field(DEEP)), "PROTO-01"),
    "not-a-number": (changing(with_field(b"NaN")), "PROTO-01"),
    "invalid-utf-8": (changing(with_field(b'"\xff\xfe"')), "PROTO-01"),
    "byte-order-mark": (changing(lambda body: b"\xef\xbb\xbf" + body), "PROTO-01"),
    "two-texts": (changing(lambda body: body + b"{}"), "PROTO-01"),
    "empty": (changing(lambda _: b""), "PROTO-01"),
    "huge-id": (changing(lambda _: b'{"id": ' + b"9" * 5000 + b"}"), "ID-01"),
    "nasty-texts": (changing(nasty_texts), "EXT-02"),
    "nasty-ids": (changing(nasty_ids), "ID-01"),
}
"""The server itself breaks this requirement: the run is non-conformant."""
