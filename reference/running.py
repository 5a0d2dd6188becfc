"""Serves an application on a socket until it is told to stop."""

import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn
from starlette.applications import Starlette

from reference.settings import SettingsError


class _Uvicorn(uvicorn.Server):
    """Uvicorn that prints when it is listening, and exits normally on a signal."""

    def __init__(self, config: uvicorn.Config, announcement: str) -> None:
        super().__init__(config)
        self._announcement = announcement

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        sys.stdout.write(self._announcement + "\n")
        sys.stdout.flush()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        def stop(_signal: int, _frame: FrameType | None) -> None:
            self.force_exit = self.should_exit
            self.should_exit = True

        before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def bind(host: str, port: int) -> socket.socket:
    """Return a socket that is bound but not yet listening.

    Raises:
        SettingsError: the address is not to be had.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        bound = socket.socket(family, kind, protocol)
    except OSError as error:
        raise SettingsError(f"cannot listen on {host}: {error.strerror or error}") from error
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except OSError as error:
        bound.close()
        raise SettingsError(f"cannot listen on {host}:{port}: {error.strerror}") from error
    return bound


def exit_with_parent() -> None:
    """Exit when standard input is closed: by the parent, or because the parent has ended."""
    try:
        # A copy, so that redirecting standard input later does not end the server.
        watched = os.dup(sys.stdin.fileno())
    except (OSError, ValueError, AttributeError):
        watched = -1

    def watch() -> None:
        try:
            while os.read(watched, 4096):
                pass
        except OSError:
            pass
        os._exit(0)

    threading.Thread(target=watch, name="stdin-watch", daemon=True).start()


def run(app: Starlette, bound: socket.socket) -> None:
    """Serve until SIGINT or SIGTERM."""
    host, port = bound.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    config = uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="on",
        log_level="error",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
        timeout_keep_alive=30,
        h11_max_incomplete_event_size=256 << 10,
    )
    server = _Uvicorn(config, f"reference server listening on http://{shown}:{port}")
    server.run(sockets=[bound])
