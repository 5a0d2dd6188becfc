"""Methods that route a request, and the conforming server as the sum of all methods."""

import hmac
import re

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from reference.model import INT64_MAX, JsonObject, Operation, Order
from reference.refusal import Refusal
from reference.server.listing import Listing

COLLECTION = "/api/v3/order"
KEY_HEADER = "Impilo-API-Key"
_ID = re.compile(r"[1-9][0-9]{0,18}")
_LONGEST_TARGET = 8192


class ReferenceServer(Listing):
    """The conforming server."""

    create_status = 201

    async def handle(self, request: Request) -> Response:
        """Return the response to any request."""
        operation, order_id = self.resolve(request.method, request.scope["path"])
        try:
            response = await self.serve(request, operation, order_id)
        except Refusal as refusal:
            response = self.refuse(request, operation, refusal)
        except ClientDisconnect:
            response = Response(status_code=400)
        except Exception as error:
            response = self.crash(error)
        return await self.finish(request, response)

    def resolve(self, method: str, path: str) -> tuple[Operation, str | None]:
        """Return the operation of a request, and the order id in its path if there is one."""
        reading = method in ("GET", "HEAD")
        if path == COLLECTION:
            return ("list" if reading else "create" if method == "POST" else "other"), None
        below = path.removeprefix(COLLECTION + "/")
        if below != path and below and "/" not in below:
            return ("fetch" if reading else "other"), below
        return "other", None

    async def serve(self, request: Request, operation: Operation, order_id: str | None) -> Response:
        """Serve a request, or raise a refusal."""
        body = await self.receive(request)
        self.authenticate(request, operation)
        if len(request.scope["path"]) + len(request.scope["query_string"]) > _LONGEST_TARGET:
            raise Refusal("uri-too-long", "The request target is too long.")
        match operation:
            case "create":
                return await self.create(request, body)
            case "list":
                return await self.list_orders(request)
            case "fetch":
                return await self.fetch(request, order_id or "")
            case "other":
                return self.other(request, order_id)

    def authenticate(self, request: Request, operation: Operation) -> None:  # noqa: ARG002
        """Refuse a request without the API key, if the server has one."""
        key = self.settings.api_key
        if key is not None and not self.key_matches(request.headers.get(KEY_HEADER), key):
            raise Refusal(
                "unauthorised",
                "A valid API key is needed.",
                headers={"WWW-Authenticate": f'ApiKey header="{KEY_HEADER}"'},
            )

    def key_matches(self, given: str | None, key: str) -> bool:
        """Whether the given key is the right one, compared in constant time."""
        return given is not None and hmac.compare_digest(given.encode("latin-1"), key.encode())

    async def create(self, request: Request, body: bytes | None) -> Response:
        """Serve a create request."""
        if body is None:
            raise Refusal("too-large", f"The body exceeds {self.settings.max_body} bytes.")
        self.check_media_type(request)
        document = self.read_document(body)
        wanted = self.validate(document)
        order = await self.store(wanted)
        return self.answer_created(request, order, document)

    def answer_created(
        self,
        request: Request,
        order: Order,
        document: JsonObject,  # noqa: ARG002  (what the client sent; deviations look at it)
    ) -> Response:
        """Return the response to a create request that was accepted."""
        return self.succeed(
            request,
            "create",
            self.create_status,
            self.render_order(order, "created"),
            {"Location": f"{COLLECTION}/{order.id}"},
        )

    async def list_orders(self, request: Request) -> Response:
        """Serve a list request."""
        page, size = self.read_paging(request.query_params)
        return self.succeed(request, "list", 200, self.render_page(self.make_page(page, size)))

    async def fetch(self, request: Request, text: str) -> Response:
        """Serve a fetch request."""
        order = self.find_order(self.read_order_id(text))
        if order is None:
            raise Refusal("not-found", "There is no such order.")
        return self.succeed(request, "fetch", 200, self.render_order(order, "fetched"))

    def read_order_id(self, text: str) -> int:
        """Return the id in a path; it must be a plain positive int64."""
        if not _ID.fullmatch(text) or int(text) > INT64_MAX:
            raise Refusal("bad-id", "An order id is a positive integer.")
        return int(text)

    def other(self, request: Request, order_id: str | None) -> Response:
        """Serve a request for none of the three operations."""
        at_collection = request.scope["path"] == COLLECTION
        if not at_collection and order_id is None:
            raise Refusal("no-route", "There is nothing at this path.")
        allowed = self.allowed_methods(at_collection)
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": allowed})
        return self.method_not_allowed(request, allowed)

    def allowed_methods(self, at_collection: bool) -> str:
        """Return the value of the Allow header."""
        return "GET, HEAD, OPTIONS, POST" if at_collection else "GET, HEAD, OPTIONS"

    def method_not_allowed(self, request: Request, allowed: str) -> Response:  # noqa: ARG002
        """Refuse a method that the path does not support."""
        raise Refusal("method", "This path does not serve the method.", headers={"Allow": allowed})
