"""Bodies on the page: every token as it was sent, what is wrong marked, the rest folded."""

from __future__ import annotations

import json

import pytest

from order_conformance.reports.bodies import Block, lay_out

LONG = {"content": [{"id": n, "patient": {"id": n, "name": "x" * 40}} for n in range(30)]}


def text_of(blocks: list[Block]) -> str:
    """Return all that is shown, folded or not."""
    lines = [line for block in blocks for line in block.lines]
    return "\n".join("".join(text for text, _ in line.spans) + line.rest for line in lines)


def marks_of(blocks: list[Block]) -> list[str]:
    """Return what is marked."""
    lines = [line for block in blocks for line in block.lines]
    return [text for line in lines for text, marked in line.spans if marked]


@pytest.mark.parametrize(
    ("body", "pointers", "marked"),
    [
        ('{"id": 1, "site": null}', ["/site"], ['"site": null']),
        ('{"id": 1, "site": {"id": 2}}', ["/site"], ['"site": {"id": 2}']),
        ('{"id": 1, "site": {"id": 2}}', ["/site/id"], ['"id": 2']),
        ('{"id": 1, "id": 2}', ["/id"], ['"id": 1', '"id": 2']),
        ('{"lines": [{"id": 1}, {"id": 2}]}', ["/lines/1"], ['{"id": 2}']),
        ('{"a/b": 1, "~": 2}', ["/a~1b", "/~0"], ['"a/b": 1', '"~": 2']),
        ('{"\\u0061": 1}', ["/a"], ['"\\u0061": 1']),
        ('{"id": 1}', ["/absent", "/id/deeper", ""], []),
        ("no JSON: id", ["/id"], []),
    ],
)
def test_what_a_pointer_leads_to_is_marked(
    body: str, pointers: list[str], marked: list[str]
) -> None:
    """The value with its key, and nothing else."""
    blocks = lay_out(body, pointers)
    assert marks_of(blocks) == marked
    assert "".join(text_of(blocks).split()) == "".join(body.split())


def test_a_long_body_shows_what_is_marked_and_folds_the_rest() -> None:
    """A marked object that takes several lines is shown with what it holds."""
    blocks = lay_out(json.dumps(LONG), ["/content/20/patient"])
    shown = "\n".join(text_of([block]) for block in blocks if not block.folded)
    assert '"name"' in shown
    assert '"id": 20' in shown
    assert '"id": 10' not in shown
    assert marks_of(blocks)[0].startswith('"patient": {')
    assert json.loads(text_of(blocks)) == LONG


def test_a_long_line_is_cut_and_loses_nothing() -> None:
    """The rest of it is there to be opened."""
    body = json.dumps({"a": "x" * 2000})
    (block,) = lay_out(body, ["/a"])
    assert max(len(line.rest) for line in block.lines) > 1000
    assert json.loads(text_of([block])) == json.loads(body)
