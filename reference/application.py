"""The ASGI application around one server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from reference.deviations import server_class
from reference.server import ReferenceServer
from reference.settings import Settings


class _Endpoint:
    """Passes requests with any method and path to the server."""

    def __init__(self, server: ReferenceServer) -> None:
        self._server = server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            response = await self._server.handle(Request(scope, receive))
            await response(scope, receive, send)


def create_app(settings: Settings | None = None) -> Starlette:
    """Build a fresh, independent application.

    Args:
        settings: what to serve; the conforming server when absent.

    Returns:
        An ASGI application; `app.state.server` is the server behind it.

    Raises:
        SettingsError: a deviation is unknown or the database cannot be used.
    """
    settings = settings or Settings()
    server = server_class(settings)(settings)
    server.preload()

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        server.close()

    app = Starlette(lifespan=lifespan)
    app.router.default = _Endpoint(server)
    app.state.server = server
    return app
