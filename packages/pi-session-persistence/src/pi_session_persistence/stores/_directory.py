"""A store in a directory: another disk, a mounted drive, a folder that a program keeps in step with other machines."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import re
import stat
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pi_host.sessionfile import replace
from pi_session_persistence.stores._errors import ChangedError, NotStoredError, StoreError, StoreGoneError
from pi_session_persistence.stores._store import Object

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["DirectoryStore"]

#: Tells a store from an empty mount point; its contents are for people.
_MARK: Final = "pi-session-store"

#: Names of what is being written.
_LEFT: Final = re.compile(r"\.[0-9a-f]{16}\.tmp")

#: Nobody writes one file for so long, in seconds.
_LEFT_S: Final = 86_400.0


class DirectoryStore:
    """A store in a directory on a POSIX file system. Files are 0600, folders 0700.

    A file is replaced while the store's lock is held, and becomes visible as a whole. On file systems without locks,
    and where another program copies the directory from machine to machine, two writers may not see each other; what
    such a program sets aside as a conflict is found by ``list`` under a key of its own. Links are not followed.

    Args:
        folder: a directory that `create` has made a store.

    Raises:
        StoreGoneError: there is no store.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.expanduser().absolute()
        self._check()

    @classmethod
    def create(cls, folder: Path) -> DirectoryStore:
        """Make a directory a store, which it may be already, and return it.

        Raises:
            StoreError: it has other things in it, or can't be made.
        """
        folder = folder.expanduser().absolute()
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not (folder / _MARK).exists():
                if any(not path.name.startswith(".") and path.name != _MARK for path in folder.iterdir()):
                    raise StoreError(f"{str(folder)!r} has other things in it; name an empty directory")
                with suppress(OSError):  # file systems without modes are private in other ways, or not
                    folder.chmod(0o700)
                replace(folder / _MARK, [b"A store of pi sessions; see pi-session push, pull and sync.\n"])
        except OSError as error:
            raise StoreError(f"{str(folder)!r} can't be made a store: {error.strerror}; name another place") from error
        return cls(folder)

    def __repr__(self) -> str:
        return f"DirectoryStore({str(self.folder)!r})"

    def list(self, prefix: str) -> Iterator[Object]:
        """See ``Store``."""
        with self._present():
            yield from sorted(self._found(prefix))

    def stat(self, key: str) -> str | None:
        """See ``Store``."""
        with self._present():
            return _generation(self._path(key))

    def read(self, key: str, start: int = 0, end: int | None = None) -> bytes:
        """See ``Store``."""
        with self._present():
            try:
                with self._path(key).open("rb") as file:
                    file.seek(start)
                    return file.read() if end is None else file.read(max(0, end - start))
            except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
                raise NotStoredError(f"nothing is stored under {key!r} in {str(self.folder)!r}") from None

    def put(self, key: str, data: bytes, generation: str | None) -> str:
        """See ``Store``."""
        path = self._path(key)
        with self._present(), self._alone():
            self._expect(key, path, generation)
            self._make_folders(path.parent)
            replace(path, [data])
        return _digest(data)

    def delete(self, key: str, generation: str | None = None) -> None:
        """See ``Store``."""
        path = self._path(key)
        with self._present(), self._alone():
            if generation is not None and path.exists():
                self._expect(key, path, generation)
            path.unlink(missing_ok=True)
            if path.parent.is_dir():
                _sync(path.parent)

    def _path(self, key: str) -> Path:
        parts = key.split("/")
        if not all(parts) or "\0" in key or any(part.startswith(".") for part in parts):
            raise StoreError(f"{key!r} is no key; see what `Store` says about keys")
        return self._inside(parts)

    def _inside(self, parts: Sequence[str]) -> Path:
        path = self.folder
        for part in parts:
            path /= part
            # It would lead somebody's bytes, or ours, to another place.
            if path.is_symlink():
                raise StoreError(f"{str(path)!r} is a link, and links in a store are not followed; move it away")
        return path

    def _found(self, prefix: str) -> Iterator[Object]:
        # A folder that a prefix ends in the middle of is searched as a whole.
        start = self._inside([part for part in prefix.split("/")[:-1] if part])
        for folder, folders, names in os.walk(start, onerror=_tell):
            folders[:] = [name for name in folders if not name.startswith(".")]
            for name in names:
                path = Path(folder, name)
                key = path.relative_to(self.folder).as_posix()
                if _LEFT.fullmatch(name):
                    _clear(path)
                if name.startswith(".") or key == _MARK or not key.startswith(prefix):
                    continue
                with suppress(FileNotFoundError):  # taken away just now
                    facts = path.lstat()
                    if stat.S_ISREG(facts.st_mode):
                        yield Object(key, facts.st_size, datetime.fromtimestamp(facts.st_mtime, UTC))

    def _expect(self, key: str, path: Path, generation: str | None) -> None:
        found = _generation(path)
        if found != generation:
            what = "something is there already" if generation is None else "it has changed"
            raise ChangedError(f"{key!r} in {str(self.folder)!r}: {what}; look at it again")

    def _make_folders(self, folder: Path) -> None:
        if folder != self.folder and not folder.is_dir():
            self._make_folders(folder.parent)
            folder.mkdir(mode=0o700, exist_ok=True)
            _sync(folder.parent)

    def _check(self) -> None:
        try:
            if (self.folder / _MARK).is_file():
                return
        except OSError as error:
            raise self._gone(error) from error
        raise StoreGoneError(f"there is no store in {str(self.folder)!r}; is the drive mounted? --create makes one")

    def _gone(self, error: OSError) -> StoreGoneError:
        return StoreGoneError(
            f"the store in {str(self.folder)!r} can't be used ({error.strerror or error}); nothing is lost, try again"
        )

    @contextmanager
    def _present(self) -> Iterator[None]:
        self._check()
        try:
            yield
        except OSError as error:
            raise self._gone(error) from error

    @contextmanager
    def _alone(self) -> Iterator[None]:
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        descriptor = os.open(self.folder / ".lock", flags, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            except OSError as error:
                if error.errno not in (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS):
                    raise
            yield
        finally:
            os.close(descriptor)


def _clear(path: Path) -> None:
    """Take away what a writer left that was killed long ago."""
    with suppress(OSError):
        if time.time() - path.lstat().st_mtime > _LEFT_S:
            path.unlink()


def _generation(path: Path) -> str | None:
    try:
        return _digest(path.read_bytes())
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return None


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _tell(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error
