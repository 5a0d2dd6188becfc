"""A small certified run, made once: a few requirements, one of them failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from order_conformance.certification.certify import CertificationRequest, certify
from order_conformance.certification.signing import read_signer
from selftest.support.bundles import NONCE, Vendor, other_key
from selftest.support.cases import KEY
from selftest.support.suite_runs import reference_server

if TYPE_CHECKING:
    from pathlib import Path

DRAFT = {
    "requirement_set": "draft",
    "profile": "gate",
    "requirements": {
        "ASSOC-03": "MUST",
        "ASSOC-11": "SHOULD",
        "SHIP-02": "MUST",
        "FETCH-02": "MUST",
        "LIST-01": "MUST",
        "AUTH-01": "MUST",
        "AUTH-04": "MUST",
    },
}


@pytest.fixture(scope="session")
def vendor(tmp_path_factory: pytest.TempPathFactory) -> Vendor:
    """What a vendor of a server with a fault has after `certify`."""
    folder = tmp_path_factory.mktemp("vendor")
    draft, key = folder / "draft.yaml", folder / "key.pem"
    draft.write_text(yaml.safe_dump(DRAFT), encoding="utf-8")
    key.write_bytes(other_key().private_bytes)
    public = load_pem_private_key(key.read_bytes(), None).public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (folder / "public.pem").write_bytes(pem)
    with (
        reference_server("--fault=association-both-kept", "--api-key-env=SERVER_KEY") as base_url,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("ORDER_API_KEY", KEY)
        (folder / "target.toml").write_text(f'base_url = "{base_url}"\n', encoding="utf-8")
        order = CertificationRequest(folder / "target.toml", NONCE, key, folder / "out", str(draft))
        assert certify(order) == 1
    return Vendor(folder / "out" / "certificate-draft.zip", read_signer(key), str(draft))


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """Where a test writes its own bundle."""
    return tmp_path / "bundle.zip"
