"""Bundles that were tampered with, by whoever has the key and by whoever has not."""

from __future__ import annotations

import base64
import json
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from order_conformance.certification.archive import read_archive, write_archive
from order_conformance.certification.bundle import (
    ENVELOPE,
    LISTED,
    MANIFEST,
    MEMBERS,
    REPORTS,
    make_statement,
)
from order_conformance.certification.canonical import canonical, digest
from order_conformance.certification.signing import PrivateKey, sign
from order_conformance.certification.verify import check
from order_conformance.reports.writing import TEXTS
from order_conformance.results.document import FILE_NAME as RESULTS
from order_conformance.results.record import read_run

if TYPE_CHECKING:
    from collections.abc import Callable

Members = dict[str, bytes]
NONCE = "a nonce of the certifying body"


@dataclass(frozen=True)
class Vendor:
    """A bundle, and the key that signed it: what a dishonest vendor has."""

    bundle: Path
    signer: PrivateKey
    draft: str

    def changed(self, path: Path, change: Callable[[Members], object]) -> Path:
        """Write the bundle with a change of its members, and nothing else put right."""
        members = self.members
        change(members)
        write_archive(path, members)
        return path

    def forged(self, path: Path, change: Callable[[Members], object]) -> Path:
        """Write the bundle with a change, with every digest and the signature made to fit."""

        def put_right(members: Members) -> None:
            change(members)
            self._make_reports(path.parent / f"{path.stem}-forged", members)
            put_right_digests(members)
            self.sign(members)

        return self.changed(path, put_right)

    def resigned(self, path: Path, change: Callable[[dict[str, Any]], object]) -> Path:
        """Write the bundle with another statement, signed as it should be."""

        def sign_again(members: Members) -> None:
            statement = statement_of(members)
            change(statement)
            members[ENVELOPE] = sign(statement, self.signer)

        return self.changed(path, sign_again)

    def sign(self, members: Members) -> None:
        """Sign a statement that fits the members."""
        manifest, results = json.loads(members[MANIFEST]), json.loads(members[RESULTS])
        members[ENVELOPE] = sign(make_statement(manifest, results), self.signer)

    def _make_reports(self, folder: Path, members: Members) -> None:
        """Make the reports say what the other members say, as far as they can be read."""
        folder.mkdir()
        for name in LISTED:
            (folder / name).write_bytes(members[name])
        with suppress(Exception):  # what cannot be shown keeps the page that it had
            run = read_run(folder)
            for name in REPORTS:
                members[name] = TEXTS[name](run).encode("utf-8", "backslashreplace")

    @property
    def members(self) -> Members:
        """Everything in the bundle."""
        return read_archive(self.bundle, MEMBERS)


def check_it(vendor: Vendor, bundle: Path) -> None:
    """Check all of a bundle that can be checked without judging again."""
    with TemporaryDirectory() as name:
        key = vendor.signer.public_key
        check(bundle, key, Path(name) / "run", nonce=NONCE, requirement_set=vendor.draft)


def put_right_digests(members: Members) -> None:
    """Let the manifest give the digests of the members as they are."""
    manifest = json.loads(members[MANIFEST])
    manifest["files"] = {
        name: {"sha256": digest(members[name]), "bytes": len(members[name])} for name in LISTED
    }
    members[MANIFEST] = canonical(manifest)


def statement_of(members: Members) -> dict[str, Any]:
    """Return the statement in an envelope, whoever signed it."""
    payload = json.loads(members[ENVELOPE])["payload"]
    return dict(json.loads(base64.b64decode(payload)))


def other_key() -> PrivateKey:
    """Return the key of somebody else."""
    return PrivateKey(Ed25519PrivateKey.generate())


def raw_archive(path: Path, *members: tuple[str, bytes]) -> Path:
    """Write an archive of any members, twice the same name too."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content)
    return path
