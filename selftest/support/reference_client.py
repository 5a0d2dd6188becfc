"""Requests to a reference server inside this process: no socket, no HTTP client."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from reference.application import create_app

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping, Sequence

    from reference.server import ReferenceServer
    from reference.settings import Settings

KEY = "probe-Key-19"
KEY_HEADER = "Impilo-API-Key"
JSON = ("Content-Type", "application/json")


@dataclass(frozen=True)
class Request:
    """One request; `body` may be bytes, or a value to write as JSON."""

    method: str = "GET"
    path: str = "/api/v3/order"
    body: Any = None
    headers: tuple[tuple[str, str], ...] = ()
    query: str = ""
    key: str | None = KEY

    def but(self, **changes: Any) -> Request:
        """Return the same request with some parts changed."""
        return replace(self, **changes)

    @property
    def bytes(self) -> bytes:
        """The body as bytes."""
        if self.body is None or isinstance(self.body, bytes):
            return self.body or b""
        return json.dumps(self.body).encode()


@dataclass
class Response:
    """One response."""

    status: int = 0
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    @property
    def json(self) -> Any:
        """The body read as JSON."""
        return json.loads(self.body)


class Client:
    """Talks ASGI to one application."""

    def __init__(self, settings: Settings) -> None:
        """Build the application."""
        self._app = create_app(settings)
        self.server: ReferenceServer = self._app.state.server

    def close(self) -> None:
        """Close the database."""
        self.server.close()

    def request(self, *requests: Request) -> list[Response]:
        """Send requests at the same time, and return their responses."""
        return asyncio.run(self.send(requests))

    async def send(self, requests: Sequence[Request]) -> list[Response]:
        """Send requests at the same time, and return their responses."""
        return list(await asyncio.gather(*map(self._send, requests)))

    async def _send(self, request: Request) -> Response:
        response = Response()
        headers = [("Host", "x"), *request.headers]
        if request.body is not None and not any(name == JSON[0] for name, _ in request.headers):
            headers.append(JSON)
        if request.key is not None:
            headers.append((KEY_HEADER, request.key))
        scope: MutableMapping[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": "http",
            "path": request.path,
            "raw_path": request.path.encode("utf-8", "surrogateescape"),
            "query_string": request.query.encode("latin-1"),
            "root_path": "",
            "headers": [
                (name.lower().encode("latin-1"), value.encode("latin-1"))
                for name, value in headers
                if value or name == KEY_HEADER
            ],
            "client": ("127.0.0.1", 1),
            "server": ("x", 80),
        }
        receive = _receiving(request.bytes)

        async def send(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                response.status = message["status"]
                response.headers = [
                    (name.decode("latin-1").lower(), value.decode("latin-1"))
                    for name, value in message.get("headers", ())
                ]
            else:
                response.body += message.get("body", b"")

        await self._app(scope, receive, send)
        return response


def _receiving(body: bytes) -> Callable[[], Awaitable[MutableMapping[str, Any]]]:
    messages = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> MutableMapping[str, Any]:
        return next(messages, {"type": "http.disconnect"})

    return receive
