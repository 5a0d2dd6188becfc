"""``evidence.har``: every exchange as HTTP Archive 1.2, which browsers and HTTP tools can open."""

from __future__ import annotations

import io
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import harfile

from order_conformance import __version__

if TYPE_CHECKING:
    from order_conformance.results.record import RunRecord

HTTP_VERSION = "HTTP/1.1"
NOT_SAID = -1


def write_har(run: RunRecord) -> str:
    """Return the archive; each entry's comment is the id of its exchange in the evidence."""
    text = io.StringIO()
    creator = harfile.Creator(name="order-conformance", version=__version__)
    with harfile.open(text, creator=creator) as archive:
        for record in run.exchanges():
            wait = round(record["response"]["seconds"] * 1000, 3) if "response" in record else 0
            archive.add_entry(
                startedDateTime=record["at"],
                time=wait,
                request=_request(record["request"], run.url(record["request"]["path"])),
                response=_response(record),
                timings=harfile.Timings(send=0, wait=wait, receive=0),
                comment=record["id"],
            )
    return text.getvalue() + "\n"


def _request(request: dict[str, Any], url: str) -> harfile.Request:
    body = request["body"]
    post = None
    if body is not None:
        post = harfile.PostData(mimeType=_header(request["headers"], "content-type"), text=body)
    query = parse_qsl(urlsplit(url).query, keep_blank_values=True, errors="backslashreplace")
    return harfile.Request(
        method=request["method"],
        url=url,
        httpVersion=HTTP_VERSION,
        headers=_records(request["headers"]),
        queryString=[harfile.Record(name=name, value=value) for name, value in query],
        postData=post,
        bodySize=len(body.encode("utf-8", "backslashreplace")) if body is not None else 0,
        comment="with the API key" if request["with_key"] else "without the API key",
    )


def _response(record: dict[str, Any]) -> harfile.Response:
    response = record.get("response")
    if response is None:
        # Browsers write status 0 for a request without a response.
        return harfile.Response(
            status=0, statusText="", httpVersion="", comment=record.get("failure", "")
        )
    return harfile.Response(
        status=response["status"],
        statusText=_phrase(response["status"]),
        httpVersion=HTTP_VERSION,
        headers=_records(response["headers"]),
        content=harfile.Content(
            size=response["body_bytes"],
            mimeType=_header(response["headers"], "content-type"),
            text=response["body"],
        ),
        redirectURL=_header(response["headers"], "location"),
        bodySize=NOT_SAID,
    )


def _records(headers: list[list[str]]) -> list[harfile.Record]:
    return [harfile.Record(name=name, value=value) for name, value in headers]


def _header(headers: list[list[str]], wanted: str) -> str:
    return next((value for name, value in headers if name.lower() == wanted), "")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
