"""docs/certification.md: its commands do what it says, as they stand there."""

from __future__ import annotations

import os
import re
import resource
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

from selftest.support.cases import KEY
from selftest.support.suite_runs import ROOT, reference_server

PAGE = (ROOT / "docs" / "certification.md").read_text(encoding="utf-8")
LONGEST = 900.0


def commands() -> tuple[str, str]:
    """Return the commands that certify, and the one that verifies."""
    *before, verifying = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    assert verifying.startswith("order-conformance verify")
    return "\n".join(before), verifying


def shell(script: str, folder: Path, checkout: Path, **variables: str) -> str:
    """Run commands in a folder as a vendor does, with the suite of a checkout."""
    binaries = str(Path(sys.executable).parent)
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([binaries, os.environ["PATH"]]),
        "PYTHONPATH": str(checkout),
        "NO_COLOR": "1",
    }
    ended = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env={**environment, **variables},
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def processor_time() -> float:
    """Return the seconds of a processor that ended child processes have used so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def other_checkout(folder: Path) -> Path:
    """Copy what a clone would have into a folder."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in names.splitlines():
        source = ROOT / name
        if source.is_file() and not source.is_symlink():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, folder / name)
    return folder


def test_the_walk_through_leads_to_a_verified_certificate(tmp_path: Path) -> None:
    """Certified here; verified by another checkout, when the server is gone."""
    certifying, verifying = commands()
    began = processor_time()
    with reference_server("--api-key-env", "SERVER_KEY") as base_url:
        script = certifying.replace("http://127.0.0.1:8080", base_url)
        said = shell(script, tmp_path, ROOT, ORDER_API_KEY=KEY)
    certified = processor_time() - began
    assert "certificate-2026-11.zip\nsha256:" in said
    assert KEY.encode() not in b"".join(
        path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()
    )
    checkout = other_checkout(tmp_path / "elsewhere")
    began = processor_time()
    said = shell(verifying, tmp_path, checkout)
    verified = processor_time() - began
    assert "verified: conformant" in said
    assert verified < certified, "verifying replays the run once; certifying makes it as well"
    digest = re.findall(r"sha256:[0-9a-f]{64}", said)[0]
    page = (tmp_path / "certificate.html").read_text(encoding="utf-8")
    badge = (tmp_path / "badge.svg").read_text(encoding="utf-8")
    assert digest in page
    assert digest in badge
    assert "2026-11" in page
    assert ET.fromstring(badge).tag.endswith("svg")
