"""A small HTTP server in front of another, which can misbehave in any way.

It writes raw bytes, so it can break rules that a library would keep. Each connection is closed
after one response.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

JSON = "Content-Type: application/json"
NO_LINGER = struct.pack("ii", 1, 0)


@dataclass
class Incoming:
    """A request as it arrived, and its number, counted from 1."""

    number: int
    method: str
    path: str
    head: bytes
    body: bytes

    @property
    def is_create(self) -> bool:
        """Whether it is a create."""
        return self.method == "POST" and self.path.rstrip("/").endswith("/order")


@dataclass
class Gateway:
    """What a misbehaviour may use: the server behind it, and the requests that arrived."""

    upstream: str
    requests: list[Incoming] = field(default_factory=list)
    connections: int = 0

    async def forward(self, request: Incoming) -> bytes:
        """Send a request to the server behind; return its response, byte for byte."""
        place = urlsplit(self.upstream)
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        head, _, rest = request.head.partition(b"\r\n")
        kept = [line for line in rest.split(b"\r\n") if not line.lower().startswith(b"connection:")]
        writer.write(b"\r\n".join([head, b"Connection: close", *kept]) + request.body)
        await writer.drain()
        response = await reader.read(-1)
        writer.close()
        return response


def response_to(status: str, body: bytes = b"", *headers: str) -> bytes:
    """Return the bytes of an HTTP response."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


FINE = response_to("200 OK", b'{"fine": true}', JSON)


def redirect_to(location: str, status: str = "302 Found") -> bytes:
    """Return a redirect."""
    return response_to(status, b"", f"Location: {location}")


def reset(writer: asyncio.StreamWriter) -> None:
    """Reset the TCP connection."""
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
    writer.transport.abort()


class Script:
    """A misbehaviour: responds with one step after the other, and repeats the last one."""

    def __init__(self, *steps: bytes | Callable[[Incoming], bytes]) -> None:
        """Take whole responses, or functions of the request; no bytes mean a reset."""
        self.steps = list(steps)

    async def __call__(self, _: Gateway, request: Incoming, writer: asyncio.StreamWriter) -> None:
        """Respond with the next step."""
        step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        response = step if isinstance(step, bytes) else step(request)
        if response:
            writer.write(response)
        else:
            reset(writer)


@contextmanager
def serving(
    misbehaviour: Callable[[Gateway, Incoming, asyncio.StreamWriter], Awaitable[None]],
    upstream: str = "",
) -> Iterator[tuple[str, Gateway]]:
    """Serve a misbehaviour on a free port; yield the base URL and what arrives."""
    gateway = Gateway(upstream)
    loop = asyncio.new_event_loop()
    ready: list[asyncio.Server] = []
    tasks: list[asyncio.Task[None] | None] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        gateway.connections += 1
        # The list keeps a task alive that waits for ever after its client has gone.
        tasks.append(asyncio.current_task())
        try:
            request = await _read(reader, len(gateway.requests) + 1)
            gateway.requests.append(request)
            await misbehaviour(gateway, request, writer)
            if not writer.transport.is_closing():
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def start() -> None:
        ready.append(await asyncio.start_server(serve, "127.0.0.1", 0))

    loop.run_until_complete(start())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{ready[0].sockets[0].getsockname()[1]}", gateway
    finally:
        asyncio.run_coroutine_threadsafe(_end(ready[0]), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end(server: asyncio.Server) -> None:
    server.close()
    for _turn in range(5):  # a connection that was just accepted gets its task some turns later
        await asyncio.sleep(0)
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


async def _read(reader: asyncio.StreamReader, number: int) -> Incoming:
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    method, path, _ = lines[0].split(" ", 2)
    fields = {
        name.strip().lower(): value.strip()
        for name, _, value in (line.partition(":") for line in lines[1:])
    }
    body = await reader.readexactly(int(fields.get("content-length", "0")))
    return Incoming(number, method, path, head, body)
