"""Finds what an error response must not reveal: stack traces, source paths, SQL (PROTO-11)."""

from __future__ import annotations

import re

LONGEST_READ = 200_000

REVEALING = {
    "a stack trace": re.compile(
        r"Traceback \(most recent call last\)|^\s*at [\w$.<>/]+\([^)\n]*:\d+(:\d+)?\)|"
        r"\tat [\w$.]+\(|goroutine \d+ \[|^\s+at .+[A-Za-z_>]:\d+:\d+|\bin /\S+\.php:\d+",
        re.MULTILINE,
    ),
    "a source path": re.compile(
        r'File "[^"]+\.py", line \d+|(/[\w.@-]+){2,}\.(py|js|ts|java|go|rb|php|kt|cs):\d+|'
        r"[A-Z]:\\[^\"\n]+\.(cs|java|py)\b"
    ),
    "SQL": re.compile(
        # In lower case it may be English, unless a column has a character that words do not have,
        # or SQL follows the name of a table.
        r"(?-i:\bSELECT\s.+\sFROM\s)|\bselect\s+\S*([*._\"`]|,\S)\S*\s(.+\s)?from\s|"
        r"(?-i:\b(INSERT\s+INTO|DELETE\s+FROM)\s)|\bUPDATE\s+\w+\s+SET\s|"
        r"\binsert\s+into\s+\S+\s*\([\w\s,\"`]+\)\s*(values|select)\b|"
        r"\bdelete\s+from\s+\S+\s+where\s|"
        r"SQLSTATE|ORA-\d{5}|sqlite3?\.\w*Error|psycopg|org\.hibernate|syntax error at or near",
        re.IGNORECASE,
    ),
}


def find_leak(body: bytes) -> str:
    """Say which internals of the server a body shows, with a quotation; empty if none."""
    text = body[:LONGEST_READ].decode("utf-8", "replace")
    for escaped, meant in (("\\n", "\n"), ("\\t", "\t"), ('\\"', '"')):
        text = text.replace(escaped, meant)
    for what, pattern in REVEALING.items():
        found = pattern.search(text)
        if found:
            return f"it shows {what}: {found.group(0)[:120]!r}"
    return ""
