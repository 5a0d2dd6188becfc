"""A request as a line for bash that sends the same bytes again.

Written here because converters from libraries do not keep the bytes: they quote bodies as text,
let curl add header fields of its own, and write secrets into the line.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from order_conformance.http.exchange import Request
    from order_conformance.target.model import Target

LONGEST_BODY = 3000
LONGEST_PATH = 3000
PROXY_LOGIN = "PROXY_LOGIN"
"""The variable that holds a proxy's user and password, joined by a colon."""

MADE_BY_CURL = ("Accept", "Content-Type")
"""Header fields that curl adds unless the line names them."""


def curl(request: Request, target: Target) -> str:
    """Return a line for bash that sends the request again; secrets come from the environment."""
    if len(request.path) > LONGEST_PATH:
        return f"(a path of {len(request.path)} characters; see the evidence)"
    words = ["curl -sS -i -g --path-as-is"]
    if request.method == "HEAD":
        words.append("--head")
    elif request.method != "GET":
        words.append(f"-X {request.method}")
    words.append(shlex.quote(origin(target.base_url) + request.path))
    words += _headers(request, target)
    for option, file in (
        ("--cacert", target.ca_bundle),
        ("--cert", target.client_certificate),
        ("--key", target.client_key),
    ):
        if file:
            words.append(f"{option} {shlex.quote(file)}")
    words += _proxy(target.proxy)
    if request.body is not None:
        words.append(_body(request.body))
    return " ".join(words)


def origin(base_url: str) -> str:
    """Return scheme, host and port of a URL."""
    return str(httpx.URL(base_url).copy_with(raw_path=b"/")).rstrip("/")


def _headers(request: Request, target: Target) -> list[str]:
    words = []
    if request.with_key and target.api_key:
        words.append(f"-H {_secret(target.key_header, target.key_variable)}")
    for header in target.headers:
        secret = _secret(header.name, header.variable) if header.variable else None
        words.append(f"-H {secret or _header(header.name, header.value)}")
    words += [f"-H {_header(name, value)}" for name, value in request.headers]
    sent = {name.lower() for name, _ in request.headers}
    for name in MADE_BY_CURL:
        if name.lower() not in sent and (name == "Accept" or request.body is not None):
            words.append(f"-H '{name}:'")
    return words


def _proxy(url: str | None) -> list[str]:
    if url is None:
        return []
    proxy = httpx.URL(url)
    login = [f'--proxy-user "${PROXY_LOGIN}"'] if proxy.userinfo else []
    return [f"--proxy {origin(str(proxy.copy_with(userinfo=b'')))}", *login]


def _secret(name: str, variable: str) -> str:
    # The name of a header field may contain characters that a shell interprets.
    return '"' + re.sub(r"[$`]", r"\\\g<0>", name) + f': ${variable}"'


def _header(name: str, value: str) -> str:
    # Curl drops a field that ends in a colon; with a semicolon it sends the field empty.
    return shlex.quote(f"{name}: {value}" if value else f"{name};")


def _body(body: bytes) -> str:
    if len(body) > LONGEST_BODY:
        return f"--data-binary @body.json  # {len(body)} bytes, in the evidence"
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    if text.isprintable() and (text or not body) and not text.startswith("@"):
        return f"--data-binary {shlex.quote(text)}"
    octal = "".join(f"\\{byte:03o}" for byte in body)
    return f"--data-binary @<(printf '{octal}')"
