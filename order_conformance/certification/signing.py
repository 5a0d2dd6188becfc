"""Signatures: keys (Ed25519 or ECDSA, in PEM), and DSSE envelopes."""

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
from order_conformance.core.exit_codes import UsageProblem

if TYPE_CHECKING:
    from pathlib import Path

PrivateKey: TypeAlias = CryptoSigner
PublicKey: TypeAlias = SSlibKey

PAYLOAD_TYPE = "application/vnd.in-toto+json"
NOT_A_KEY = (ValueError, TypeError, UnsupportedAlgorithm)


def read_signer(path: Path) -> PrivateKey:
    """Read a private key from a PEM file (PKCS #8, without a password).

    Raises:
        UsageProblem: the file cannot be read, or contains another kind of key.
    """
    content = _content("--key", path)
    try:
        key = load_pem_private_key(content, password=None)
        if isinstance(key, Ed25519PrivateKey | EllipticCurvePrivateKey):
            return PrivateKey(key)
    except NOT_A_KEY:
        pass  # the message of the library might contain the key
    raise UsageProblem(
        f"--key {path}: is not an Ed25519 or ECDSA (P-256, P-384, P-521) private key in PEM "
        "without a password; make one with: openssl genpkey -algorithm ed25519 -out key.pem"
    )


def read_public_key(path: Path) -> PublicKey:
    """Read a public key from a PEM file.

    Raises:
        UsageProblem: the file cannot be read, or contains another kind of key.
    """
    content = _content("--public-key", path)
    try:
        key = load_pem_public_key(content)
        if isinstance(key, Ed25519PublicKey | EllipticCurvePublicKey):
            return PublicKey.from_crypto(key)
    except NOT_A_KEY:
        pass
    raise UsageProblem(
        f"--public-key {path}: is not an Ed25519 or ECDSA public key in PEM; "
        "make it with: openssl pkey -in key.pem -pubout -out public.pem"
    )


def sign(statement: dict[str, Any], signer: PrivateKey) -> bytes:
    """Sign a statement, and return its envelope."""
    envelope = Envelope(canonical(statement), PAYLOAD_TYPE, {})
    envelope.sign(signer)
    return canonical(envelope.to_dict())


def open_envelope(content: bytes, key: PublicKey) -> dict[str, Any]:
    """Return the statement in an envelope, after checking its signature.

    Raises:
        Refused: the envelope is malformed, has another payload, or was not signed with this key.
    """
    try:
        if canonical(json.loads(content)) != content:
            raise Refused("the envelope is not canonical JSON (RFC 8785)")
        envelope = Envelope.from_dict(json.loads(content))
        if len(envelope.signatures) != 1:
            raise Refused(f"the envelope has {len(envelope.signatures)} signatures, not one")
        if envelope.payload_type != PAYLOAD_TYPE:
            raise Refused(f"the envelope contains {envelope.payload_type!r}, not {PAYLOAD_TYPE}")
        envelope.verify([key], 1)
        statement = json.loads(envelope.payload)
        if canonical(statement) != envelope.payload:
            raise Refused("the statement is not canonical JSON (RFC 8785)")
    except VerificationError:
        raise Refused(
            "the signature of the statement was not made with the given public key"
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Refused("the envelope is not a DSSE envelope with a JSON statement") from None
    return dict(statement)


def _content(option: str, path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise UsageProblem(
            f"{option} {path}: cannot be read ({problem.strerror}); name a readable PEM file"
        ) from None
