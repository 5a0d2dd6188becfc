"""A commented example of a target file, written from the schema so that its keys are right."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING, Any

from order_conformance.target.settings import target_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDTH = 96
HEAD = """\
# What order-conformance should know about the server that it tests.
#
# Only base_url is set. A commented-out key shows its default, or an example if it has none:
# uncomment it and change the value. Every key can also be set by an environment variable, such as
# ORDER_CONFORMANCE_RATE_LIMIT, which overrides this file; see docs/target.md.
"""
NEEDED = "base_url"


def target_file_template() -> str:
    """Return the text of a target file that explains every key."""
    properties = target_schema()["properties"]
    tables = {name: schema for name, schema in properties.items() if schema["type"] == "object"}
    lines = [HEAD]
    for name, schema in properties.items():
        if name not in tables:
            lines += [*_key(name, schema), ""]
    for name, schema in tables.items():
        lines += [*_comment(schema["description"]), f"[{name}]"]
        if "properties" not in schema:
            for key, value in schema["examples"][0].items():
                lines.append(f"#{key} = {_toml(value)}  # example")
        for key, inner in schema.get("properties", {}).items():
            lines += _key(key, inner)
        lines.append("")
    return "\n".join(lines)


def _key(name: str, schema: dict[str, Any]) -> Iterator[str]:
    yield from _comment(schema["description"])
    if "default" in schema:
        yield f"#{name} = {_toml(schema['default'])}  # default"
    else:
        mark = "" if name == NEEDED else "#"
        yield f"{mark}{name} = {_toml(schema['examples'][0])}  # example"


def _comment(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent="# ", subsequent_indent="# ")


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {_toml(inner)}' for key, inner in value.items())} }}"
    return json.dumps(value)
