"""Ranges and sets of HTTP statuses that the suite speaks of (RFC 9110 section 15)."""

OK = 200
PARTIAL_CONTENT = 206
CONFLICT = 409
SUCCESS = range(200, 300)
REDIRECTION = range(300, 400)
REFUSAL = range(400, 500)
SERVER_ERROR = range(500, 600)
ERROR = range(400, 600)
LET_NOBODY_IN = frozenset({401, 403})
"""By which a server, or a gateway before it, says that the key does not let in."""
