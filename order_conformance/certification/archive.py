"""The archive of a bundle: the same content gives the same bytes, and reading it is harmless.

Nothing is unpacked by the names that an archive gives: only the members that a bundle has are
read, each up to a size that is known before.
"""

from __future__ import annotations

import zipfile
import zlib
from typing import TYPE_CHECKING

from order_conformance.certification.errors import Refused
from order_conformance.core.outcomes import UsageProblem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest date of the format: when a bundle was packed says nothing."""

REGULAR_FILE = 0o100644 << 16
UNIX = 3
MOST_MEMBERS = 100
LARGEST_MEMBER = 256 * 1024 * 1024
PART = 1024 * 1024


def write_archive(path: Path, members: Mapping[str, bytes]) -> None:
    """Write an archive in one step: nobody meets half of it."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(members):
            member = zipfile.ZipInfo(name, EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system, member.external_attr = UNIX, REGULAR_FILE
            archive.writestr(member, members[name])
    unfinished.replace(path)


def read_archive(path: Path, expected: Iterable[str]) -> dict[str, bytes]:
    """Read the expected members of an archive; no other may be there.

    Raises:
        UsageProblem: there is no archive of that name.
        Refused: it is not the archive of a bundle.
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
                f"{path}: is no ZIP archive; name a bundle that `certify` wrote"
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
        raise Refused(f"the archive has {twice!r} twice")
    missing = sorted(expected - set(names))
    if missing:
        raise Refused(f"the archive lacks {missing[0]}")
    foreign = sorted(set(names) - expected)
    if foreign:
        raise Refused(f"the archive has {foreign[0]!r}, which is no part of a bundle")


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Read a member up to the largest size, whatever size the archive claims for it."""
    if member.flag_bits & 1:
        raise Refused(f"{member.filename} is encrypted")
    content = bytearray()
    with archive.open(member) as stream:
        while part := stream.read(PART):
            content += part
            if len(content) > LARGEST_MEMBER:
                raise Refused(f"{member.filename} is larger than {LARGEST_MEMBER} bytes")
    return bytes(content)
