"""The target: what a run knows about the server before it sends anything."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import quote

import httpx

from order_conformance.core.exit_codes import UsageProblem
from order_conformance.core.kinds import Kind
from order_conformance.target.credentials import (
    DEFAULT_KEY_VARIABLE,
    SECRET,
    Header,
    fetch_again,
    parts_of,
    proxy_secrets,
    read_headers,
    read_key,
)
from order_conformance.target.settings import default_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from order_conformance.target.settings import Settings

ORDER_PATH = "/api/v3/order"
LARGEST_PORT = 65535
KINDS = tuple(kind.plural for kind in Kind)
"""The kinds of things, as the target file names them."""

TARGET_FILE = "the target file"


@dataclass(frozen=True)
class Budget:
    """The limits of a run, which the HTTP client enforces."""

    requests: int = default_of("budget", "requests")
    orders: int = default_of("budget", "orders")
    minutes: float = default_of("budget", "minutes")


@dataclass(frozen=True)
class Target:
    """A server to test, and what its owner declared about it (times in seconds).

    A field that holds a secret is marked with ``SECRET``; nothing that a run writes or prints may
    show it. The defaults are those of ``spec/target.schema.json``.
    """

    base_url: str
    path_prefix: str = default_of("path_prefix")
    api_key: str | None = field(default=None, repr=False, metadata=SECRET)
    key_variable: str = default_of("api_key", "env")
    key_command: tuple[str, ...] = field(default=(), repr=False, metadata=SECRET)
    key_header: str = default_of("api_key", "header")
    headers: tuple[Header, ...] = ()
    proxy: str | None = field(default=None, repr=False, metadata=SECRET)
    read_only: bool = default_of("read_only")
    existing: dict[str, tuple[int, ...]] = field(default_factory=dict)
    unknown: dict[str, int] = field(default_factory=dict)
    page_parameter: str = default_of("paging", "page_parameter")
    size_parameter: str = default_of("paging", "size_parameter")
    shipping_options: tuple[str, ...] = ()
    consistency_window: float = default_of("consistency_window")
    rate_limit: float | None = None
    timeout: float = default_of("timeout")
    budget: Budget = field(default_factory=Budget)
    ca_bundle: str | None = None
    client_certificate: str | None = None
    client_key: str | None = None

    @property
    def order_path(self) -> str:
        """The raw path of the create and list operations, with that of the base URL."""
        prefix = quote(self.path_prefix, safe="/%:@!$&'()*+,;=~")
        base = httpx.URL(self.base_url).raw_path.decode("ascii").rstrip("/")
        return base + prefix + ORDER_PATH

    def share(self, workers: int, *, request_fraction: float, order_fraction: float) -> Target:
        """Return the target for one of several parallel runs, which together keep its limits.

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
        """Whether a command can print new credentials when the old ones have expired."""
        return bool(self.key_command) or any(header.command for header in self.headers)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values that nothing a run writes or prints may show."""
        tokens = [header.value for header in self.headers if header.variable]
        # A server on this machine is never reached through a proxy of the environment.
        proxies = proxy_secrets(self.proxy) if self.proxy or not self.is_loopback else ()
        values = [*filter(None, [self.api_key]), *tokens]
        return (*(part for value in values for part in parts_of(value)), *proxies)

    def credentials(self, *, with_key: bool) -> list[tuple[str, str]]:
        """Return the header fields that authenticate a request."""
        fields = [(header.name, header.value) for header in self.headers]
        if with_key and self.api_key:
            fields.append((self.key_header, self.api_key))
        return fields

    async def renewed(self, time_left: float) -> Target:
        """Return this target with the credentials that its commands print now.

        Raises:
            UsageProblem: a command fails, or prints a value that cannot be sent.
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


def build_target(  # noqa: PLR0913 - one argument for each option of the command line
    settings: Settings,
    environment: Mapping[str, str],
    *,
    base_url: str | None = None,
    key_variable: str | None = None,
    read_only: bool = False,
    allow_writes: bool = False,
) -> Target:
    """Return the target that options and settings describe; an option overrides a setting.

    Raises:
        UsageProblem: there is no usable base URL, the key is missing, or writes are not allowed.
    """
    value = settings.value
    named = "--base-url" if base_url else settings.source("base_url", "--base-url")
    url = check_base_url(base_url or value("base_url") or "", named)
    key_header = value("api_key", "header")
    variable, command, key = _key(settings, key_variable, environment)
    target = Target(
        base_url=url,
        path_prefix=_check_prefix(value("path_prefix")),
        api_key=key,
        key_variable=variable,
        key_command=command,
        key_header=key_header,
        headers=read_headers(settings.table("headers"), environment, key_header),
        proxy=value("proxy"),
        read_only=read_only or value("read_only"),
        existing={kind: tuple(ids) for kind, ids in settings.table("existing").items()},
        unknown=settings.table("unknown"),
        page_parameter=value("paging", "page_parameter"),
        size_parameter=value("paging", "size_parameter"),
        shipping_options=tuple(value("shipping_options") or ()),
        consistency_window=value("consistency_window"),
        rate_limit=value("rate_limit"),
        timeout=value("timeout"),
        budget=Budget(
            requests=value("budget", "requests"),
            orders=value("budget", "orders"),
            minutes=value("budget", "minutes"),
        ),
        ca_bundle=value("tls", "ca_bundle"),
        client_certificate=value("tls", "client_certificate"),
        client_key=value("tls", "client_key"),
    )
    is_allowed = allow_writes or bool(permission_source(settings, url))
    if not (target.is_loopback or target.read_only or is_allowed):
        raise UsageProblem(
            f"{named} {url}: the run would create orders there that the API cannot delete; "
            "add --allow-writes (or allow_writes = true to the target file), or use --read-only"
        )
    return target


def permission_source(settings: Settings, url: str) -> str:
    """Return what allows a run to write to this server: a variable or the target file; or "".

    A permission applies only to the base URL that comes from the same source: what the owner of
    one server allowed is not allowed on another.
    """
    if not settings.value("allow_writes"):
        return ""
    source = settings.source("allow_writes", TARGET_FILE)
    if source == TARGET_FILE:
        permitted = settings.file.get("base_url")
    else:
        permitted = settings.given["base_url"] if "base_url" in settings.variables else None
    return source if permitted and check_base_url(permitted) == url else ""


def _key(
    settings: Settings, option: str | None, environment: Mapping[str, str]
) -> tuple[str, tuple[str, ...], str | None]:
    """Return the name of the key's variable, the command that prints the key, and the key."""
    table = settings.table("api_key")
    command = None if option else table.get("command")
    kind = "command" if command else "env"
    named = settings.source(f"api_key.{kind}", f"[api_key] {kind}")
    if option or kind not in table:
        named = "--api-key-env"
    variable, key = read_key(option or table.get("env"), command, environment, named)
    return variable, tuple(command or ()), key


def check_base_url(url: str, named: str = "--base-url") -> str:
    """Return the base URL in its normal form, without a trailing slash.

    Raises:
        UsageProblem: it is not an http(s) URL with a host, or has parts that do not belong there.
    """
    fix = "give an http(s) URL such as https://staging.example.com"
    authority = url.partition("://")[2].partition("/")[0]
    if "@" in authority:
        raise UsageProblem(
            f"{named}: must hold no user name or password; put the key into the environment "
            f"variable {DEFAULT_KEY_VARIABLE}"
        )
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as problem:
        raise UsageProblem(f"{named} {url!r}: is not a URL ({problem}); {fix}") from None
    if authority.endswith(":"):
        # RFC 3986 reads this as port 80, which may be another server than the one meant.
        raise UsageProblem(f"{named} {url!r}: the port after ':' is missing; {fix}")
    if parsed.port is not None and not 0 < parsed.port <= LARGEST_PORT:
        raise UsageProblem(f"{named} {url!r}: {parsed.port} is not a port; {fix}")
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        raise UsageProblem(f"{named} {url!r}: is not an http(s) URL; {fix}")
    if parsed.query or parsed.fragment:
        raise UsageProblem(f"{named} {url!r}: must end before '?' and '#'; {fix}")
    if parsed.path.rstrip("/").endswith(ORDER_PATH):
        raise UsageProblem(f"{named} {url!r}: leave out {ORDER_PATH}; the suite adds it")
    # As the URL is understood, not as it was typed: HTTPS://HOST means https, with TLS.
    return str(parsed).rstrip("/")


def _check_prefix(prefix: str) -> str:
    """Return a path prefix with a leading slash and no trailing one."""
    stripped = prefix.strip("/")
    return f"/{stripped}" if stripped else ""
