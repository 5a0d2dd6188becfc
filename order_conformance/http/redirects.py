"""Redirects that a request may follow: those of reads, within the origin of the target.

Another origin must not get the key, and a create that is sent again might be stored twice.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import httpx

from order_conformance.http.exchange import Response
from order_conformance.http.retries import SAFE_METHODS

if TYPE_CHECKING:
    from order_conformance.http.exchange import Request, TransportFailure

MOST_REDIRECTS = 5
"""Redirects that one request follows; the next one is taken as its response."""

REDIRECT_STATUSES = frozenset({301, 302, 303, 307, 308})
DEFAULT_PORTS = {"http": 80, "https": 443}


def redirected(
    request: Request, outcome: Response | TransportFailure, base_url: str
) -> Request | None:
    """Return the request that follows a redirect, or None where none is followed."""
    if not isinstance(outcome, Response) or outcome.status not in REDIRECT_STATUSES:
        return None
    location = outcome.header("location")
    if request.method not in SAFE_METHODS or not location:
        return None
    base = httpx.URL(base_url)
    try:
        url = base.copy_with(raw_path=request.path.encode("ascii")).join(location)
    except httpx.InvalidURL:
        return None
    if _origin(url) != _origin(base):
        return None
    return replace(request, path=url.raw_path.decode("ascii"))


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port or DEFAULT_PORTS.get(url.scheme)
