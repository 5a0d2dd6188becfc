"""Bugs with the API key that only show for some paths, media types or operations."""

# Methods are documented in reference/server/; a deviation need not use every argument.
# ruff: noqa: D102

from starlette.requests import Request

from reference.deviations import Deviation, fault
from reference.model import Operation
from reference.server.base import KEY_HEADER
from reference.server.core import Crash


@fault(
    "non-ascii-key-crashes",
    breaks=["AUTH-04"],
    level="MUST",
    category="authentication",
    also={"PROTO-09": "it answers 500"},
    needs=["api-key"],
)
class NonAsciiKeyCrashes(Deviation):
    """Compares keys with `hmac.compare_digest`, which only accepts ASCII strings."""

    def key_matches(self, given: str | None, key: str) -> bool:
        if given is not None and not given.isascii():
            raise Crash("comparing strings with non-ASCII characters is not supported")
        return super().key_matches(given, key)


@fault(
    "slash-opens-without-key",
    breaks=["AUTH-02", "AUTH-03"],
    level="MUST",
    category="authentication",
    needs=["api-key"],
)
class SlashOpensWithoutKey(Deviation):
    """Checks the key for the exact path, but routes it with a trailing slash too."""

    def resolve(self, method: str, path: str) -> tuple[Operation, str | None]:
        return super().resolve(method, path.rstrip("/") or path)

    def authenticate(self, request: Request, operation: Operation) -> None:
        if not request.scope["path"].endswith("/"):
            super().authenticate(request, operation)


@fault(
    "charset-opens-without-key",
    breaks=["AUTH-01", "AUTH-07"],
    level="MUST",
    category="authentication",
    needs=["api-key"],
)
class CharsetOpensWithoutKey(Deviation):
    """Checks the key for the exact media type, but also routes types that start with it."""

    def authenticate(self, request: Request, operation: Operation) -> None:
        if "charset" not in request.headers.get("content-type", ""):
            super().authenticate(request, operation)


class NearKeyOpens(Deviation):
    """Base: compares the key differently for one operation."""

    near: Operation = "fetch"

    def is_near(self, given: str, key: str) -> bool:
        return given == "" and key != ""

    def authenticate(self, request: Request, operation: Operation) -> None:
        given, key = request.headers.get(KEY_HEADER), self.settings.api_key or ""
        if operation != self.near or given is None or not self.is_near(given, key):
            super().authenticate(request, operation)


@fault(
    "empty-key-creates",
    breaks=["AUTH-04"],
    level="MUST",
    category="authentication",
    needs=["api-key"],
)
class EmptyKeyCreates(NearKeyOpens):
    """Checks on a create whether the key header is present, not whether it is empty."""

    near = "create"


@fault(
    "empty-key-fetches",
    breaks=["AUTH-04"],
    level="MUST",
    category="authentication",
    needs=["api-key"],
)
class EmptyKeyFetches(NearKeyOpens):
    """Caches orders by key, and serves cached orders for an empty key."""


@fault(
    "key-prefix-fetches",
    breaks=["AUTH-04"],
    level="MUST",
    category="authentication",
    needs=["api-key"],
)
class KeyPrefixFetches(NearKeyOpens):
    """Compares on a fetch only as many characters as the given key has."""

    def is_near(self, given: str, key: str) -> bool:
        return given != "" and key.startswith(given)
