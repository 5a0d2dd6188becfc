"""Prints a digest of every request that a run sends, to show that a change moves none of them.

Run it on two checkouts and compare: `python -m tools.request_sequence --checkout OTHER`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
SERVERS = ("reference", "spring", "express-zod", "eventual")
LAGGING = ("eventual",)
"""Servers that are polled: how often depends on the time that a response takes."""

PROFILES = ("smoke", "gate", "certify")
KEY = "key-of-the-request-sequence"


def main() -> None:
    """Print one line for each server, profile and seed: digest, requests, exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkout", type=Path, default=ROOT, help="the suite to run")
    parser.add_argument("--servers", nargs="+", default=SERVERS)
    parser.add_argument("--profiles", nargs="+", default=PROFILES)
    parser.add_argument("--seeds", nargs="+", default=("1", "2", "3"))
    parser.add_argument("--dump", type=Path, help="a folder for the requests themselves")
    asked = parser.parse_args()
    for server, profile, seed in product(asked.servers, asked.profiles, asked.seeds):
        with tempfile.TemporaryDirectory() as folder:
            code = run_suite(asked.checkout, Path(folder), server, profile, seed)
            evidence = Path(folder) / "evidence.jsonl"
            requests = sent_requests(evidence, polls_count=server not in LAGGING)
        text = "\n".join(json.dumps(request, sort_keys=True) for request in requests)
        if asked.dump:
            asked.dump.mkdir(parents=True, exist_ok=True)
            (asked.dump / f"{server}-{profile}-{seed}.jsonl").write_text(text, "utf-8")
        digest = hashlib.sha256(text.encode()).hexdigest()[:16]
        print(f"{server:12} {profile:8} {seed} {digest} {len(requests):5} exit {code}", flush=True)


def run_suite(checkout: Path, reports: Path, server: str, profile: str, seed: str) -> int:
    """Judge one server with the suite of a checkout; return the exit code."""
    options = ["-p", "tools.seed_alone", "--profile", profile, "--seed", seed]
    options += ["--results-only", f"--reports={reports}"]
    with reference_server(checkout, server) as base_url:
        return subprocess.run(
            [sys.executable, "-m", "pytest", "tests", "--base-url", base_url, *options],
            cwd=checkout,
            env=_environment(checkout) | {"ORDER_API_KEY": KEY},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        ).returncode


@contextmanager
def reference_server(checkout: Path, variant: str) -> Iterator[str]:
    """Serve the reference server of a checkout, or one of its variants; yields its base URL."""
    arguments = [] if variant == "reference" else ["--twin", variant]
    with subprocess.Popen(
        [
            *(sys.executable, "-m", "reference", "--port", "0", "--exit-with-parent"),
            *("--api-key-env", "KEY", *arguments),
        ],
        cwd=checkout,
        env=_environment(checkout) | {"KEY": KEY},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().partition("listening on ")[2].strip()
        finally:
            process.terminate()


def sent_requests(evidence: Path, *, polls_count: bool = True) -> list[dict[str, Any]]:
    """Return what was sent, test by test in the order of sending, without the tests' names.

    An order is called by the number of the request that created it: which of two parallel
    creates gets which id is up to the server. Unless polls count, a test's reads of the same
    resource are one.
    """
    records = [json.loads(line) for line in evidence.read_text("utf-8").splitlines()]
    first_seen: dict[str, int] = {}
    for record in records:
        first_seen.setdefault(record["id"].rpartition("#")[0], len(first_seen))

    def in_order(record: dict[str, Any]) -> tuple[int, int]:
        test, _, number = record["id"].rpartition("#")
        return first_seen[test], int(number)

    records.sort(key=in_order)
    created: dict[str, int] = {}
    requests: list[dict[str, Any]] = []
    seen: set[str] = set()
    for record in records:
        request = record["request"]
        where, parent, name = request["path"].rpartition("/order/")
        if name in created:
            request["path"] = f"{where}{parent}<created by {created[name]}>"
        read = f"{record['id'].rpartition('#')[0]} {json.dumps(request)}"
        number = len(requests)
        if polls_count or request["method"] != "GET" or read not in seen:
            requests.append(request)
        seen.add(read)
        response = record.get("response") or record.get("answer") or {}
        if request["method"] == "POST" and response.get("status") in {200, 201}:
            try:
                created[str(json.loads(response["body"])["id"])] = number
            except (ValueError, KeyError, TypeError):
                continue
    return requests


def _environment(checkout: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("ORDER_")}
    return kept | {"PYTHONPATH": f"{checkout}{os.pathsep}{ROOT}", "PYTHONDONTWRITEBYTECODE": "1"}


if __name__ == "__main__":
    main()
