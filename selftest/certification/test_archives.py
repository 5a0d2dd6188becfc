"""Archives that are none of ours are refused before anything is unpacked."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest

from order_conformance.certification import archive
from order_conformance.certification.archive import write_archive
from order_conformance.certification.errors import Refused
from order_conformance.core.exit_codes import UsageProblem
from selftest.support.bundle_changes import EVIDENCE
from selftest.support.bundles import Members, Vendor, check_it, raw_archive

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ARCHIVES: dict[str, tuple[Callable[[Members], list[tuple[str, bytes]]], str]] = {
    "a member less": (lambda members: [*members.items()][1:], "the archive does not contain"),
    "a way out": (
        lambda members: [*members.items(), ("../../evil", b"x")],
        r"contains '\.\./\.\./evil', which is not part",
    ),
    "an absolute way": (
        lambda members: [*members.items(), ("/tmp/evil", b"x")],
        "contains '/tmp/evil', which is not part",
    ),
    "a member twice": (
        lambda members: [*members.items(), (EVIDENCE, b"")],
        "the archive contains 'evidence.jsonl' twice",
    ),
    "many members": (
        lambda members: [*members.items(), *((f"{n}", b"") for n in range(200))],
        "the archive has 208 members",
    ),
}


@pytest.mark.parametrize("what", ARCHIVES)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_another_archive_is_refused(vendor: Vendor, bundle: Path, what: str) -> None:
    """Before anything is unpacked."""
    make, reason = ARCHIVES[what]
    with pytest.raises(Refused, match=reason):
        check_it(vendor, raw_archive(bundle, *make(vendor.members)))
    assert {path.name for path in bundle.parent.iterdir()} == {bundle.name}


def test_a_bomb_is_harmless(vendor: Vendor, bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However large a member says it is, or turns out to be."""
    monkeypatch.setattr(archive, "LARGEST_MEMBER", 2**20)
    bomb = {**vendor.members, EVIDENCE: bytes(2**24)}
    with pytest.raises(Refused, match=r"evidence\.jsonl is larger than"):
        check_it(vendor, raw_archive(bundle, *bomb.items()))


def test_a_damaged_archive_is_refused(vendor: Vendor, bundle: Path) -> None:
    """A byte of what is packed."""
    content = bytearray(vendor.bundle.read_bytes())
    with zipfile.ZipFile(vendor.bundle) as whole:
        start = whole.getinfo(EVIDENCE).header_offset
    content[start + 300] ^= 0xFF
    bundle.write_bytes(content)
    with pytest.raises(Refused, match="the archive is damaged"):
        check_it(vendor, bundle)


def test_an_encrypted_member_is_refused(vendor: Vendor, bundle: Path) -> None:
    """Nobody could read it."""
    content = bytearray(vendor.bundle.read_bytes())
    for signature, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        content[content.index(signature) + offset] |= 1
    bundle.write_bytes(content)
    with pytest.raises(Refused, match="is encrypted"):
        check_it(vendor, bundle)


@pytest.mark.parametrize("content", [b"", b"no archive", None])
def test_what_is_no_archive_is_unusable(
    vendor: Vendor, bundle: Path, content: bytes | None
) -> None:
    """Not refused: it does not claim to be anything."""
    if content is not None:
        bundle.write_bytes(content)
    with pytest.raises(UsageProblem, match="name a bundle that `certify` wrote"):
        check_it(vendor, bundle)


def test_the_same_content_is_the_same_archive(vendor: Vendor, bundle: Path) -> None:
    """To the byte: when it was packed, and where, says nothing."""
    write_archive(bundle, vendor.members)
    assert bundle.read_bytes() == vendor.bundle.read_bytes()
