"""Signatures: an Ed25519 or ECDSA key file, and a DSSE envelope around what is signed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import (  # type: ignore[attr-defined]  # it exports both, without saying so
    CryptoSigner,
    SSlibKey,
)

from order_conformance.certification.canonical import canonical
from order_conformance.certification.errors import Refused
from order_conformance.core.outcomes import UsageProblem

if TYPE_CHECKING:
    from pathlib import Path

PrivateKey: TypeAlias = CryptoSigner
PublicKey: TypeAlias = SSlibKey

PAYLOAD_TYPE = "application/vnd.in-toto+json"
UNUSABLE = (ValueError, TypeError, UnsupportedAlgorithm)


def read_signer(path: Path) -> PrivateKey:
    """Read a private key from a PEM file (PKCS #8, without a password).

    Raises:
        UsageProblem: it cannot be read, or is of another kind.
    """
    content = _content("--key", path)
    try:
        key = load_pem_private_key(content, password=None)
        if isinstance(key, Ed25519PrivateKey | EllipticCurvePrivateKey):
            return PrivateKey(key)
    except UNUSABLE:
        pass  # what the library says of it might quote the key
    raise UsageProblem(
        f"--key {path}: is no Ed25519 or ECDSA (P-256, P-384, P-521) private key in PEM without "
        "a password; make one with: openssl genpkey -algorithm ed25519 -out key.pem"
    )


def read_public_key(path: Path) -> PublicKey:
    """Read a public key from a PEM file.

    Raises:
        UsageProblem: it cannot be read, or is of another kind.
    """
    content = _content("--public-key", path)
    try:
        key = load_pem_public_key(content)
        if isinstance(key, Ed25519PublicKey | EllipticCurvePublicKey):
            return PublicKey.from_crypto(key)
    except UNUSABLE:
        pass
    raise UsageProblem(
        f"--public-key {path}: is no Ed25519 or ECDSA public key in PEM; "
        "make it with: openssl pkey -in key.pem -pubout -out public.pem"
    )


def sign(statement: dict[str, Any], signer: PrivateKey) -> bytes:
    """Return the envelope of a signed statement."""
    envelope = Envelope(canonical(statement), PAYLOAD_TYPE, {})
    envelope.sign(signer)
    return canonical(envelope.to_dict())


def open_envelope(content: bytes, key: PublicKey) -> dict[str, Any]:
    """Return the statement in an envelope that the key has signed.

    Raises:
        Refused: it is no envelope, of something else, or signed by nobody whose key this is.
    """
    try:
        if canonical(json.loads(content)) != content:
            raise Refused("the envelope is not written as RFC 8785 has it")
        envelope = Envelope.from_dict(json.loads(content))
        if len(envelope.signatures) != 1:
            raise Refused(f"the envelope has {len(envelope.signatures)} signatures, not one")
        if envelope.payload_type != PAYLOAD_TYPE:
            raise Refused(f"the envelope holds {envelope.payload_type!r}, not {PAYLOAD_TYPE}")
        envelope.verify([key], 1)
        statement = json.loads(envelope.payload)
        if canonical(statement) != envelope.payload:
            raise Refused("the statement is not written as RFC 8785 has it")
    except VerificationError:
        raise Refused(
            "the signature is not one of the given public key over this statement"
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Refused("the envelope is no DSSE envelope with a JSON statement") from None
    return dict(statement)


def _content(option: str, path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise UsageProblem(
            f"{option} {path}: cannot be read ({problem.strerror}); name a readable PEM file"
        ) from None
