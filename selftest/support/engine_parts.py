"""What the engine's tests share: a door onto a small server, and the suite in a subprocess."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from order_conformance.core.redaction import Redactor
from order_conformance.http.client import HttpClient
from order_conformance.recording.evidence import EvidenceLog
from order_conformance.target.model import Target, build_target
from order_conformance.target.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
KEY = "canary/Key+7f3a=91c2&x"
ORDERS = "/api/v3/order"


@contextmanager
def client_for(base_url: str, folder: Path, **changes: object) -> Iterator[HttpClient]:
    """Open a door onto a server, with a key, and close it again."""
    target = replace(Target(base_url, api_key=KEY, timeout=1.0), **changes)  # type: ignore[arg-type]
    evidence = EvidenceLog(folder / "evidence.jsonl", Redactor([KEY]))
    client = HttpClient(target, evidence, seed=1)
    try:
        yield client
    finally:
        client.close()
        evidence.close()


def build(
    file: dict[str, Any] | None = None, base_url: str | None = None, **variables: str
) -> Target:
    """Build a target from the content of a target file, a URL, and environment variables."""
    return build_target(read_settings(file or {}, variables), variables, base_url=base_url)


def pytest_in(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run pytest in a folder, with the variables given and no key otherwise."""
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "100"}
    environment.pop("ORDER_API_KEY", None)
    return subprocess.run(
        [sys.executable, "-m", "pytest", *arguments],
        cwd=folder,
        env={**environment, **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
