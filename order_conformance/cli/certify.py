"""``order-conformance certify`` and ``order-conformance verify``."""

from __future__ import annotations

from pathlib import Path

import click

from order_conformance.certification.certify import CertificationRequest
from order_conformance.certification.certify import certify as make_certificate
from order_conformance.certification.errors import Refused
from order_conformance.certification.pages import TITLES, write_badge, write_certificate
from order_conformance.certification.signing import read_public_key
from order_conformance.certification.verify import verify as check_certificate
from order_conformance.core.outcomes import UsageProblem
from order_conformance.core.text import printable
from order_conformance.requirements.requirement_sets import requirement_sets

FILE = click.Path(path_type=Path)


@click.command()
@click.option("--target", type=FILE, required=True, help="TOML file that describes the server")
@click.option("--nonce", required=True, help="word that the certifying body gave out")
@click.option("--key", type=FILE, required=True, help="private key, Ed25519 or ECDSA, in PEM")
@click.option("--out", type=FILE, required=True, help="folder for the bundle and the reports")
@click.option(
    "--set",
    "requirement_set",
    default=requirement_sets()[-1],
    show_default=True,
    help="set of requirements",
)
def certify(*, target: Path, nonce: str, key: Path, out: Path, requirement_set: str) -> int:
    """Judge a server and sign the verdict with all that it rests on.

    The bundle is written when the run came to a verdict, and when judging it again from the
    evidence says the same. An inconclusive run gets none.

    \b
    Example:
      order-conformance certify --target target.toml --nonce "$NONCE" --key key.pem --out out
    """
    return make_certificate(CertificationRequest(target, nonce, key, out, requirement_set))


@click.command()
@click.argument("bundle", type=FILE)
@click.option("--public-key", type=FILE, required=True, help="public key of the signer, in PEM")
@click.option("--nonce", help="the nonce that the bundle has to have")
@click.option("--set", "requirement_set", help="the set of requirements that it has to have")
@click.option("--certificate", type=FILE, help="write a page that states what was verified")
@click.option("--badge", type=FILE, help="write a badge (SVG)")
def verify(  # noqa: PLR0913 - one argument an option
    bundle: Path,
    *,
    public_key: Path,
    nonce: str | None,
    requirement_set: str | None,
    certificate: Path | None,
    badge: Path | None,
) -> int:
    """Check the signature and every digest of a BUNDLE, and judge its run again.

    Needs neither the server nor a network. Ends with 1 when the bundle is refused, with the
    reason.

    \b
    Example:
      order-conformance verify certificate-2026-11.zip --public-key public.pem
    """
    key = read_public_key(public_key)
    try:
        found = check_certificate(bundle, key, nonce=nonce, requirement_set=requirement_set)
    except Refused as refusal:
        click.echo(f"refused: {printable(' '.join(str(refusal).split()))}", err=True)
        return 1
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
        f"verified: {result}; {len(found.results['requirements'])} requirements judged again"
    )
    return 0


def _write(option: str, path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise UsageProblem(
            f"{option} {path}: cannot be written ({problem.strerror}); name another file"
        ) from None
