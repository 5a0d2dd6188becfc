"""``certify`` and ``verify``: signed bundles. Both need the extra ``[certify]``."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from order_conformance.core.exit_codes import ExitCode, UsageProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE = click.Path(path_type=Path)
EXTRA = frozenset({"cryptography", "rfc8785", "securesystemslib"})
"""The packages that the extra ``[certify]`` installs."""


@click.command()
@click.option("--target", type=FILE, required=True, help="TOML file that describes the server")
@click.option("--nonce", required=True, help="nonce issued by the certifying body")
@click.option("--key", type=FILE, required=True, help="private key, Ed25519 or ECDSA, in PEM")
@click.option("--out", type=FILE, required=True, help="output directory for bundle and reports")
@click.option(
    "--set",
    "requirement_set",
    show_default="the newest",
    help="name of a published requirement set",
)
def certify(*, target: Path, nonce: str, key: Path, out: Path, requirement_set: str | None) -> int:
    """Test a server and write a signed bundle.

    The bundle contains the verdict and its evidence. It is written only if the run reached a
    verdict and replaying the evidence gives the same one; an inconclusive run gets no bundle.

    \b
    Example:
      order-conformance certify --target=target.toml --nonce="$NONCE" --key=key.pem --out=out
    """
    with _extra_needed_by("certify"):
        from order_conformance.certification.certify import CertificationRequest
        from order_conformance.certification.certify import certify as make_certificate
        from order_conformance.requirements.requirement_sets import requirement_sets

    chosen = requirement_set or requirement_sets()[-1]
    return make_certificate(CertificationRequest(target, nonce, key, out, chosen))


@click.command()
@click.argument("bundle", type=FILE)
@click.option("--public-key", type=FILE, required=True, help="public key of the signer, in PEM")
@click.option("--nonce", help="expected nonce")
@click.option("--set", "requirement_set", help="expected requirement set")
@click.option("--certificate", type=FILE, help="write an HTML certificate to this file")
@click.option("--badge", type=FILE, help="write a badge (SVG) to this file")
def verify(  # noqa: PLR0913 - one argument an option
    bundle: Path,
    *,
    public_key: Path,
    nonce: str | None,
    requirement_set: str | None,
    certificate: Path | None,
    badge: Path | None,
) -> int:
    """Check the signature and digests of a BUNDLE, and replay its run.

    This needs neither the server nor a network. Exits with 1 and prints the reason if the bundle
    is rejected.

    \b
    Example:
      order-conformance verify certificate-2026-11.zip --public-key=public.pem
    """
    with _extra_needed_by("verify"):
        from order_conformance.certification.errors import Refused
        from order_conformance.certification.pages import TITLES, write_badge, write_certificate
        from order_conformance.certification.signing import read_public_key
        from order_conformance.certification.verify import verify as check_certificate
        from order_conformance.core.text import printable

    key = read_public_key(public_key)
    try:
        found = check_certificate(bundle, key, nonce=nonce, requirement_set=requirement_set)
    except Refused as refusal:
        click.echo(f"refused: {printable(' '.join(str(refusal).split()))}", err=True)
        return ExitCode.NON_CONFORMANT
    for option, path, text in (
        ("--certificate", certificate, write_certificate(found)),
        ("--badge", badge, write_badge(found)),
    ):
        if path is not None:
            _write(option, path, text)
    result = TITLES[found.statement["predicate"]["result"]].lower()
    click.echo(f"target   {printable(found.statement['subject'][0]['name'])}")
    click.echo(f"set      {found.manifest['set']['name']}, nonce {found.manifest['nonce']}")
    click.echo(f"bundle   sha256:{found.digest}")
    click.echo(
        f"verified: {result}; {len(found.results['requirements'])} requirements re-evaluated"
    )
    return ExitCode.CONFORMANT


@contextmanager
def _extra_needed_by(command: str) -> Iterator[None]:
    """Say in one line which extra is missing, if an import fails for lack of it."""
    try:
        yield
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] not in EXTRA:
            raise
        raise UsageProblem(
            f"{command} needs `pip install 'order-conformance[certify]'` "
            f"({missing.name} is not installed)"
        ) from None


def _write(option: str, path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise UsageProblem(
            f"{option} {path}: cannot be written ({problem.strerror}); name another file"
        ) from None
