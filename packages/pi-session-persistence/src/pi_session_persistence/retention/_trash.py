"""The trash: sessions that were pruned, and may come back.

A session lies in a hidden folder beside where it was, for only within one file system is moving a file one step. The
folder ``trash`` of the registry has a link to each. Where the session file itself is decides where the session is:
everything else is brought there after it, at once or, after a crash, by whoever comes next.
"""

from __future__ import annotations

import os
import secrets
import shutil
import stat
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from pi_session_persistence._errors import BusyError
from pi_session_persistence.locking import lock
from pi_session_persistence.registry import home
from pi_session_persistence.retention import _manifest
from pi_session_persistence.retention._errors import RetentionError
from pi_session_persistence.retention._family import family
from pi_session_persistence.retention._moves import free, move, sync
from pi_session_persistence.retention._trashed import Trashed

if TYPE_CHECKING:
    from pathlib import Path

    from pi_session_persistence.retention._manifest import Manifest
    from pi_session_persistence.retention._policy import Candidate

__all__ = ["Trash", "is_trashed"]

#: Neither pi nor the catalogue looks for sessions in there.
_FOLDER: Final = ".pi-session-trash"

#: Ends the name of a folder that is being deleted.
_DOOMED: Final = ".deleted"

#: So long may pass between the link to a folder and what comes into it, in seconds.
_PATIENCE_S: Final = 60.0


def is_trashed(file: Path) -> bool:
    """Return whether the session file that was at ``file`` lies in the trash."""
    folder = file.parent.resolve() / _FOLDER
    # Most folders have no trash.
    keys = [] if not folder.is_dir() else [key for key in folder.iterdir() if key.suffix != _DOOMED]
    return any(os.path.lexists(key / file.name) for key in keys)


class Trash:
    """The sessions that were pruned.

    Args:
        folder: of the links to them, by default beside the registry.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or home() / "trash"

    def entries(self) -> list[Trashed]:
        """Return the sessions in the trash, the last one first; what a crash left half done is done before.

        Raises:
            RetentionError: there is one that can't be understood.
            RegistryError: the registry can't be used.
            OSError: something can't be read or moved.
        """
        if not self.folder.is_dir():
            return []
        found = [self._settled(link) for link in sorted(self.folder.iterdir()) if link.is_symlink()]
        return sorted((one for one in found if one is not None), key=lambda one: -one.manifest.at)

    def find(self, name: str) -> Trashed:
        """Return the session in the trash that ``name`` stands for.

        Args:
            name: its name in the trash, its external id, pi's id of it, or where its file was.

        Raises:
            RetentionError: there is none, or several.
        """
        found = [one for one in self.entries() if name in one.names]
        if not found:
            raise RetentionError(f"nothing in the trash is called {name!r}; `pi-session trash` shows what is there")
        if len(found) > 1:
            keys = ", ".join(one.key for one in found)
            raise RetentionError(f"several sessions in the trash are called {name!r}; name one of {keys}")
        return found[0]

    def put(self, session: Candidate, *, quiet_s: float) -> Trashed:
        """Move a session to the trash, with its side files and what the registry knows about it.

        Args:
            session: the session.
            quiet_s: for so many seconds nobody may have written to it.

        Raises:
            BusyError: somebody has it, or wrote to it just now; it stays.
            RegistryError: the registry can't be used.
            OSError: it can't be moved; it stays.
        """
        file = session.file.parent.resolve() / session.file.name
        with lock(file, what="pi-session prune"):
            facts = file.lstat()
            if not stat.S_ISREG(facts.st_mode):
                raise RetentionError(f"{str(file)!r} is no regular file; it stays")
            if time.time() - facts.st_mtime < quiet_s:
                raise BusyError(file, None, "it was written to just now")
            names = family(file)
            sizes = (file.with_name(name).lstat().st_size for name in names)
            manifest = _manifest.Manifest(
                file=file,
                side_files=tuple(names),
                at=time.time(),
                session_id=session.session_id,
                title=session.title,
                cwd=session.cwd,
                size=facts.st_size + sum(sizes),
                registered=_manifest.registered(file),
            )
            trashed = self._prepared(manifest)
            move(file, trashed.file)
            self._gather(trashed)
        return trashed

    def restore(self, trashed: Trashed) -> Path:
        """Bring a session back to where it was, with all that belongs to it; return its file.

        Raises:
            BusyError: somebody has a session in its place.
            RetentionError: something is in its place already.
            RegistryError: the registry can't be used.
            OSError: it can't be moved; it stays in the trash.
        """
        file = trashed.manifest.file
        with lock(file, what="pi-session trash restore"):
            if os.path.lexists(file):
                raise RetentionError(
                    f"{str(file)!r} is there again, and no file is overwritten; move it away, and restore then"
                )
            for registered in trashed.manifest.registered:
                registered.refuse_another()
            move(trashed.file, file)
            self._bring_back(trashed)
        return file

    def delete(self, trashed: Trashed) -> None:
        """Delete a session in the trash for good.

        Raises:
            BusyError: somebody is restoring it.
            OSError: it can't be deleted.
        """
        with lock(trashed.manifest.file, what="pi-session trash empty"):
            trashed.folder.rename(trashed.folder.with_name(f"{trashed.key}{_DOOMED}"))
            self._remove(self.folder / trashed.key, trashed.folder)

    def _prepared(self, manifest: Manifest) -> Trashed:
        """Make the folder for a session, and the link to it."""
        key = secrets.token_hex(4)
        trashed = Trashed(key, manifest.file.parent / _FOLDER / key, manifest)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self.folder / key).symlink_to(trashed.folder)
        trashed.folder.parent.mkdir(mode=0o700, exist_ok=True)
        trashed.folder.mkdir(mode=0o700)
        _manifest.write(trashed.folder, manifest)
        for folder in (self.folder, trashed.folder.parent, manifest.file.parent):
            sync(folder)
        return trashed

    def _settled(self, link: Path) -> Trashed | None:
        """Return the session behind a link; finish what a crash interrupted."""
        folder = link.readlink()
        if not (folder / _manifest.NAME).exists():
            self._tidy(link, folder)
            return None
        trashed = Trashed(link.name, folder, _manifest.read(folder))
        if trashed.is_whole:
            return trashed
        with suppress(BusyError), lock(trashed.manifest.file, what="pi-session trash"):
            if os.path.lexists(trashed.file):
                self._gather(trashed)
            elif os.path.lexists(trashed.manifest.file):
                self._bring_back(trashed)
        return trashed if trashed.file.exists() else None

    def _tidy(self, link: Path, folder: Path) -> None:
        """Remove a link to a folder into which nothing was moved yet, or whose deletion began."""
        if not folder.parent.parent.is_dir():
            return  # the disk may come back
        if time.time() - link.lstat().st_mtime < _PATIENCE_S:
            return  # somebody may be about to fill it
        if folder.is_dir() and any(not path.name.startswith(".") for path in folder.iterdir()):
            raise RetentionError(f"{str(folder)!r} has no manifest; see what is in there, and remove {str(link)!r}")
        self._remove(link, folder)

    def _gather(self, trashed: Trashed) -> None:
        """Bring everything to the trash that belongs to a session there."""
        manifest = trashed.manifest
        for name in manifest.side_files:
            source, target = manifest.file.with_name(name), trashed.folder / name
            # What is there under a name that came along already is another session's.
            if os.path.lexists(source) and not os.path.lexists(target):
                move(source, target)
        for registered in manifest.registered:
            registered.forget()

    def _bring_back(self, trashed: Trashed) -> None:
        """Bring everything back that belongs to a session that is back."""
        manifest = trashed.manifest
        for name in manifest.side_files:
            source, target = trashed.folder / name, manifest.file.with_name(name)
            if os.path.lexists(source):
                move(source, free(target))
        for registered in manifest.registered:
            registered.put_back()
        self._remove(self.folder / trashed.key, trashed.folder)

    def _remove(self, link: Path, folder: Path) -> None:
        for path in (folder, folder.with_name(f"{folder.name}{_DOOMED}")):
            shutil.rmtree(path, ignore_errors=True)  # somebody else may be at it, too
            if path.is_dir():
                raise RetentionError(f"{str(path)!r} can't be deleted; see whose it is")
        with suppress(OSError):  # others are in it
            folder.parent.rmdir()
        link.unlink(missing_ok=True)
