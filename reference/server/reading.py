"""Methods that read a request: its bytes, its media type, its JSON."""

import json
import math
from email.message import Message
from typing import Any, NoReturn

from starlette.requests import Request

from reference.refusal import Refusal
from reference.server.answering import Answering

_DRAIN_LIMIT = 64 << 20
_LONGEST_INTEGER = 40


def _integer(text: str) -> int | float:
    """Parse a JSON integer; a huge one becomes a float, which is not a valid id or count."""
    return int(text) if len(text) <= _LONGEST_INTEGER else math.copysign(math.inf, float(text[:2]))


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not JSON")


class Reading(Answering):
    """From bytes to a parsed document."""

    async def receive(self, request: Request) -> bytes | None:
        """Read the body; None when it is larger than allowed (the rest is read and dropped)."""
        received = bytearray()
        seen = 0
        async for chunk in request.stream():
            seen += len(chunk)
            if seen <= self.settings.max_body:
                received += chunk
            elif seen > _DRAIN_LIMIT:
                break
        return bytes(received) if seen <= self.settings.max_body else None

    def check_media_type(self, request: Request) -> None:
        """Refuse a body whose headers do not say that it is plain UTF-8 JSON."""
        header = Message()
        header["Content-Type"] = request.headers.get("content-type", "")
        name = header.get_content_type() if request.headers.get("content-type") else ""
        is_json = name == "application/json" or (
            name.startswith("application/") and name.endswith("+json")
        )
        charset = str(header.get_param("charset", "utf-8")).lower()
        coding = request.headers.get("content-encoding", "identity").lower()
        if not is_json or charset not in ("utf-8", "utf8", "us-ascii") or coding != "identity":
            raise Refusal("media-type", "Send the order as application/json in UTF-8.")

    def decode(self, body: bytes) -> str:
        """Decode the body."""
        return body.decode("utf-8-sig")

    def parse(self, text: str) -> Any:
        """Parse the JSON text; the last value of a repeated property counts."""
        return json.loads(text, parse_int=_integer, parse_constant=_no_constant)

    def read_document(self, body: bytes) -> Any:
        """Return the document in a body, or refuse it."""
        try:
            return self.parse(self.decode(body))
        except (ValueError, RecursionError):
            raise Refusal("malformed", "The body is not valid JSON.") from None
