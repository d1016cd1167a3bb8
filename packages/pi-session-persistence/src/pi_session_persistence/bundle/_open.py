"""A bundle from anywhere, read so that nothing in it is believed before it is checked."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING, Final, NamedTuple

from pi_session_persistence.bundle._errors import BundleError
from pi_session_persistence.bundle._make import MOST_TIMES, header_of
from pi_session_persistence.bundle._manifest import FORMAT, MEMBER, NAME, SIDE_FILE, VERSION, Manifest, Member, read

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Contents", "opened"]

#: Manifests are small, in bytes.
_MOST_MANIFEST: Final = 1 << 24

#: Members, and the sessions among them.
_MOST_MEMBERS: Final = 10_000

#: So much may come out of any archive, in bytes; of more, `MOST_TIMES` its size.
_HARMLESS: Final = 1 << 20

_REFUSED: Final = (
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    OverflowError,
    ValueError,
    EOFError,
    struct.error,
    zlib.error,
)


class Contents(NamedTuple):
    """What is in a bundle, checked.

    Attributes:
        manifest: what it says.
        files: the members by their names.
    """

    manifest: Manifest
    files: dict[str, bytes]


def opened(path: Path) -> Contents:
    """Return what is in a bundle.

    Raises:
        BundleError: it is none, or not as it was made.
        OSError: it can't be read.
    """
    try:
        data = path.read_bytes()
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = _entries(archive, len(data))
            manifest = read(_data(archive, entries.pop(NAME)))
            _check(manifest, entries)
            files = {member.name: _member(archive, entries[member.name], member) for member in manifest.members}
            _check_sessions(manifest, files)
    except _REFUSED as error:
        raise BundleError(f"{str(path)!r} is no bundle to be trusted: {error}; nothing was written") from error
    return Contents(manifest, files)


def _entries(archive: zipfile.ZipFile, size: int) -> dict[str, zipfile.ZipInfo]:
    """Return the entries of an archive by name, after a look at nothing but the directory."""
    listed = archive.infolist()
    _require(len(listed) <= _MOST_MEMBERS, f"it has {len(listed)} members")
    found = {entry.filename: entry for entry in listed}
    _require(NAME in found, f"there is no {NAME!r} in it")
    _require(len(found) == len(listed), "two members have the same name")
    for entry in listed:
        _require(entry.filename == NAME or MEMBER.fullmatch(entry.filename), f"a member is called {entry.filename!r}")
        kind = stat.S_IFMT(entry.external_attr >> 16)
        _require(kind in (0, stat.S_IFREG), f"member {entry.filename!r} is no regular file")
        _require(not entry.flag_bits & 1, f"member {entry.filename!r} is encrypted")
    _require(sum(entry.compress_size for entry in listed) <= size, "its members overlap")
    total = sum(entry.file_size for entry in listed)
    _require(total <= max(_HARMLESS, MOST_TIMES * size), f"{size} bytes would become {total}")
    _require(found[NAME].file_size <= _MOST_MANIFEST, "its manifest is too big")
    return found


def _check(manifest: Manifest, entries: dict[str, zipfile.ZipInfo]) -> None:
    _require(manifest.format == FORMAT, f"it says that it is {manifest.format!r}")
    _require(manifest.version <= VERSION, f"it is of version {manifest.version}; update pi-session-persistence")
    names = [member.name for member in manifest.members]
    _require(sorted(names) == sorted(entries), "its manifest names other members than there are")
    used = [
        name
        for session in manifest.sessions
        for name in (session.member, *session.outputs.values(), *session.side_files.values())
    ]
    _require(sorted(used) == sorted(names), "its manifest does not use each member once")
    _require(bool(manifest.sessions), "there is no session in it")
    for session in manifest.sessions:
        for suffix in session.side_files:
            _require(SIDE_FILE.fullmatch(suffix), f"a side file is called {suffix!r}")


def _check_sessions(manifest: Manifest, files: dict[str, bytes]) -> None:
    for session in manifest.sessions:
        _require(header_of(files[session.member]) is not None, f"{session.member!r} is no session")


def _member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, member: Member) -> bytes:
    data = _data(archive, entry)
    _require(Member.of(member.name, data) == member, f"member {member.name!r} is not what the manifest says")
    return data


def _data(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with archive.open(entry) as file:
        # One byte more than it says would be too many.
        data = file.read(entry.file_size + 1)
    _require(len(data) == entry.file_size, f"member {entry.filename!r} has another size than it says")
    return data


def _require(held: object, problem: str) -> None:
    if not held:
        raise ValueError(problem)
