"""A session put into one file, with what belongs to it."""

from __future__ import annotations

import io
import os
import time
import zipfile
import zlib
from pathlib import Path
from typing import Final

import msgspec

from pi_host.sessionfile import Header, replace, scan
from pi_session_persistence.bundle._errors import BundleError
from pi_session_persistence.bundle._manifest import FORMAT, NAME, SIDE_FILE, VERSION, Manifest, Member, Packed, written
from pi_session_persistence.bundle._outputs import output, referred
from pi_session_persistence.locking import is_locked
from pi_session_persistence.registry import Registry

__all__ = ["MOST_TIMES", "Bundled", "bundle", "header_of"]

#: What would become more than so many times bigger is not compressed, for nobody would unpack it.
MOST_TIMES: Final = 100

#: A file that was written to so short a time ago may end in half a line, in seconds.
_QUIET_S: Final = 10.0

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


class Bundled(msgspec.Struct, frozen=True):
    """A bundle that was made.

    Attributes:
        file: the bundle.
        sessions: the session files in it: the session, then those it was forked from.
        outputs: how many files with whole outputs are in it.
        size: of the bundle, in bytes.
    """

    file: Path
    sessions: list[Path]
    outputs: int
    size: int


def bundle(file: Path, target: Path, *, parents: bool = False, side_files: bool = False) -> Bundled:
    """Put a session into one file that can be unpacked on another machine. The same session gives the same bytes.

    Args:
        file: the session file; it may be in use, and then its whole lines are taken.
        target: the new file. It gets mode 0600: everything that was said is in it.
        parents: also take the sessions that it was forked from, as far as they are there.
        side_files: also take the originals and the salvaged bytes that repairs have kept.

    Raises:
        BundleError: one of the files is no session, or ``target`` can't be made where it should be.
        OSError: something can't be read or written.
    """
    if os.path.lexists(target):
        raise BundleError(f"{str(target)!r} is there already; name a new file")
    if not target.parent.is_dir():
        raise BundleError(f"{str(target.parent)!r} is no folder; make it, or name another one")
    files: dict[str, bytes] = {}
    taken = _chain(file) if parents else {file: _whole(file)}
    sessions = [_packed(path, data, files, side_files=side_files) for path, data in taken.items()]
    members = [Member.of(name, data) for name, data in files.items()]
    made = _archive(written(Manifest(FORMAT, VERSION, sessions, members)), files)
    replace(target, [made])
    return Bundled(target, list(taken), sum(len(session.outputs) for session in sessions), len(made))


def header_of(data: bytes) -> Header | None:
    """Return the header of a session file, if it has one that can be read."""
    return next((item for item in scan(data, bodies=False) if isinstance(item, Header)), None)


def _chain(file: Path) -> dict[Path, bytes]:
    """Return a session and those it was forked from."""
    found: dict[Path, bytes] = {}
    while file not in found and (not found or file.is_file()):
        found[file] = _whole(file)
        header = header_of(found[file])
        if header is None or header.parent_session is None:
            break
        file = Path(header.parent_session)
    return found


def _whole(file: Path) -> bytes:
    data = file.read_bytes()
    if is_locked(file) or time.time() - file.stat().st_mtime < _QUIET_S:
        data = data[: data.rfind(b"\n") + 1]
    if header_of(data) is None:
        raise BundleError(f"{str(file)!r} has no header that can be read; `pi-session fsck --repair` may mend it")
    return data


def _packed(file: Path, data: bytes, files: dict[str, bytes], *, side_files: bool) -> Packed:
    def add(content: bytes) -> str:
        name = f"files/{len(files)}"
        files[name] = content
        return name

    member = add(data)
    found = ((path, output(path)) for path in referred(data))
    outputs = {path: add(content) for path, content in found if content is not None}
    beside = sorted(file.parent.glob(f"{_escaped(file.name)}.*")) if side_files else []
    named = {path.name.removeprefix(file.name): path for path in beside if path.is_file()}
    side = {suffix: add(path.read_bytes()) for suffix, path in named.items() if SIDE_FILE.fullmatch(suffix)}
    record = Registry().find(file) or Registry(compat="gsd").find(file)
    return Packed(member, str(file.absolute()), record.external_id if record is not None else None, outputs, side)


def _escaped(name: str) -> str:
    return "".join(f"[{char}]" if char in "*?[" else char for char in name)


def _archive(manifest: bytes, files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, data in {NAME: manifest, **files}.items():
            about = zipfile.ZipInfo(name, _EPOCH)
            about.create_system = 3
            about.external_attr = 0o600 << 16
            about.compress_type = zipfile.ZIP_STORED if _explodes(data) else zipfile.ZIP_DEFLATED
            archive.writestr(about, data)
    return made.getvalue()


def _explodes(data: bytes) -> bool:
    return len(zlib.compress(data, 1)) * MOST_TIMES < len(data)
