"""From a target to a signed bundle."""

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
from order_conformance.core.filesystem import writing_into
from order_conformance.core.outcomes import Verdict
from order_conformance.recording.inputs import FILE_NAME as INPUTS
from order_conformance.requirements.requirement_sets import read_requirement_set
from order_conformance.results.document import FILE_NAME as RESULTS
from order_conformance.session.nonces import check_nonce

if TYPE_CHECKING:
    from pathlib import Path

    from order_conformance.certification.signing import PrivateKey
    from order_conformance.requirements.requirement_sets import RequirementSet

INCONCLUSIVE = 2
JUDGED = frozenset({0, 1, INCONCLUSIVE})
"""Exit codes of a run that came to its end and wrote its results."""


@dataclass(frozen=True)
class CertificationRequest:
    """What is to be certified, and how."""

    target: Path
    nonce: str
    key: Path
    out: Path
    requirement_set: str


def certify(order: CertificationRequest) -> int:
    """Judge a target, judge it again from the evidence, and write the bundle if both agree.

    Returns:
        The exit code of the verdict: 0, 1, or 2 where there is no certificate.

    Raises:
        UsageProblem: something that was given cannot be used; nothing was sent.
    """
    check_nonce(order.nonce)
    signer, requirement_set = read_signer(order.key), read_requirement_set(order.requirement_set)
    reports, bundle = order.out / "reports", order.out / f"certificate-{requirement_set.name}.zip"
    with writing_into(order.out, "--out"):
        bundle.unlink(missing_ok=True)
    run = ["--set", order.requirement_set, "--nonce", order.nonce, "--target", str(order.target)]
    code = run_suite([*run, "--reports", str(reports), "-q"])
    if code not in JUDGED:
        return code
    results = json.loads((reports / RESULTS).read_text(encoding="utf-8"))
    if results["verdict"] == Verdict.INCONCLUSIVE:
        click.echo(f"no certificate: {results['verdict_reason']}", err=True)
        return INCONCLUSIVE
    click.echo("judging the run again from its evidence ...")
    unverified = order.out / f".{bundle.name}.unverified"
    try:
        content = write_bundle(unverified, reports, requirement_set, order.nonce, signer)
        verify(
            unverified, signer.public_key, nonce=order.nonce, requirement_set=order.requirement_set
        )
        unverified.replace(bundle)
    except (OSError, Refused) as problem:
        click.echo(f"no certificate: its bundle would be refused: {problem}", err=True)
        return INCONCLUSIVE
    finally:
        unverified.unlink(missing_ok=True)
    click.echo(f"{bundle}\nsha256:{content}")
    return code


def write_bundle(
    path: Path, reports: Path, requirement_set: RequirementSet, nonce: str, signer: PrivateKey
) -> str:
    """Pack and sign what a run left; returns the digest of the archive."""
    files = {name: (reports / name).read_bytes() for name in LISTED}
    target = json.loads(files[INPUTS])["target"]
    manifest = make_manifest(files, requirement_set, nonce, target)
    statement = make_statement(manifest, json.loads(files[RESULTS]))
    members = {**files, MANIFEST: canonical(manifest), ENVELOPE: sign(statement, signer)}
    write_archive(path, members)
    return digest(path.read_bytes())
