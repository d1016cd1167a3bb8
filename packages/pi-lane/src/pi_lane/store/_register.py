"""One lane's state as numbered versions, each made in one step that only one process can win.

Version ``n`` is the folder ``log/{n:016d}`` with a ``state.json`` in it. It is prepared under another name and renamed:
a folder cannot be renamed onto one that is not empty, on any POSIX file system. So there is one version ``n`` for ever,
whoever tried, and no moment when it is half written.

A version whose ``state.json`` is broken (the power went, somebody edited it) keeps its number and lends its place to
the last sound one before it: the next version gets the next number, so no number is ever granted twice.

A writer that slept while others made so many versions that its own number was cleared away would succeed in making
it again. Versions are cleared away in order, so it finds its predecessor gone, and its write does not count.
"""

from __future__ import annotations

import errno
import os
import re
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import msgspec

from pi_lane import formats
from pi_lane._errors import StoreGoneError
from pi_lane.store._contract import LaneState
from pi_lane.store._faults import faults, private_folder

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Register"]

#: So many versions are kept, and all that are younger than a day.
KEPT_VERSIONS: Final = 1000
KEPT_S: Final = 24 * 3600.0

#: Clearing away goes along with every so many versions, and takes so many at a time.
_CLEAR_EVERY: Final = 32
_CLEAR_AT_ONCE: Final = 64

_VERSION: Final = re.compile(r"\d{16,}")
_TAKEN: Final = frozenset({errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR})


class _Record(LaneState, kw_only=True, frozen=True, rename="camel"):
    """A version as it is written: the state, its number, its name and that of the version it was made from."""

    v: int
    nonce: str
    prev_nonce: str


class _Known(msgspec.Struct, frozen=True):
    """What was read last: its version, the nonce found there ("" if broken), and the state that counts."""

    version: int
    nonce: str
    state: LaneState


class Register:
    """The versions of one lane's state.

    Args:
        log: the folder with the versions; made at the first write.
        lane: name of the lane.
    """

    def __init__(self, log: Path, lane: str) -> None:
        self._log = log
        self._empty = _Known(0, "", LaneState(lane=lane))
        self._known = self._empty
        self._folder = -1
        self._draft = ""

    @property
    def last(self) -> LaneState:
        """The state that was read or made last."""
        return self._known.state

    def close(self) -> None:
        """Let go of the folder."""
        if self._folder >= 0:
            self._drop_draft()
        self._forget()

    def read(self) -> tuple[int, LaneState]:
        """Return the newest version and its state; 0 and an empty lane's if there is none.

        Raises:
            StoreError: it cannot be read.
        """
        with faults(self._log):
            if not self._opened():
                return 0, self._empty.state
            newest = self._newest()
            if newest != self._known.version:
                self._known = self._sound(newest)
            return newest, self._known.state

    def newer(self, version: int) -> bool:
        """Return whether the version after ``version`` is there: one look at the disk.

        Raises:
            StoreError: the folder cannot be read.
        """
        with faults(self._log):
            return (self._folder >= 0 or self._opened()) and self._has(version + 1)

    def cas(self, version: int, state: LaneState) -> bool:
        """Make ``state`` the version after ``version``; return whether it was done.

        Raises:
            StoreGoneError: the lane's state was removed since it was read.
            StoreError: it cannot be written.
        """
        with faults(self._log):
            if not self._opened():
                if self._known.version or version:
                    raise StoreGoneError(self._log)
                private_folder(self._log)
                self._opened()
            if version != self._known.version or self._has(version + 1):
                return False
            return self._made(version, state)

    def _made(self, version: int, state: LaneState) -> bool:
        nonce = os.urandom(8).hex()
        record = _Record(v=version + 1, nonce=nonce, prev_nonce=self._known.nonce, **_fields(state))
        if not self._named(version + 1, formats.encode(record)):
            return False
        counts = self._first(nonce) if version == 0 else self._nonce(version) in {self._known.nonce, ""}
        self._known = _Known(version + 1, nonce, state) if counts else self._empty
        if counts and (version + 1) % _CLEAR_EVERY == 0:
            self._clear()
        return counts

    def _named(self, version: int, data: bytes) -> bool:
        """Give ``data`` the number ``version``; return whether it was still to be had."""
        try:
            self._write_draft(data)
            # Most of those who come late end here, and do not hold up the others at the folder's lock.
            if self._has(version):
                return False
            os.rename(self._draft, _name(version), src_dir_fd=self._folder, dst_dir_fd=self._folder)
        except OSError as error:
            if error.errno in _TAKEN:
                return False
            self._drop_draft()
            raise
        self._draft = ""
        return True

    def _write_draft(self, data: bytes) -> None:
        # One that was refused serves again, unless it lay about for a day and was cleared away.
        if not self._draft or not self._exists(self._draft):
            self._draft = f".{os.getpid()}.{os.urandom(4).hex()}"
            try:
                os.mkdir(self._draft, 0o700, dir_fd=self._folder)
            except FileNotFoundError:
                raise StoreGoneError(self._log) from None
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
        with os.fdopen(os.open(f"{self._draft}/state.json", flags, 0o600, dir_fd=self._folder), "wb") as file:
            file.write(data)

    def _drop_draft(self) -> None:
        if self._draft:
            self._remove(self._draft)
            self._draft = ""

    def _first(self, nonce: str) -> bool:
        # Version 1 has no predecessor to look for: it counts if nothing came after it, or what came names it.
        if self._listed()[-1] == 1:
            return True
        second = self._record(2)
        return second is not None and second.prev_nonce == nonce

    def _opened(self) -> bool:
        # By its descriptor the folder stays the same one: a writer can't write into one that was made anew since.
        try:
            found = self._log.stat()
        except FileNotFoundError:
            self._forget()
            return False
        if self._folder >= 0 and not os.path.samestat(found, os.fstat(self._folder)):
            self._forget()
        if self._folder < 0:
            self._folder = os.open(self._log, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        return True

    def _forget(self) -> None:
        if self._folder >= 0:
            os.close(self._folder)
            self._folder = -1
            self._draft = ""
            self._known = self._empty

    def _newest(self) -> int:
        known = self._known.version
        return self._walked(known if known and self._goes_on() else max(self._listed(), default=0))

    def _goes_on(self) -> bool:
        """Return whether what was read last is still there and what follows, if anything, was made from it."""
        follower = self._record(self._known.version + 1)
        return follower.prev_nonce == self._known.nonce if follower else self._has(self._known.version)

    def _walked(self, version: int) -> int:
        while self._has(version + 1):
            version += 1
        return version

    def _listed(self) -> list[int]:
        return sorted(int(name) for name in self._names() if _VERSION.fullmatch(name))

    def _names(self) -> list[str]:
        return os.listdir(self._folder)  # noqa: PTH208  # a path could not be told by its descriptor

    def _has(self, version: int) -> bool:
        return self._exists(_name(version))

    def _exists(self, name: str) -> bool:
        try:
            os.stat(name, dir_fd=self._folder, follow_symlinks=False)
        except FileNotFoundError:
            return False
        return True

    def _sound(self, newest: int) -> _Known:
        for version in range(newest, 0, -1):
            record = self._record(version)
            if record is not None:
                return _Known(newest, record.nonce if version == newest else "", LaneState(**_fields(record)))
            if not self._has(version):
                break
        return _Known(newest, "", self._empty.state)

    def _nonce(self, version: int) -> str | None:
        record = self._record(version)
        if record is not None:
            return record.nonce
        return "" if self._has(version) else None

    def _record(self, version: int) -> _Record | None:
        try:
            handle = os.open(f"{_name(version)}/state.json", os.O_RDONLY | os.O_CLOEXEC, dir_fd=self._folder)
            with os.fdopen(handle, "rb") as file:
                return formats.parse(file.read(), _Record)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None

    def _clear(self) -> None:
        # Oldest first: a late writer finds out by its missing predecessor. Renamed first: never an empty folder.
        too_young = time.time() - KEPT_S
        with suppress(OSError):
            for version in self._listed()[:-KEPT_VERSIONS][:_CLEAR_AT_ONCE]:
                if self._made_at(_name(version)) > too_young:
                    break
                gone = f".gone.{version}.{os.urandom(4).hex()}"
                with suppress(FileNotFoundError):
                    os.rename(_name(version), gone, src_dir_fd=self._folder, dst_dir_fd=self._folder)
                    self._remove(gone)

            for left in [name for name in self._names() if name.startswith(".")]:
                if self._made_at(left) <= too_young:
                    self._remove(left)

    def _made_at(self, name: str) -> float:
        return os.stat(name, dir_fd=self._folder).st_mtime

    def _remove(self, name: str) -> None:
        with suppress(FileNotFoundError):
            os.unlink(f"{name}/state.json", dir_fd=self._folder)
        with suppress(OSError):
            os.rmdir(name, dir_fd=self._folder)


def _fields(state: LaneState) -> dict[str, Any]:
    return {name: getattr(state, name) for name in LaneState.__struct_fields__}


def _name(version: int) -> str:
    return f"{version:016d}"
