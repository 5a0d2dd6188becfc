"""Credentials of a run: the API key, header fields for a gateway, the login of a proxy.

A secret comes from an environment variable or from a command, never from the target file.
"""

from __future__ import annotations

import asyncio
import base64
import re
from contextlib import suppress
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote
from urllib.request import getproxies

from order_conformance.core.exit_codes import UsageProblem
from order_conformance.target.secret_commands import LONGEST_WAIT, printed_by
from order_conformance.target.settings import default_of

if TYPE_CHECKING:
    from collections.abc import Mapping

SECRET = MappingProxyType({"secret": True})
"""Marks the field of a dataclass that holds a secret: ``field(repr=False, metadata=SECRET)``."""

DEFAULT_KEY_VARIABLE: str = default_of("api_key", "env")
KEY_COMMAND = "[api_key] command"

SCHEMES = frozenset({"apikey", "basic", "bearer", "token"})
"""Words that come before a secret in a header field, and are not secret themselves."""

OURS = frozenset(
    {"accept", "accept-encoding", "connection", "content-encoding", "content-length"}
    | {"content-type", "expect", "host", "keep-alive", "proxy-authorization", "proxy-connection"}
    | {"te", "trailer", "transfer-encoding", "upgrade", "user-agent"}
)
"""Fields that the suite tests with, or that frame the message: a target file cannot set them."""


@dataclass(frozen=True)
class Header:
    """A header field that every request to the target carries, with or without the API key.

    Attributes:
        name: the name of the field.
        value: the value that is sent; it is not secret if ``variable`` is empty.
        variable: the environment variable that is shown in place of a secret value.
        command: the command that prints the value; empty if no command does.
    """

    name: str
    value: str = field(repr=False, metadata=SECRET)
    variable: str = ""
    command: tuple[str, ...] = field(default=(), repr=False, metadata=SECRET)


def read_key(
    variable: str | None, command: list[str] | None, environment: Mapping[str, str], named: str
) -> tuple[str, str | None]:
    """Return the name of the key's variable, and the key; None if none was asked for.

    Raises:
        UsageProblem: a key was asked for, and there is no usable one.
    """
    name = variable or DEFAULT_KEY_VARIABLE
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        # It may be the key itself, which must not be shown.
        raise UsageProblem(
            f"{named}: is not the name of an environment variable; give the NAME of the "
            f"variable that holds the key (such as {DEFAULT_KEY_VARIABLE}), not the key"
        )
    if command:
        return name, _sendable(asyncio.run(printed_by(command, named)), named)
    key = environment.get(name)
    if key:
        return name, _sendable(key, f"{named} {name}")
    if variable:
        raise _not_set(named, name)
    return name, None


def read_headers(
    table: Mapping[str, Any], environment: Mapping[str, str], key_header: str
) -> tuple[Header, ...]:
    """Return the header fields of the table ``[headers]`` with their values.

    Raises:
        UsageProblem: a name is taken, or a value is missing or cannot be sent.
    """
    taken = {*OURS, key_header.lower()}
    headers = []
    for name, source in table.items():
        named = f"[headers] {name}"
        if name.lower() in taken:
            raise UsageProblem(
                f"{named}: is set by the suite itself, or named twice; leave it out "
                "(the API key's field is [api_key] header)"
            )
        taken.add(name.lower())
        headers.append(_header(name, source, environment, named))
    return tuple(headers)


def _header(name: str, source: Any, environment: Mapping[str, str], named: str) -> Header:
    """Return a header field whose value is a text, or comes from a variable or a command."""
    if isinstance(source, str):
        return Header(name, _sendable(source, named))
    if "env" in source:
        variable = source["env"]
        if not environment.get(variable):
            raise _not_set(named, variable)
        return Header(name, _sendable(environment[variable], f"{named} {variable}"), variable)
    command = tuple(source["command"])
    value = _sendable(asyncio.run(printed_by(command, f"{named} command")), f"{named} command")
    return Header(name, value, re.sub(r"\W|^(?=\d)", "_", name).upper(), command)


async def fetch_again(
    key: str | None,
    key_command: tuple[str, ...],
    headers: tuple[Header, ...],
    time_left: float,
) -> tuple[str | None, tuple[Header, ...]]:
    """Run every command again; return the key and the header fields with their new values.

    Raises:
        UsageProblem: a command fails, or prints a value that cannot be sent.
    """
    seconds = min(LONGEST_WAIT, max(0.0, time_left))
    if key_command:
        printed = await printed_by(key_command, KEY_COMMAND, seconds)
        key = _sendable(printed, KEY_COMMAND)
    renewed = []
    for header in headers:
        if header.command:
            named = f"[headers] {header.name} command"
            printed = await printed_by(header.command, named, seconds)
            renewed.append(replace(header, value=_sendable(printed, named)))
        else:
            renewed.append(header)
    return key, tuple(renewed)


def parts_of(value: str) -> tuple[str, ...]:
    """Return a secret and its secret parts: a server may show it without its scheme."""
    scheme, _, token = value.partition(" ")
    if scheme.lower() not in SCHEMES or not token:
        return (value,)
    if scheme.lower() == "basic":
        with suppress(ValueError):
            login = base64.b64decode(token, validate=True).decode()
            return (value, token, login, *filter(None, [login.partition(":")[2]]))
    return (value, token)


def proxy_secrets(proxy: str | None) -> tuple[str, ...]:
    """Return the secrets of a proxy; if it is None, those of the environment's proxies."""
    found: list[str] = []
    for url in [proxy] if proxy else getproxies().values():
        login = url.partition("://")[2].partition("/")[0] if "://" in url else url
        login = login.rpartition("@")[0]
        user, _, password = login.partition(":")
        # A login without a password is a token.
        found += filter(None, [password or user, login, unquote(password or user), unquote(login)])
    return tuple(found)


def _sendable(value: str, named: str) -> str:
    """Return a value that a header field can carry, or raise a UsageProblem."""
    if not value or not value.isascii() or not value.isprintable() or value != value.strip():
        raise UsageProblem(
            f"{named}: the value cannot be sent in a header (empty, line break, outer space or "
            "non-ASCII character; the value is not shown); set it again"
        )
    return value


def _not_set(named: str, variable: str) -> UsageProblem:
    return UsageProblem(
        f"{named} {variable}: the environment variable is not set or empty; "
        f"export {variable}=... or name another"
    )
