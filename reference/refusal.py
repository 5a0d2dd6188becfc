"""Refusals: their causes and statuses."""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Cause: TypeAlias = Literal[
    "malformed",  # the body is not valid JSON
    "invalid",  # the order violates a rule
    "unknown-reference",  # the order names something that does not exist
    "conflict",  # the order conflicts with a stored one
    "paging",  # invalid paging parameters
    "bad-id",  # the path does not contain a valid id
    "not-found",  # there is no order with this id
    "no-route",  # an unknown path
    "method",  # a method that the path does not support
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
    """One problem of a request: the field, and what is wrong."""

    field: str
    text: str
    cause: Cause = "invalid"


@dataclass
class Refusal(Exception):
    """The request has no effect and is answered with a 4xx status."""

    cause: Cause
    message: str
    problems: list[Problem] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
