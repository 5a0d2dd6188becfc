"""A small raw HTTP server that stands in front of another and makes trouble.

It speaks bytes, so that it can break what a library would not let it break. One request a
connection; every connection is closed after its answer.
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

NO_LINGER = struct.pack("ii", 1, 0)


@dataclass
class Incoming:
    """A request as it came in, and its number from 1."""

    number: int
    method: str
    path: str
    head: bytes
    body: bytes

    @property
    def is_create(self) -> bool:
        """Whether it asks for a new order."""
        return self.method == "POST" and self.path.rstrip("/").endswith("/order")


@dataclass
class Gateway:
    """What a trouble may use: the server behind, and the connection in front."""

    upstream: str
    requests: list[Incoming] = field(default_factory=list)
    connections: int = 0

    async def forward(self, request: Incoming) -> bytes:
        """Let the server behind answer; returns its answer byte by byte as it was."""
        place = urlsplit(self.upstream)
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        head, _, rest = request.head.partition(b"\r\n")
        kept = [line for line in rest.split(b"\r\n") if not line.lower().startswith(b"connection:")]
        writer.write(b"\r\n".join([head, b"Connection: close", *kept]) + request.body)
        await writer.drain()
        answer = await reader.read(-1)
        writer.close()
        return answer


def response_to(status: str, body: bytes = b"", *headers: str) -> bytes:
    """Write a whole HTTP answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def reset(writer: asyncio.StreamWriter) -> None:
    """Break the connection off with a TCP reset."""
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
    writer.transport.abort()


@contextmanager
def serving(
    misbehaviour: Callable[[Gateway, Incoming, asyncio.StreamWriter], Awaitable[None]],
    upstream: str = "",
) -> Iterator[tuple[str, Gateway]]:
    """Serve with a trouble on a free port; yields the base URL and what came in."""
    gateway = Gateway(upstream)
    loop = asyncio.new_event_loop()
    ready: list[asyncio.Server] = []
    tasks: list[asyncio.Task[None] | None] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        gateway.connections += 1
        # A task that waits for ever after its client is gone is referred to by nobody else.
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
    for _turn in range(5):  # a connection that was accepted just now gets its task some turns later
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
