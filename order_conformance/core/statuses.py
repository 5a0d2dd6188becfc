"""HTTP status codes, and ranges of them, that the suite distinguishes (RFC 9110 section 15)."""

OK = 200
PARTIAL_CONTENT = 206
CONFLICT = 409
SUCCESS = range(200, 300)
REDIRECTION = range(300, 400)
REFUSAL = range(400, 500)
SERVER_ERROR = range(500, 600)
ERROR = range(400, 600)
ACCESS_DENIED = frozenset({401, 403})
"""Sent by a server, or a gateway in front of it, that does not accept the key."""
