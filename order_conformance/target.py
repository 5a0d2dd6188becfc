"""The target: what the run knows about the server before it sends anything."""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx
import jsonschema

from order_conformance.catalogue import SPEC
from order_conformance.exchange import read_json
from order_conformance.outcomes import UsageProblem

if TYPE_CHECKING:
    from pathlib import Path

DEFAULT_KEY_VARIABLE = "ORDER_API_KEY"
KEY_HEADER = "Impilo-API-Key"
ORDER_PATH = "/api/v3/order"
LARGEST_PORT = 65535
KINDS = ("patients", "sites", "items", "kits")


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
    key_header: str = KEY_HEADER
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

    @property
    def is_loopback(self) -> bool:
        """Whether the server runs on this machine."""
        host = httpx.URL(self.base_url).host
        try:
            return ip_address(host).is_loopback
        except ValueError:
            return host == "localhost" or host.endswith(".localhost")


def read_target_file(path: Path) -> dict[str, Any]:
    """Read a TOML target file and check it against ``spec/target.schema.json``.

    Raises:
        UsageProblem: unreadable, not TOML, or with a key or value the schema does not know.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise UsageProblem(
            f"--target {path}: cannot be read ({problem.strerror}); name a readable TOML file"
        ) from None
    except UnicodeDecodeError:
        raise UsageProblem(f"--target {path}: is not UTF-8 text; save it as UTF-8 TOML") from None
    except tomllib.TOMLDecodeError as problem:
        raise UsageProblem(f"--target {path}: is not TOML ({problem}); mend that line") from None
    schema = read_json((SPEC / "target.schema.json").read_bytes())
    problem_found = jsonschema.exceptions.best_match(
        jsonschema.Draft202012Validator(schema).iter_errors(content)
    )
    if problem_found is not None:
        place = ".".join(str(part) for part in problem_found.absolute_path) or "top level"
        if place.startswith("api_key"):
            # Whoever wrote the key itself there must not see it on the terminal too.
            raise UsageProblem(
                f"--target {path}: {place}: the key itself never stands in this file; "
                'write [api_key] with env = "NAME" of an environment variable and, if need be, '
                'header = "NAME"'
            )
        raise UsageProblem(
            f"--target {path}: {place}: {problem_found.message}; "
            "see spec/target.schema.json for the keys and their values"
        )
    return content


def build_target(  # noqa: PLR0913 - one argument an option of the command line
    *,
    base_url: str | None,
    file: dict[str, Any],
    key_variable: str | None,
    read_only: bool,
    allow_writes: bool,
    environment: dict[str, str] | None = None,
) -> Target:
    """Join options, target file and environment; an option wins over the file.

    Raises:
        UsageProblem: no usable base URL, a missing key, or writes that nobody allowed.
    """
    environment = dict(os.environ) if environment is None else environment
    url = check_base_url(base_url or file.get("base_url", ""))
    key_table = file.get("api_key", {})
    variable, key = _read_key(key_variable or key_table.get("env"), environment)
    paging, tls = file.get("paging", {}), file.get("tls", {})
    target = Target(
        base_url=url,
        path_prefix=_check_prefix(file.get("path_prefix", "")),
        api_key=key,
        key_variable=variable,
        key_header=key_table.get("header", KEY_HEADER),
        read_only=read_only or file.get("read_only", False),
        existing={kind: tuple(ids) for kind, ids in file.get("existing", {}).items()},
        unknown=dict(file.get("unknown", {})),
        page_parameter=paging.get("page_parameter", "page"),
        size_parameter=paging.get("size_parameter", "size"),
        shipping_options=tuple(file.get("shipping_options", ())),
        consistency_window=file.get("consistency_window", 5.0),
        rate_limit=file.get("rate_limit"),
        timeout=file.get("timeout", 10.0),
        budget=Budget(**file.get("budget", {})),
        ca_bundle=tls.get("ca_bundle"),
        client_certificate=tls.get("client_certificate"),
        client_key=tls.get("client_key"),
    )
    # What the owner of one server allowed in its file is not allowed at another.
    own_file = "base_url" not in file or check_base_url(file["base_url"]) == url
    may_write = allow_writes or (own_file and file.get("allow_writes", False))
    if not (target.is_loopback or target.read_only or may_write):
        raise UsageProblem(
            f"--base-url {url}: the run would create orders there that the API cannot delete; "
            "add --allow-writes (or allow_writes = true to the target file), or use --read-only"
        )
    return target


def check_base_url(url: str) -> str:
    """Return the base URL in its normal form, without a trailing slash.

    Raises:
        UsageProblem: not an http(s) URL with a host, or with parts that do not belong there.
    """
    mend = "give an http(s) URL such as https://staging.example.com"
    if "@" in url.partition("://")[2].partition("/")[0]:
        raise UsageProblem(
            "--base-url: must hold no user name or password; put the key into the environment "
            f"variable {DEFAULT_KEY_VARIABLE}"
        )
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as problem:
        raise UsageProblem(f"--base-url {url!r}: is no URL ({problem}); {mend}") from None
    if parsed.port is not None and not 0 < parsed.port <= LARGEST_PORT:
        raise UsageProblem(f"--base-url {url!r}: {parsed.port} is no port; {mend}")
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        raise UsageProblem(f"--base-url {url!r}: is no http(s) URL; {mend}")
    if parsed.query or parsed.fragment:
        raise UsageProblem(f"--base-url {url!r}: must end before '?' and '#'; {mend}")
    if parsed.path.rstrip("/").endswith(ORDER_PATH):
        raise UsageProblem(f"--base-url {url!r}: leave out {ORDER_PATH}; the suite adds it")
    # As the URL is understood, not as it was typed: HTTPS://HOST is https, and gets TLS.
    return str(parsed).rstrip("/")


def _check_prefix(prefix: str) -> str:
    stripped = prefix.strip("/")
    return f"/{stripped}" if stripped else ""


def _read_key(variable: str | None, environment: dict[str, str]) -> tuple[str, str | None]:
    """Return the variable's name and its value; a variable named by nobody may be absent."""
    name = variable or DEFAULT_KEY_VARIABLE
    key = environment.get(name)
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        # It may be the key itself, which must not be shown.
        raise UsageProblem(
            "--api-key-env: names no environment variable; give the NAME of the variable that "
            f"holds the key (such as {DEFAULT_KEY_VARIABLE}), not the key"
        )
    if not key:
        if variable:
            raise UsageProblem(
                f"--api-key-env {name}: the environment variable is not set or empty; "
                f"export {name}=... or name another"
            )
        return name, None
    if not key.isascii() or not key.isprintable() or key != key.strip():
        raise UsageProblem(
            f"--api-key-env {name}: the key in it cannot be sent in a header (line break, outer "
            "space or character beyond ASCII); export it again"
        )
    return name, key
