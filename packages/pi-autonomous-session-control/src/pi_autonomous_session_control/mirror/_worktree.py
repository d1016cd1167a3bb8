"""What is on the disk: which files changed since the last look.

In a git repository only what differs from the commit that was checked out at the beginning is remembered; elsewhere
every file of the folder, up to a limit, with size, time and inode. A content is read only when these say that it may be
another.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from pi_autonomous_session_control.mirror import _git
from pi_autonomous_session_control.mirror._events import Operation
from pi_autonomous_session_control.mirror._normal import digest

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Found", "Glance", "WorkTree", "glance"]

#: A larger file is told by its size and time.
_READ: Final = 8 * 1024 * 1024
#: A larger file is read later, in the hope that it is still the same.
_GLANCED: Final = 256 * 1024
#: Without git, so many files at most are looked at.
_MOST: Final = 5_000
_SKIPPED: Final = frozenset({"node_modules", "__pycache__", "venv", "target", "dist", "build"})


class Found(msgspec.Struct, frozen=True):
    """A file that is not as it was at the last look.

    Attributes:
        path: absolute.
        op: what happened to it.
        digest: of the content, empty if it is gone.
        at_ns: when it was changed, ns since 1970; ``None`` if it is gone.
    """

    path: str
    op: Operation
    digest: str
    at_ns: int | None


class _Finger(msgspec.Struct, frozen=True, array_like=True):
    """What a file looked like without reading it."""

    size: int
    mtime: int
    inode: int


class Glance(msgspec.Struct, frozen=True):
    """A file at one moment; ``content`` is its digest, ``None`` if it is too large for being read at once."""

    finger: _Finger | None
    at_ns: int | None
    content: str | None


def glance(path: str) -> Glance:
    """Return what a file looks like now; quick enough for waiting for it."""
    finger, at_ns = _finger(path)
    small = finger is not None and finger.size <= _GLANCED
    return Glance(finger, at_ns, _content(path) if small else None)


class _Known(msgspec.Struct, array_like=True):
    """What is known of a file: ``None`` for one that is gone, an empty digest for one that was not read."""

    finger: _Finger | None
    digest: str = ""


class _Memory(msgspec.Struct):
    """What outlives the process."""

    kind: Literal["git", "folder"]
    base: str
    known: dict[str, _Known]


class WorkTree:
    """The files of a folder. Not for several threads at once.

    Attributes:
        incomplete: there are more files than are looked at.
    """

    def __init__(self, cwd: Path) -> None:
        self.incomplete = False
        self._cwd = cwd
        self._top = _git.top_of(cwd)
        self._base = ""
        self._known: dict[str, _Known] = {}
        self._letters: dict[str, str] = {}
        self._begun = False

    def begin(self, kept: bytes | None) -> None:
        """Take the files as they are now for the beginning, or go on from what `keep` gave."""
        if kept is not None and self._resume(kept):
            return
        if self._top is not None:
            try:
                self._base = _git.base_of(self._top)
            except _git.GitError:
                self._top = None
        self._known = dict(self._now())
        for path, known in self._known.items():
            if self._top is not None:  # few, and their contents are the beginning
                known.digest = _content(path) if known.finger else ""
        self._begun = True

    def keep(self) -> bytes:
        """Return what `begin` needs to go on in another process."""
        kind: Literal["git", "folder"] = "git" if self._top else "folder"
        # Names are bytes, and not all of them are text.
        known = {os.fsencode(path).decode("latin-1"): value for path, value in self._known.items()}
        return msgspec.json.encode(_Memory(kind, self._base, known))

    def look(self) -> list[Found]:
        """Return what changed since the last look."""
        if not self._begun:
            return []
        now = dict(self._now())
        found = []
        for path in sorted(now.keys() | self._known.keys()):
            change = self._compared(path, self._known.get(path), now.get(path))
            if change is not None:
                found.append(change)
        self._known = now
        return found

    def look_at(self, path: str, glance: Glance) -> Found | None:
        """Return what changed about one file since the last look; for tools that say which one they wrote.

        Args:
            path: absolute.
            glance: the file right after the tool.
        """
        finger, at_ns = glance.finger, glance.at_ns
        before = self._known.get(path)
        if finger is None:
            if before is not None:
                self._known[path] = _Known(None)
            return Found(path, "delete", "", None) if before is not None and before.finger else None
        if before is not None and before.finger == finger and before.digest:
            return None
        content = glance.content if glance.content is not None else _content(path)
        op = self._op(path, before, content)
        if op is None and before is None:  # as in the base, and that is what is not remembered
            return None
        self._known[path] = _Known(finger, content)
        return Found(path, op, content, at_ns) if op is not None else None

    def _op(self, path: str, before: _Known | None, content: str) -> Operation | None:
        """Return what was done to a file that is there now, ``None`` for nothing."""
        if before is None:
            letter = self._letter(path)
            return ("create" if letter == "A" else "modify") if letter else None
        if before.finger is None:
            return "create"
        return None if before.digest == content else "modify"

    def _compared(self, path: str, before: _Known | None, now: _Known | None) -> Found | None:
        if before is not None and now is not None and before.finger == now.finger:
            now.digest = before.digest
            return None
        was_there = before is None or before.finger is not None
        finger, at_ns = _finger(path)
        if finger is None or (now is not None and now.finger is None):
            return Found(path, "delete", "", None) if was_there else None
        content = _content(path)
        if now is not None:
            now.digest = content
        if before is not None and was_there and before.digest == content:
            return None
        created = not was_there or (before is None and (self._top is None or self._letters.get(path) == "A"))
        return Found(path, "create" if created else "modify", content, at_ns)

    def _letter(self, path: str) -> str:
        """Return what became of a file that nothing is known of: in a repository it was as in the base."""
        if self._top is None:
            return "A"
        try:
            name = str(Path(path).relative_to(self._top))
        except ValueError:
            return "A"
        return _git.letter_of(self._top, self._base, name)

    def _now(self) -> Iterator[tuple[str, _Known]]:
        self._letters = {}
        if self._top is None:
            yield from self._walked()
            return
        try:
            listed = _git.differing(self._top, self._base)
        except _git.GitError:
            yield from self._known.items()
            return
        for name, letter in listed.items():
            path = os.path.join(self._top, name)  # noqa: PTH118  # thousands of them, and strings are what is kept
            self._letters[path] = letter
            yield path, _Known(None if letter == "D" else _finger(path)[0])
        # What a tool wrote and git ignores.
        for path, known in self._known.items():
            if path not in self._letters and known.finger is not None and _finger(path)[0] == known.finger:
                yield path, known

    def _walked(self) -> Iterator[tuple[str, _Known]]:
        count = 0
        for folder, folders, files in os.walk(self._cwd):
            folders[:] = sorted(name for name in folders if name not in _SKIPPED and not name.startswith("."))
            for name in sorted(files):
                count += 1
                if count > _MOST:
                    self.incomplete = True
                    return
                path = os.path.join(folder, name)  # noqa: PTH118  # as above
                finger = _finger(path)[0]
                if finger is not None:
                    yield path, _Known(finger)
        # What a tool wrote elsewhere, or in a folder that is skipped.
        for path in self._known:
            if (finger := _finger(path)[0]) is not None:
                yield path, _Known(finger)

    def _resume(self, kept: bytes) -> bool:
        try:
            memory = msgspec.json.decode(kept, type=_Memory)
        except msgspec.DecodeError:
            return False
        if (memory.kind == "git") != (self._top is not None):
            return False
        self._known = {os.fsdecode(name.encode("latin-1")): value for name, value in memory.known.items()}
        self._base, self._begun = memory.base, True
        return True


def _finger(path: str) -> tuple[_Finger | None, int | None]:
    try:
        status = os.lstat(path)
    except (OSError, ValueError):
        return None, None
    if not (stat.S_ISREG(status.st_mode) or stat.S_ISLNK(status.st_mode)):
        return None, None
    # The time of the last change can't be set by programs such as tar; the time of the last write can.
    return _Finger(status.st_size, status.st_mtime_ns, status.st_ino), status.st_ctime_ns


def _content(path: str) -> str:
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:  # noqa: PTH123  # no pipe makes us wait
            status = os.fstat(file.fileno())
            if status.st_size > _READ or not stat.S_ISREG(status.st_mode):
                return digest(f"{status.st_size} {status.st_mtime_ns}".encode())
            return digest(file.read())
    except OSError:
        return ""
