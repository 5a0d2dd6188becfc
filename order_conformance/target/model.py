"""The target: what the run knows about the server before it sends anything."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from typing import Any
from urllib.parse import quote

import httpx

from order_conformance.core.kinds import Kind
from order_conformance.core.outcomes import UsageProblem
from order_conformance.target.credentials import (
    DEFAULT_KEY_VARIABLE,
    Header,
    fetch_again,
    parts_of,
    proxy_secrets,
    read_headers,
    read_key,
)
from order_conformance.target.settings import Settings, read_settings

KEY_HEADER = "Impilo-API-Key"
ORDER_PATH = "/api/v3/order"
LARGEST_PORT = 65535
KINDS = tuple(kind.plural for kind in Kind)
"""The kinds of things, as the target file names them."""


@dataclass(frozen=True)
class Budget:
    """What a run may spend at most; the door enforces it."""

    requests: int = 10_000
    orders: int = 2000
    minutes: float = 60.0


@dataclass(frozen=True)
class Target:
    """A server to judge, and what its owner declared about it (times in seconds)."""

    base_url: str
    path_prefix: str = ""
    api_key: str | None = field(default=None, repr=False)
    key_variable: str = DEFAULT_KEY_VARIABLE
    key_command: tuple[str, ...] = field(default=(), repr=False)
    key_header: str = KEY_HEADER
    headers: tuple[Header, ...] = ()
    proxy: str | None = field(default=None, repr=False)
    read_only: bool = False
    existing: dict[str, tuple[int, ...]] = field(default_factory=dict)
    unknown: dict[str, int] = field(default_factory=dict)
    page_parameter: str = "page"
    size_parameter: str = "size"
    shipping_options: tuple[str, ...] = ()
    consistency_window: float = 5.0
    rate_limit: float | None = None
    timeout: float = 10.0
    budget: Budget = field(default_factory=Budget)
    ca_bundle: str | None = None
    client_certificate: str | None = None
    client_key: str | None = None

    @property
    def order_path(self) -> str:
        """The raw path of the create and list operations below the base URL's host."""
        prefix = quote(self.path_prefix, safe="/%:@!$&'()*+,;=~")
        base = httpx.URL(self.base_url).raw_path.decode("ascii").rstrip("/")
        return base + prefix + ORDER_PATH

    def share(self, workers: int, *, request_fraction: float, order_fraction: float) -> Target:
        """Return the target for one of several runs side by side: together they keep its limits.

        Args:
            workers: how many runs there are.
            request_fraction: this run's part of the requests, from 0 to 1.
            order_fraction: its part of the orders.
        """
        budget = replace(
            self.budget,
            requests=int(self.budget.requests * request_fraction),
            orders=int(self.budget.orders * order_fraction),
        )
        rate = None if self.rate_limit is None else self.rate_limit / workers
        return replace(self, rate_limit=rate, budget=budget)

    @property
    def is_renewable(self) -> bool:
        """Whether what lets the run in can be asked for again when it has expired."""
        return bool(self.key_command) or any(header.command for header in self.headers)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no artifact may show."""
        tokens = [header.value for header in self.headers if header.variable]
        # This machine is never reached through a proxy that only the environment names.
        proxies = proxy_secrets(self.proxy) if self.proxy or not self.is_loopback else ()
        values = [*filter(None, [self.api_key]), *tokens]
        return (*(part for value in values for part in parts_of(value)), *proxies)

    def credentials(self, *, with_key: bool) -> list[tuple[str, str]]:
        """Return the header fields that let a request in."""
        fields = [(header.name, header.value) for header in self.headers]
        if with_key and self.api_key:
            fields.append((self.key_header, self.api_key))
        return fields

    async def renewed(self, time_left: float) -> Target:
        """Return this target with what its commands print now.

        Raises:
            UsageProblem: a command fails, or prints what cannot be sent.
        """
        key, headers = await fetch_again(self.api_key, self.key_command, self.headers, time_left)
        return replace(self, api_key=key, headers=headers)

    @property
    def is_loopback(self) -> bool:
        """Whether the server runs on this machine."""
        host = httpx.URL(self.base_url).host
        try:
            return ip_address(host).is_loopback
        except ValueError:
            return host == "localhost" or host.endswith(".localhost")


def build_target(  # noqa: PLR0913 - one argument an option of the command line
    *,
    base_url: str | None,
    file: dict[str, Any],
    key_variable: str | None,
    read_only: bool,
    allow_writes: bool,
    environment: dict[str, str] | None = None,
) -> Target:
    """Join options, environment and target file; the earlier of them wins over the later.

    Raises:
        UsageProblem: no usable base URL, a missing key, or writes that nobody allowed.
    """
    environment = dict(os.environ) if environment is None else environment
    settings = read_settings(file, environment, key_variable)
    values, paging, tls = settings.values, settings.table("paging"), settings.table("tls")
    named = "--base-url" if base_url else settings.named("base_url", "--base-url")
    url = check_base_url(base_url or values.get("base_url", ""), named)
    key_header = settings.table("api_key").get("header", KEY_HEADER)
    variable, command, key = _key(settings, key_variable, environment)
    target = Target(
        base_url=url,
        path_prefix=_check_prefix(values.get("path_prefix", "")),
        api_key=key,
        key_variable=variable,
        key_command=command,
        key_header=key_header,
        headers=read_headers(settings.table("headers"), environment, key_header),
        proxy=values.get("proxy"),
        read_only=read_only or values.get("read_only", False),
        existing={kind: tuple(ids) for kind, ids in settings.table("existing").items()},
        unknown=settings.table("unknown"),
        page_parameter=paging.get("page_parameter", "page"),
        size_parameter=paging.get("size_parameter", "size"),
        shipping_options=tuple(values.get("shipping_options", ())),
        consistency_window=values.get("consistency_window", 5.0),
        rate_limit=values.get("rate_limit"),
        timeout=values.get("timeout", 10.0),
        budget=Budget(**settings.table("budget")),
        ca_bundle=tls.get("ca_bundle"),
        client_certificate=tls.get("client_certificate"),
        client_key=tls.get("client_key"),
    )
    may_write = allow_writes or _may_write(settings, file, url)
    if not (target.is_loopback or target.read_only or may_write):
        raise UsageProblem(
            f"{named} {url}: the run would create orders there that the API cannot delete; "
            "add --allow-writes (or allow_writes = true to the target file), or use --read-only"
        )
    return target


def _key(
    settings: Settings, option: str | None, environment: dict[str, str]
) -> tuple[str, tuple[str, ...], str | None]:
    """Return the name of the key's variable, the command that prints the key, and the key."""
    table = settings.table("api_key")
    command = None if option else table.get("command")
    kind = "command" if command else "env"
    named = settings.named(f"api_key.{kind}", f"[api_key] {kind}")
    if option or (kind not in table):
        named = "--api-key-env"
    variable, key = read_key(option or table.get("env"), command, environment, named)
    return variable, tuple(command or ()), key


def _may_write(settings: Settings, file: dict[str, Any], url: str) -> bool:
    """Say whether environment or file allow writes to just this server.

    What the owner of one server allowed beside its address is not allowed at another.
    """
    owner = file
    if "allow_writes" in settings.variables:
        owner = settings.values if "base_url" in settings.variables else {}
    own = "base_url" not in owner or check_base_url(owner["base_url"]) == url
    return own and bool(settings.values.get("allow_writes", False))


def check_base_url(url: str, named: str = "--base-url") -> str:
    """Return the base URL in its normal form, without a trailing slash.

    Raises:
        UsageProblem: not an http(s) URL with a host, or with parts that do not belong there.
    """
    mend = "give an http(s) URL such as https://staging.example.com"
    authority = url.partition("://")[2].partition("/")[0]
    if "@" in authority:
        raise UsageProblem(
            f"{named}: must hold no user name or password; put the key into the environment "
            f"variable {DEFAULT_KEY_VARIABLE}"
        )
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as problem:
        raise UsageProblem(f"{named} {url!r}: is no URL ({problem}); {mend}") from None
    if authority.endswith(":"):
        # RFC 3986 lets it stand for port 80: some other server than was meant.
        raise UsageProblem(f"{named} {url!r}: the port after ':' is missing; {mend}")
    if parsed.port is not None and not 0 < parsed.port <= LARGEST_PORT:
        raise UsageProblem(f"{named} {url!r}: {parsed.port} is no port; {mend}")
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        raise UsageProblem(f"{named} {url!r}: is no http(s) URL; {mend}")
    if parsed.query or parsed.fragment:
        raise UsageProblem(f"{named} {url!r}: must end before '?' and '#'; {mend}")
    if parsed.path.rstrip("/").endswith(ORDER_PATH):
        raise UsageProblem(f"{named} {url!r}: leave out {ORDER_PATH}; the suite adds it")
    # As the URL is understood, not as it was typed: HTTPS://HOST is https, and gets TLS.
    return str(parsed).rstrip("/")


def _check_prefix(prefix: str) -> str:
    stripped = prefix.strip("/")
    return f"/{stripped}" if stripped else ""
