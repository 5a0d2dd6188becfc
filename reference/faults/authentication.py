"""Bugs with the API key."""

# Methods are documented in reference/server/; a deviation need not use every argument.
# ruff: noqa: D102

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from reference.deviations import Deviation, fault
from reference.model import Operation
from reference.refusal import Refusal
from reference.server.base import KEY_HEADER
from reference.server.core import Crash


class OpenRoute(Deviation):
    """Checks the key on every operation but one."""

    open_operation: Operation = "list"

    def authenticate(self, request: Request, operation: Operation) -> None:
        if operation != self.open_operation:
            super().authenticate(request, operation)


@fault(
    "create-without-key",
    breaks=["AUTH-01", "AUTH-07"],
    level="MUST",
    category="authentication",
    also={"AUTH-04": "a wrong key is let in too", "AUTH-06": "there is no error response to check"},
    needs=["api-key"],
)
class CreateOpen(OpenRoute):
    """Checks the key only on reads."""

    open_operation = "create"


@fault(
    "list-without-key",
    breaks=["AUTH-02"],
    level="MUST",
    category="authentication",
    also={"AUTH-04": "a wrong key is let in too"},
    needs=["api-key"],
)
class ListOpen(OpenRoute):
    """Does not check the key for the list."""


@fault(
    "key-case-ignored",
    breaks=["AUTH-04"],
    level="MUST",
    category="authentication",
    needs=["api-key"],
)
class KeyCaseIgnored(Deviation):
    """Looks the key up in a case-insensitive column."""

    def key_matches(self, given: str | None, key: str) -> bool:
        return given is not None and given.lower() == key.lower()


@fault("key-echoed", breaks=["AUTH-05"], level="MUST", category="authentication", needs=["api-key"])
class KeyEchoed(Deviation):
    """Echoes the request headers in error responses, meant as help for developers."""

    def error_document(self, request: Request, status: int, refusal: Refusal) -> Any:
        document = super().error_document(request, status, refusal)
        return {**document, "request": dict(request.headers)}


@fault(
    "fetch-without-key",
    breaks=["AUTH-03"],
    level="MUST",
    category="authentication",
    also={"AUTH-04": "a wrong key is let in too"},
    needs=["api-key"],
)
class FetchOpen(OpenRoute):
    """Protects the collection, but not the paths below it."""

    open_operation = "fetch"


@fault(
    "missing-key-crashes",
    breaks=["AUTH-01", "AUTH-02", "AUTH-03"],
    level="MUST",
    category="authentication",
    also={"AUTH-06": "the response does not refuse the key", "PROTO-09": "it answers 500"},
    needs=["api-key"],
)
class MissingKeyCrashes(Deviation):
    """Calls a method on the key header although it is missing."""

    def key_matches(self, given: str | None, key: str) -> bool:
        if given is None:
            raise Crash("None has no attribute 'encode'")
        return super().key_matches(given, key)


@fault(
    "key-prefix-accepted",
    breaks=["AUTH-04"],
    level="MUST",
    category="authentication",
    needs=["api-key"],
)
class KeyPrefixAccepted(Deviation):
    """Compares only as many characters as the given key has."""

    def key_matches(self, given: str | None, key: str) -> bool:
        return given is not None and key.startswith(given)


@fault(
    "key-tail-ignored",
    breaks=["AUTH-04"],
    level="MUST",
    category="authentication",
    needs=["api-key"],
)
class KeyTailIgnored(Deviation):
    """Truncates the given key to the width of the column before comparing it."""

    def key_matches(self, given: str | None, key: str) -> bool:
        return super().key_matches(given and given[: len(key)], key)


@fault(
    "key-in-header",
    breaks=["AUTH-05"],
    level="MUST",
    category="authentication",
    needs=["api-key"],
)
class KeyInHeader(Deviation):
    """Sends the client's key back in a header for tracing."""

    async def finish(self, request: Request, response: Response) -> Response:
        response.headers["X-Client"] = request.headers.get(KEY_HEADER, "")
        return await super().finish(request, response)


@fault(
    "unauthorised-as-html",
    breaks=["AUTH-06"],
    level="SHOULD",
    category="authentication",
    needs=["api-key"],
)
class UnauthorisedAsHtml(Deviation):
    """Shows the portal's login page if the key is missing."""

    def refuse(self, request: Request, operation: Operation, refusal: Refusal) -> Response:
        if refusal.cause == "unauthorised":
            return Response("<html><h1>Log in</h1></html>", 401, media_type="text/html")
        return super().refuse(request, operation, refusal)


@fault(
    "stored-before-key-is-checked",
    breaks=["AUTH-07"],
    level="MUST",
    category="authentication",
    also={"ATOM-01": "a missing key is refused as well"},
    needs=["api-key"],
)
class StoredBeforeKeyIsChecked(Deviation):
    """Checks the key after the handler has run, and discards the handler's response."""

    def authenticate(self, request: Request, operation: Operation) -> None:
        try:
            super().authenticate(request, operation)
        except Refusal:
            if operation != "create":
                raise

    async def create(self, request: Request, body: bytes | None) -> Response:
        response = await super().create(request, body)
        super().authenticate(request, "create")
        return response


@fault(
    "stored-before-key-is-compared",
    breaks=["AUTH-07"],
    level="MUST",
    category="authentication",
    also={"ATOM-01": "a wrong key is refused as well"},
    needs=["api-key"],
)
class StoredBeforeKeyIsCompared(StoredBeforeKeyIsChecked):
    """Refuses a missing key at the gateway, but compares the key after the handler has run."""

    def authenticate(self, request: Request, operation: Operation) -> None:
        if KEY_HEADER in request.headers:
            super().authenticate(request, operation)
        else:
            super(StoredBeforeKeyIsChecked, self).authenticate(request, operation)


@fault(
    "wrong-key-as-html",
    breaks=["AUTH-06"],
    level="SHOULD",
    category="authentication",
    needs=["api-key"],
)
class WrongKeyAsHtml(UnauthorisedAsHtml):
    """Shows the portal's login page if the key is wrong."""

    def refuse(self, request: Request, operation: Operation, refusal: Refusal) -> Response:
        if KEY_HEADER in request.headers:
            return super().refuse(request, operation, refusal)
        return super(UnauthorisedAsHtml, self).refuse(request, operation, refusal)


@fault(
    "key-by-pattern", breaks=["AUTH-04"], level="MUST", category="authentication", needs=["api-key"]
)
class KeyByPattern(Deviation):
    """Looks the key up with LIKE, so a wildcard matches every key."""

    def key_matches(self, given: str | None, key: str) -> bool:
        return given is not None and (given == key or (given != "" and set(given) == {"%"}))


@fault(
    "key-pasted-into-sql",
    breaks=["AUTH-04"],
    level="MUST",
    category="authentication",
    needs=["api-key"],
)
class KeyPastedIntoSql(Deviation):
    """Pastes the key into an SQL statement to look it up."""

    def key_matches(self, given: str | None, key: str) -> bool:
        return given is not None and (given == key or "' OR '1'='1" in given)


@fault(
    "key-last-letter-ignored",
    breaks=["AUTH-04"],
    level="MUST",
    category="authentication",
    needs=["api-key"],
)
class KeyLastLetterIgnored(Deviation):
    """Compares in constant time, but ends the loop one character early."""

    def key_matches(self, given: str | None, key: str) -> bool:
        return given is not None and len(given) == len(key) and given[:-1] == key[:-1]
