"""What the formats demand, written from their specifications; only what they demand.

- CTRF: https://github.com/ctrf-io/ctrf, ``schema/ctrf.schema.json`` (draft 7)
- HAR 1.2: https://w3c.github.io/web-performance/specs/HAR/Overview.html
- Allure: https://allurereport.org/docs/how-it-works-test-result-file/
"""

from __future__ import annotations

from typing import Any

STRING: dict[str, Any] = {"type": "string"}
INTEGER: dict[str, Any] = {"type": "integer"}
NUMBER: dict[str, Any] = {"type": "number"}
OBJECT: dict[str, Any] = {"type": "object"}


def record(
    required: dict[str, Any], optional: dict[str, Any] | None = None, *, closed: bool = True
) -> dict[str, Any]:
    """Return the schema of an object."""
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **(optional or {})},
        "additionalProperties": not closed,
    }


def many(items: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a list."""
    return {"type": "array", "items": items}


_CTRF_STATUS = {"enum": ["passed", "failed", "skipped", "pending", "other"]}
_UUID = {"type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"}
_CTRF_TEST = record(
    {"name": {"type": "string", "minLength": 1}, "status": _CTRF_STATUS, "duration": INTEGER},
    {
        "id": _UUID,
        "start": INTEGER,
        "stop": INTEGER,
        "suite": {**many(STRING), "minItems": 1},
        "message": STRING,
        "trace": STRING,
        "rawStatus": STRING,
        "tags": many(STRING),
        "labels": {"type": "object", "additionalProperties": STRING},
        "type": STRING,
        "filePath": STRING,
        "extra": OBJECT,
    },
)
_COUNTS = ("tests", "passed", "failed", "skipped", "pending", "other", "start", "stop")
CTRF = record(
    {
        "reportFormat": {"const": "CTRF"},
        "specVersion": {"type": "string", "pattern": r"^[0-9]+\.[0-9]+\.[0-9]+$"},
        "results": record(
            {
                "tool": record({"name": STRING}, {"version": STRING, "extra": OBJECT}),
                "summary": record(
                    dict.fromkeys(_COUNTS, INTEGER),
                    {"suites": INTEGER, "duration": INTEGER, "extra": OBJECT},
                ),
                "tests": many(_CTRF_TEST),
            },
            {
                "environment": record(
                    {},
                    {
                        "appName": STRING,
                        "testEnvironment": STRING,
                        "healthy": {"type": "boolean"},
                        "extra": OBJECT,
                    },
                )
            },
        ),
    },
    {"reportId": _UUID, "timestamp": STRING, "generatedBy": STRING, "extra": OBJECT},
)

_PAIR = record({"name": STRING, "value": STRING}, {"comment": STRING})
_HAR_ENTRY = record(
    {
        "startedDateTime": STRING,
        "time": {"type": "number", "minimum": 0},
        "request": record(
            {
                "method": STRING,
                "url": STRING,
                "httpVersion": STRING,
                "cookies": many(OBJECT),
                "headers": many(_PAIR),
                "queryString": many(_PAIR),
                "headersSize": INTEGER,
                "bodySize": INTEGER,
            },
            {"postData": record({"mimeType": STRING, "text": STRING}), "comment": STRING},
        ),
        "response": record(
            {
                "status": INTEGER,
                "statusText": STRING,
                "httpVersion": STRING,
                "cookies": many(OBJECT),
                "headers": many(_PAIR),
                "content": record({"size": INTEGER, "mimeType": STRING}, {"text": STRING}),
                "redirectURL": STRING,
                "headersSize": INTEGER,
                "bodySize": INTEGER,
            },
            {"comment": STRING},
        ),
        "cache": OBJECT,
        "timings": record(
            {"send": NUMBER, "wait": NUMBER, "receive": NUMBER},
            {"blocked": NUMBER, "dns": NUMBER, "connect": NUMBER, "ssl": NUMBER},
        ),
    },
    {"comment": STRING},
)
HAR = record(
    {
        "log": record(
            {
                "version": {"const": "1.2"},
                "creator": record({"name": STRING, "version": STRING}),
                "entries": many(_HAR_ENTRY),
            },
            {"browser": record({"name": STRING, "version": STRING})},
        )
    }
)

_STATUS = {"enum": ["failed", "broken", "passed", "skipped", "unknown"]}
_DETAILS = record({}, {"message": STRING, "trace": STRING})
_ATTACHMENT = record({"name": STRING, "source": STRING, "type": STRING})
ALLURE_RESULT = record(
    {
        "uuid": _UUID,
        "historyId": STRING,
        "name": STRING,
        "status": _STATUS,
        "stage": {"const": "finished"},
        "start": INTEGER,
        "stop": INTEGER,
        "labels": many(record({"name": STRING, "value": STRING})),
    },
    {
        "testCaseId": STRING,
        "fullName": STRING,
        "description": STRING,
        "statusDetails": _DETAILS,
        "steps": many(
            record(
                {"name": STRING, "status": _STATUS},
                {
                    "statusDetails": _DETAILS,
                    "attachments": many(_ATTACHMENT),
                    "start": INTEGER,
                    "stop": INTEGER,
                },
            )
        ),
    },
)
