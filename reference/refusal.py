"""How the server says no."""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Cause: TypeAlias = Literal[
    "malformed",  # the body is no JSON text
    "invalid",  # the order breaks a rule
    "unknown-reference",  # the order names something that is not there
    "conflict",  # the order clashes with a stored one
    "paging",  # senseless paging parameters
    "bad-id",  # the path names no id
    "not-found",  # an id without an order
    "no-route",  # a path that serves nothing
    "method",  # a method that the path does not serve
    "media-type",
    "too-large",
    "uri-too-long",
    "unauthorised",
]

STATUS: dict[Cause, int] = {
    "malformed": 400,
    "invalid": 400,
    "unknown-reference": 400,
    "conflict": 409,
    "paging": 400,
    "bad-id": 400,
    "not-found": 404,
    "no-route": 404,
    "method": 405,
    "media-type": 415,
    "too-large": 413,
    "uri-too-long": 414,
    "unauthorised": 401,
}


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a request: where, and what."""

    field: str
    text: str
    cause: Cause = "invalid"


@dataclass
class Refusal(Exception):
    """The request is answered with a client error and has no effect."""

    cause: Cause
    message: str
    problems: list[Problem] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
