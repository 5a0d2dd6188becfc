"""The ZIP archive of a bundle: reproducible to write, and safe to read.

The same content gives the same bytes. Nothing is extracted to disk: only the members that a
bundle has are read, each up to a fixed size.
"""

from __future__ import annotations

import zipfile
import zlib
from typing import TYPE_CHECKING

from order_conformance.certification.errors import Refused
from order_conformance.core.exit_codes import UsageProblem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every member, so that it does not change the bytes; the earliest that ZIP has."""

REGULAR_FILE = 0o100644 << 16
UNIX = 3
MOST_MEMBERS = 100
LARGEST_MEMBER = 256 * 1024 * 1024
PART = 1024 * 1024


def write_archive(path: Path, members: Mapping[str, bytes]) -> None:
    """Write an archive atomically."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(members):
            member = zipfile.ZipInfo(name, EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system, member.external_attr = UNIX, REGULAR_FILE
            archive.writestr(member, members[name])
    unfinished.replace(path)


def read_archive(path: Path, expected: Iterable[str]) -> dict[str, bytes]:
    """Return the members of an archive, which must be the expected ones.

    Raises:
        UsageProblem: the file cannot be read, or is not an archive.
        Refused: the archive is not that of a bundle.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _check_names(archive, frozenset(expected))
            return {member.filename: _read(archive, member) for member in archive.infolist()}
    except OSError as problem:
        raise UsageProblem(
            f"{path}: cannot be read ({problem.strerror}); name a bundle that `certify` wrote"
        ) from None
    except zipfile.BadZipFile as problem:
        if not zipfile.is_zipfile(path):
            raise UsageProblem(
                f"{path}: is not a ZIP archive; name a bundle that `certify` wrote"
            ) from None
        raise Refused(f"the archive is damaged ({problem})") from None
    except (zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as problem:
        raise Refused(f"the archive is damaged ({problem})") from None


def _check_names(archive: zipfile.ZipFile, expected: frozenset[str]) -> None:
    names = [member.filename for member in archive.infolist()]
    if len(names) > MOST_MEMBERS:
        raise Refused(f"the archive has {len(names)} members; a bundle has {len(expected)}")
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise Refused(f"the archive contains {twice!r} twice")
    missing = sorted(expected - set(names))
    if missing:
        raise Refused(f"the archive does not contain {missing[0]}")
    foreign = sorted(set(names) - expected)
    if foreign:
        raise Refused(f"the archive contains {foreign[0]!r}, which is not part of a bundle")


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Return the content of a member; the size that the archive gives for it is not trusted."""
    if member.flag_bits & 1:
        raise Refused(f"{member.filename} is encrypted")
    content = bytearray()
    with archive.open(member) as stream:
        while part := stream.read(PART):
            content += part
            if len(content) > LARGEST_MEMBER:
                raise Refused(f"{member.filename} is larger than {LARGEST_MEMBER} bytes")
    return bytes(content)
