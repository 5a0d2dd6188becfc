"""The whole suite behind a gateway that requires a token, with a key that expires repeatedly."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING

from selftest.support.misbehaving_runs import KEY, TARGET, assert_it_ended_well, run_suite
from selftest.support.misbehaving_server import JSON, Gateway, Incoming, response_to, serving
from selftest.support.misbehaviours import HTML, PAGE
from selftest.support.suite_runs import reference_server

if TYPE_CHECKING:
    import asyncio
    from pathlib import Path

    from selftest.support.misbehaving_runs import EndedRun

TOKEN = "gateway-Token-51c0ffee"
KEY_LINE = re.compile(rb"(?i)(\r\nimpilo-api-key: )([^\r\n]*)(?=\r\n)")


class Staging:
    """A gateway that requires a token, and accepts each key for some requests."""

    def __init__(self, issued: Path, lifetime: int) -> None:
        """Issue the first key."""
        self.issued = issued
        self.lifetime = lifetime
        self.number = 0
        self.strangers = 0
        self.issue()

    def issue(self) -> None:
        """Issue a new key; the previous one is refused from now on."""
        self.number += 1
        self.issued.write_text(f"issued-Key-{self.number}-7e57ab1e\n", encoding="ascii")

    @property
    def key(self) -> bytes:
        """The current key."""
        return self.issued.read_bytes().strip()

    async def __call__(
        self, gateway: Gateway, request: Incoming, writer: asyncio.StreamWriter
    ) -> None:
        """Refuse requests without the token; forward others with the key of the server behind."""
        if f"x-gateway-token: {TOKEN}\r\n".encode() not in request.head.lower().replace(
            TOKEN.lower().encode(), TOKEN.encode()
        ):
            self.strangers += 1
            writer.write(response_to("403 Forbidden", PAGE, HTML))
            return
        if request.number % self.lifetime == 0:
            self.issue()
        brought = KEY_LINE.search(request.head)
        if brought and brought[2].startswith(b"issued-Key-") and brought[2].endswith(b"ab1e"):
            if brought[2] != self.key:
                writer.write(response_to("401 Unauthorized", b'{"message": "expired"}', JSON))
                return
            request.head = KEY_LINE.sub(rb"\g<1>" + KEY.encode(), request.head)
        writer.write(await gateway.forward(request))


def judge(folder: Path, command: list[str], lifetime: int) -> tuple[EndedRun, Staging, Gateway]:
    """Run the suite with keys that the command prints."""
    staging = Staging(folder / "issued", lifetime)
    target = (
        f"{TARGET}[api_key]\ncommand = {json.dumps([*command, str(staging.issued)])}\n"
        f'[headers]\nX-Gateway-Token = {{ command = ["echo", "{TOKEN}"] }}\n'
    )
    with (
        reference_server("--api-key-env", "SERVER_KEY") as upstream,
        serving(staging, upstream) as (base_url, gateway),
    ):
        return run_suite(base_url, folder / "run", target=target), staging, gateway


def test_a_key_that_can_be_renewed_does_not_change_the_verdict(tmp_path: Path) -> None:
    """Every requirement is judged, also those about keys, and no issued key is shown."""
    run, staging, _ = judge(tmp_path, ["cat"], lifetime=40)
    assert_it_ended_well(run)
    assert run.with_outcome("failed") == {}, run.output
    assert run.with_outcome("cantTell") == {}, run.output
    assert (run.results["verdict"], run.exit_code) == ("conformant", 0)
    assert "AUTH-04" in run.with_outcome("passed")
    assert staging.strangers == 0
    assert staging.number > 3
    for file in filter(lambda path: path.is_file(), run.reports.rglob("*")):
        text = file.read_text(encoding="utf-8")
        for number in range(1, staging.number + 1):
            assert f"issued-Key-{number}-7e57ab1e" not in text, file.name
        assert TOKEN not in text, file.name


def test_a_key_that_cannot_be_renewed_is_not_a_failure(tmp_path: Path) -> None:
    """The command keeps printing the first key: the run is inconclusive, with the cause."""
    printing = "import sys; print('issued-Key-1-7e57ab1e')"
    run, _, gateway = judge(tmp_path, [sys.executable, "-c", printing], lifetime=100)
    assert_it_ended_well(run)
    assert run.with_outcome("failed") == {}, run.output
    assert (run.results["verdict"], run.exit_code) == ("inconclusive", 2)
    reasons = set(run.with_outcome("cantTell").values())
    assert any("the key has expired" in reason for reason in reasons), reasons
    assert len(gateway.requests) < 105
