"""One attempt at one request: the bytes sent, and the response or the failure."""

from __future__ import annotations

import asyncio
import ssl
import time
from dataclasses import replace
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Protocol
from urllib.request import getproxies

import httpx

from order_conformance import __version__
from order_conformance.core.exit_codes import UsageProblem
from order_conformance.http.decoding import BodyReader, BrokenCoding, TooLarge
from order_conformance.http.exchange import Response, TransportFailure
from order_conformance.http.memory import MOST_CONTAINERS, containers

if TYPE_CHECKING:
    from order_conformance.http.exchange import Request
    from order_conformance.target.model import Target

LARGEST_RESPONSE = 8 * 1024 * 1024
"""Bytes of a decoded body that are read before the connection is closed."""

PATIENCE = 3.0
"""How many of the target's time-outs one attempt may take, however slowly the response arrives."""

PROXY_WANTS_LOGIN = 407
CONNECTIONS = 8
IDLE_CONNECTION = 1.0
"""Seconds after which an idle connection is not used again: some servers close it after two."""


class Transport(Protocol):
    """Makes attempts at requests: over HTTP, or from a recording."""

    async def attempt(
        self,
        request: Request,
        credentials: list[tuple[str, str]],
        time_left: float,
        exchange_id: str,
    ) -> Response | TransportFailure:
        """Send once, within ``time_left`` seconds; return the response, or why there is none."""

    async def close(self) -> None:
        """Close every connection."""

    @property
    def is_closed(self) -> bool:
        """Whether every connection is closed for good."""


class HttpTransport:
    """The connections to the target; the key is sent nowhere else."""

    def __init__(self, target: Target) -> None:
        """Prepare the connection pool; nothing is sent yet.

        Raises:
            UsageProblem: the certificate files of the target cannot be used.
        """
        self._target = target
        self._origin = httpx.URL(target.base_url)
        tls = _tls(target)
        self._reusing = _client(target, tls=tls, most_idle=CONNECTIONS)
        self._fresh = _client(target, tls=tls, most_idle=0)
        self._hangs_up = False
        self._has_proxy = bool(target.proxy or (_trusts_environment(target) and getproxies()))

    async def attempt(
        self,
        request: Request,
        credentials: list[tuple[str, str]],
        time_left: float,
        exchange_id: str,  # noqa: ARG002 - a replay finds the response by it
    ) -> Response | TransportFailure:
        """Send once, within ``time_left`` seconds; return the response, or why there is none."""
        began = time.monotonic()
        outcome = await self._attempt(request, credentials, time_left)
        return replace(outcome, seconds=round(time.monotonic() - began, 6))

    async def _attempt(  # noqa: PLR0911 - one for each kind of failure
        self, request: Request, credentials: list[tuple[str, str]], time_left: float
    ) -> Response | TransportFailure:
        url = self._origin.copy_with(raw_path=request.path.encode("ascii"))
        longest = max(0.0, min(time_left, PATIENCE * self._target.timeout))
        try:
            async with asyncio.timeout(longest):
                return await self._exchange(request, url, [*request.headers, *credentials])
        except TimeoutError:
            return TransportFailure(f"no complete response within {longest:.3g} s", slow=True)
        except (httpx.ConnectTimeout, httpx.PoolTimeout):
            return TransportFailure(
                f"no connection to {self._origin} in time", slow=True, sent=False
            )
        except httpx.TimeoutException:
            return TransportFailure(f"no response within {self._target.timeout:g} s", slow=True)
        except httpx.ProxyError as problem:
            return TransportFailure(
                f"the proxy refuses the connection ({_words(problem)})", sent=False
            )
        except httpx.ConnectError as problem:
            return TransportFailure(
                f"cannot connect to {self._origin} ({_words(problem)})", sent=False
            )
        except httpx.LocalProtocolError:
            raise  # our own request was not valid HTTP, which is not the target's fault
        except (httpx.InvalidURL, UnicodeError):
            # httpx parses the Location of a redirect even if it is not followed.
            return TransportFailure("the response redirects to an invalid URL")
        except httpx.HTTPError as problem:
            # A server may close an idle connection at any time, and a create that is sent just
            # then is lost. From now on each request gets a connection of its own.
            self._hangs_up = True
            return TransportFailure(f"the connection failed ({_words(problem)})")

    async def close(self) -> None:
        """Close every connection."""
        await self._reusing.aclose()
        await self._fresh.aclose()

    @property
    def is_closed(self) -> bool:
        """Whether every connection is closed for good."""
        return self._reusing.is_closed and self._fresh.is_closed

    async def _exchange(
        self, request: Request, url: httpx.URL, headers: list[tuple[str, str]]
    ) -> Response | TransportFailure:
        client = self._fresh if self._hangs_up else self._reusing
        # As bytes: a field may contain more than ASCII (RFC 9110 section 5.5).
        fields = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        async with client.stream(
            request.method, url, headers=fields, content=request.body
        ) as response:
            if response.status_code == PROXY_WANTS_LOGIN and self._has_proxy:
                return TransportFailure(
                    "the proxy asks for a login (407); check its user and password", sent=False
                )
            reader = BodyReader(response.headers.get("content-encoding", ""), LARGEST_RESPONSE)
            try:
                async for chunk in response.aiter_raw(64 * 1024):
                    reader.feed(chunk)
                body = reader.finish()
            except TooLarge:
                return TransportFailure(
                    f"the response is larger than {LARGEST_RESPONSE} bytes", slow=True
                )
            except BrokenCoding as problem:
                return TransportFailure(f"the content coding of the response is broken ({problem})")
            if containers(body) > MOST_CONTAINERS:
                return TransportFailure(
                    f"the response holds more than {MOST_CONTAINERS} lists and objects", slow=True
                )
            return Response(
                status=response.status_code,
                headers=tuple(response.headers.multi_items()),
                body=body,
                seconds=0.0,
            )


def _client(target: Target, *, tls: ssl.SSLContext | bool, most_idle: int) -> httpx.AsyncClient:
    client = httpx.AsyncClient(
        verify=tls,
        proxy=target.proxy,
        trust_env=_trusts_environment(target),
        timeout=httpx.Timeout(target.timeout, connect=min(5.0, target.timeout)),
        limits=httpx.Limits(
            max_connections=CONNECTIONS,
            max_keepalive_connections=most_idle,
            keepalive_expiry=IDLE_CONNECTION,
        ),
        # A session cookie must not let in a request that is sent without a key.
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
    )
    client.headers.clear()
    client.headers["User-Agent"] = f"order-conformance/{__version__}"
    client.headers["Accept-Encoding"] = "gzip"
    return client


def _trusts_environment(target: Target) -> bool:
    """Return whether proxies of the environment are used: not for a server on this machine."""
    return not target.is_loopback


def _tls(target: Target) -> ssl.SSLContext | bool:
    if not target.base_url.startswith("https"):
        return False
    try:
        context = ssl.create_default_context(cafile=target.ca_bundle)
        if target.client_certificate:
            context.load_cert_chain(target.client_certificate, target.client_key)
    except (OSError, ssl.SSLError) as problem:
        raise UsageProblem(
            f"[tls] {target.ca_bundle or target.client_certificate}: cannot be used "
            f"({_words(problem)}); name readable PEM files"
        ) from None
    return context


def _words(problem: BaseException) -> str:
    return str(problem) or type(problem).__name__
