"""`certify` and `verify` as commands, and the page and the badge that they write."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from order_conformance.certification.pages import write_badge, write_certificate
from order_conformance.certification.signing import open_envelope, read_signer, sign
from order_conformance.certification.verify import Certificate, check
from order_conformance.cli.main import main
from order_conformance.core.exit_codes import UsageProblem
from selftest.support.bundle_changes import EVIDENCE, flipped
from selftest.support.bundles import NONCE, Vendor
from selftest.support.sample_runs import HOSTILE

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def certificate(vendor: Vendor, tmp_path: Path) -> Certificate:
    """The certificate of the small run."""
    key = vendor.signer.public_key
    return check(vendor.bundle, key, tmp_path / "run", nonce=NONCE, requirement_set=vendor.draft)


def test_verify_says_what_it_found(
    vendor: Vendor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The verdict, and the files that were asked for."""
    page, badge = tmp_path / "page.html", tmp_path / "badge.svg"
    shown = ("--certificate", str(page), "--badge", str(badge))
    assert main([*verifying(vendor, vendor.bundle), *shown]) == 0
    assert "verified: non-conformant; 7 requirements re-evaluated" in capsys.readouterr().out
    assert "ASSOC-03" in page.read_text(encoding="utf-8")
    assert "non-conformant draft" in badge.read_text(encoding="utf-8")


def test_a_refusal_is_one_line_and_a_1(
    vendor: Vendor, bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And nothing is written."""
    page = bundle.with_name("page.html")
    arguments = verifying(vendor, vendor.changed(bundle, flipped(EVIDENCE)))
    assert main([*arguments, "--certificate", str(page)]) == 1
    told = capsys.readouterr()
    assert told.err.startswith("refused: evidence.jsonl is not the file whose digest")
    assert told.err.count("\n") == 1
    assert told.out == ""
    assert not page.exists()


def verifying(vendor: Vendor, bundle: Path) -> list[str]:
    """Return the arguments that verify a bundle."""
    key = vendor.bundle.parents[1] / "public.pem"
    return ["verify", str(bundle), "--public-key", str(key), "--set", vendor.draft]


@pytest.mark.parametrize(
    "case",
    [
        ({"--key": "none.pem"}, "--key none.pem: cannot be read"),
        ({"--key": "target.toml"}, "--key target.toml: is not an Ed25519 or ECDSA"),
        ({"--nonce": "short"}, "--nonce 'short': give 8 to 200"),
        ({"--set": "2001-01"}, "--set '2001-01': is not published"),
        ({"--out": "target.toml"}, "--out target.toml: cannot be written"),
    ],
)
def test_what_certify_cannot_use_is_a_line_and_a_4(
    vendor: Vendor,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    case: tuple[dict[str, str], str],
) -> None:
    """Before anything is sent."""
    changes, said = case
    monkeypatch.chdir(tmp_path)
    (tmp_path / "target.toml").write_text('base_url = "http://127.0.0.1:9"\n', encoding="utf-8")
    key = vendor.bundle.parents[1] / "key.pem"
    options = {"--target": "target.toml", "--nonce": NONCE, "--key": str(key), "--out": "out"}
    assert main(["certify", *(x for pair in (options | changes).items() for x in pair)]) == 4
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1
    assert not (tmp_path / "out" / "reports").exists()


def test_verify_without_a_usable_key_is_a_4(
    vendor: Vendor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A private key is not accepted as a public one, and is not shown."""
    key = vendor.bundle.parents[1] / "key.pem"
    assert main(["verify", str(vendor.bundle), "--public-key", str(key)]) == 4
    told = capsys.readouterr().err
    assert "is not an Ed25519 or ECDSA public key" in told
    assert key.read_text(encoding="utf-8").splitlines()[1] not in told
    assert main(["verify", str(tmp_path / "none"), "--public-key", str(key)]) == 4


def test_a_target_that_is_not_there_gets_no_certificate(
    vendor: Vendor, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Inconclusive: 2, no bundle, and the reason; the reports are there to read."""
    (tmp_path / "target.toml").write_text('base_url = "http://127.0.0.1:9"\n', encoding="utf-8")
    key = vendor.bundle.parents[1] / "key.pem"
    given = ["--target", str(tmp_path / "target.toml"), "--key", str(key), "--set", vendor.draft]
    out = tmp_path / "out"
    assert main(["certify", *given, "--nonce", NONCE, "--out", str(out)]) == 2
    assert "no certificate: " in capfd.readouterr().err
    assert [path.name for path in out.iterdir()] == ["reports"]


def pem(key: object, *, password: bytes = b"") -> bytes:
    """Return a private key in PEM."""
    encryption = BestAvailableEncryption(password) if password else NoEncryption()
    return bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption))  # type: ignore[attr-defined]


def test_an_ecdsa_key_signs_too(tmp_path: Path) -> None:
    """On the curve that most have."""
    file = tmp_path / "key.pem"
    file.write_bytes(pem(generate_private_key(SECP256R1())))
    signer = read_signer(file)
    statement = {"_type": "x", "subject": []}
    assert open_envelope(sign(statement, signer), signer.public_key) == statement


@pytest.mark.parametrize(
    "content",
    [
        pem(generate_rsa(65537, 2048)),
        pem(generate_private_key(SECP256R1()), password=b"secret"),
        b"-----BEGIN PRIVATE KEY-----\nMDA=\n-----END PRIVATE KEY-----\n",
    ],
    ids=["rsa", "with a password", "broken"],
)
def test_other_keys_are_unusable(tmp_path: Path, content: bytes) -> None:
    """With a line that says how to make one."""
    file = tmp_path / "key.pem"
    file.write_bytes(content)
    with pytest.raises(UsageProblem, match="openssl genpkey -algorithm ed25519"):
        read_signer(file)


def test_what_a_page_is_given_is_text_and_nothing_else(certificate: Certificate) -> None:
    """As in report.html: no markup, no script, whatever a target or a nonce is called."""
    statement = {**certificate.statement, "subject": [{"name": HOSTILE}]}
    hostile = dataclasses.replace(
        certificate,
        statement=statement,
        manifest={**certificate.manifest, "nonce": HOSTILE, "set": {"name": HOSTILE, "digest": ""}},
        results={**certificate.results, "verdict_reason": HOSTILE},
    )
    page = write_certificate(hostile)
    assert "<script" not in page
    assert "<img" not in page
    assert "<iframe" not in page
    assert re.findall(r"https?://[^\"' <]*", page.replace("http://127.0.0.1:9", "")) == []
    assert "default-src &#39;none&#39;" in page
    badge = ET.fromstring(write_badge(hostile))
    assert {element.tag.rpartition("}")[2] for element in badge.iter()} == {
        "svg",
        "title",
        "rect",
        "g",
        "text",
    }


def test_the_page_states_what_the_bundle_holds(certificate: Certificate) -> None:
    """Digest, requirement set, date, target, key, and what did not pass."""
    page = write_certificate(certificate)
    for each in (
        certificate.digest,
        certificate.key_id,
        NONCE,
        certificate.statement["subject"][0]["name"],
        certificate.results["started"][:10],
        "requirement set draft",
        "ASSOC-03",
    ):
        assert each in page
