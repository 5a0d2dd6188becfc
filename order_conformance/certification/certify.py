"""``certify``: from a target to a signed bundle."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from order_conformance.certification.archive import write_archive
from order_conformance.certification.bundle import (
    ENVELOPE,
    LISTED,
    MANIFEST,
    make_manifest,
    make_statement,
)
from order_conformance.certification.canonical import canonical, digest
from order_conformance.certification.errors import Refused
from order_conformance.certification.signing import read_signer, sign
from order_conformance.certification.suite_process import run_suite
from order_conformance.certification.verify import verify
from order_conformance.core.exit_codes import ExitCode
from order_conformance.core.filesystem import writing_into
from order_conformance.core.vocabulary import Verdict
from order_conformance.recording.inputs import FILE_NAME as INPUTS
from order_conformance.requirements.requirement_sets import read_requirement_set
from order_conformance.results.document import FILE_NAME as RESULTS
from order_conformance.session.nonces import check_nonce

if TYPE_CHECKING:
    from pathlib import Path

    from order_conformance.certification.signing import PrivateKey
    from order_conformance.requirements.requirement_sets import RequirementSet

COMPLETED = frozenset({ExitCode.CONFORMANT, ExitCode.NON_CONFORMANT, ExitCode.INCONCLUSIVE})
"""Exit codes of a run that ended normally and wrote its results."""


@dataclass(frozen=True)
class CertificationRequest:
    """What to certify and how: the arguments of ``order-conformance certify``."""

    target: Path
    nonce: str
    key: Path
    out: Path
    requirement_set: str


def certify(request: CertificationRequest) -> int:
    """Test a target, replay the run from its evidence, and write the bundle if both agree.

    Returns:
        The exit code of the verdict; 2 if no bundle was written.

    Raises:
        UsageProblem: an argument is invalid; no requests were sent.
    """
    check_nonce(request.nonce)
    signer, requirement_set = (
        read_signer(request.key),
        read_requirement_set(request.requirement_set),
    )
    reports = request.out / "reports"
    bundle = request.out / f"certificate-{requirement_set.name}.zip"
    with writing_into(request.out, "--out"):
        bundle.unlink(missing_ok=True)
    asked = [
        f"--set={request.requirement_set}",
        f"--nonce={request.nonce}",
        f"--target={request.target}",
    ]
    code = run_suite([*asked, f"--reports={reports}", "-q"])
    if code not in COMPLETED:
        return code
    results = json.loads((reports / RESULTS).read_text(encoding="utf-8"))
    if results["verdict"] == Verdict.INCONCLUSIVE:
        click.echo(f"no certificate: {results['verdict_reason']}", err=True)
        return ExitCode.INCONCLUSIVE
    click.echo("replaying the run from its evidence ...")
    unverified = request.out / f".{bundle.name}.unverified"
    try:
        content = write_bundle(unverified, reports, requirement_set, request.nonce, signer)
        verify(
            unverified,
            signer.public_key,
            nonce=request.nonce,
            requirement_set=request.requirement_set,
        )
        unverified.replace(bundle)
    except (OSError, Refused) as problem:
        click.echo(f"no certificate: the bundle would be refused: {problem}", err=True)
        return ExitCode.INCONCLUSIVE
    finally:
        unverified.unlink(missing_ok=True)
    click.echo(f"{bundle}\nsha256:{content}")
    return code


def write_bundle(
    path: Path, reports: Path, requirement_set: RequirementSet, nonce: str, signer: PrivateKey
) -> str:
    """Write the signed bundle of a finished run, and return the digest of the archive."""
    files = {name: (reports / name).read_bytes() for name in LISTED}
    target = json.loads(files[INPUTS])["target"]
    manifest = make_manifest(files, requirement_set, nonce, target)
    statement = make_statement(manifest, json.loads(files[RESULTS]))
    members = {**files, MANIFEST: canonical(manifest), ENVELOPE: sign(statement, signer)}
    write_archive(path, members)
    return digest(path.read_bytes())
