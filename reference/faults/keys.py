"""Bugs around the API key that show only on some paths, labels or operations."""

# Points are documented where they are defined, and a deviation need not use each argument.
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
    also={"PROTO-09": "it is a 500"},
    needs=["api-key"],
)
class NonAsciiKeyCrashes(Deviation):
    """Compares the keys as texts, which `hmac.compare_digest` does for ASCII only."""

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
    """Filters by the exact path, but routes with or without a slash at its end."""

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
    """Filters what has the media type of the API to the letter, and routes what starts with it."""

    def authenticate(self, request: Request, operation: Operation) -> None:
        if "charset" not in request.headers.get("content-type", ""):
            super().authenticate(request, operation)


class NearKeyOpens(Deviation):
    """Base: one operation has a comparison of its own."""

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
    """Looks on a create whether the header is there, not whether it holds anything."""

    near = "create"


@fault(
    "empty-key-fetches",
    breaks=["AUTH-04"],
    level="MUST",
    category="authentication",
    needs=["api-key"],
)
class EmptyKeyFetches(NearKeyOpens):
    """Caches orders by key, and finds those of no key at all."""


@fault(
    "key-prefix-fetches",
    breaks=["AUTH-04"],
    level="MUST",
    category="authentication",
    needs=["api-key"],
)
class KeyPrefixFetches(NearKeyOpens):
    """Compares on a fetch as many letters as are given."""

    def is_near(self, given: str, key: str) -> bool:
        return given != "" and key.startswith(given)
