"""The way out when the database is damaged: put it aside, rescue what can be read, fill up from the backup."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

import msgspec

from pi_autonomous_session_control.memory import _files, _salvage, _schema
from pi_autonomous_session_control.memory._errors import DamagedError

__all__ = ["Recovery", "back_up", "backup_path", "damage", "lock_path", "mend", "restore"]

_BESIDE: Final = ("-wal", "-shm", "-journal")


class Recovery(msgspec.Struct, kw_only=True, frozen=True):
    """What a repair did.

    Attributes:
        aside: where the damaged file is now.
        rescued: memories read from it.
        from_backup: memories that only the backup had.
        whole: every memory in the damaged file could be read.
    """

    aside: Path
    rescued: int
    from_backup: int
    whole: bool

    def __str__(self) -> str:
        """Say it to the user."""
        loss = (
            "nothing was lost" if self.whole else "what is newer than the backup may be lost, what was forgotten back"
        )
        return (
            f"the memory was damaged and has been repaired: {self.rescued} memories rescued, {self.from_backup} more "
            f"from the backup; {loss}. The damaged file is {str(self.aside)!r}."
        )


def backup_path(path: Path) -> Path:
    """Return where the backup of the database ``path`` is kept."""
    return path.with_name(f"{path.name}.backup")


def lock_path(path: Path) -> Path:
    """Return the file that is locked while ``path`` is made or exchanged."""
    return path.with_name(f"{path.name}.lock")


def damage(connection: sqlite3.Connection) -> str | None:
    """Return the first thing that is wrong with a database, ``None`` for a sound one."""
    found: str = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    return None if found == "ok" else found


def back_up(connection: sqlite3.Connection, target: Path) -> None:
    """Copy a database to ``target`` while others use it; the old ``target`` stays until the new one is whole."""
    with _files.locked(lock_path(target)):
        fresh = _fresh(target)
        with closing(sqlite3.connect(fresh)) as copy:
            connection.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, no log beside it
        fresh.replace(target)


def restore(path: Path, source: Path, now: int) -> Path | None:
    """Put a copy of ``source`` in the place of the database ``path``; return where that one is now, if there was one.

    Raises:
        DamagedError: ``source`` is not a sound memory; nothing was changed.
    """
    if not _is_sound(source):
        raise DamagedError(
            f"backup {str(source)!r} is not a sound memory: nothing was changed; give a file of `pi-self memory backup`"
        )
    with _files.locked(lock_path(path)):
        fresh = _fresh(path)
        with closing(sqlite3.connect(fresh)) as target:
            _copy(source, target)
        return _exchange(path, fresh, path.with_name(f"{path.name}.replaced-{now}"))


def mend(path: Path, now: int) -> Recovery | None:
    """Repair the database ``path``; ``None`` if another process has done so meanwhile."""
    with _files.locked(lock_path(path)):
        if _is_sound(path):
            return None
        fresh, backup = _fresh(path), backup_path(path)
        with closing(sqlite3.connect(fresh, isolation_level=None)) as target:
            _schema.prepare(target)
            if _is_sound(backup):
                _copy(backup, target)
            else:
                _schema.create(target)
            had = {row[0] for row in target.execute("SELECT id FROM memory")}
            found = _salvage.read(path)
            _salvage.write(found, target)
        rescued = {row["id"] for row in found.memories}
        aside = _exchange(path, fresh, path.with_name(f"{path.name}.damaged-{now}"))
    return Recovery(aside=aside or path, rescued=len(rescued), from_backup=len(had - rescued), whole=found.whole)


def _copy(source: Path, target: sqlite3.Connection) -> None:
    with closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        connection.backup(target)
    target.execute("PRAGMA journal_mode = WAL")


def _fresh(path: Path) -> Path:
    fresh = path.with_name(f"{path.name}.new")
    for suffix in ("", *_BESIDE):
        Path(f"{fresh}{suffix}").unlink(missing_ok=True)
    _files.touch(fresh)
    return fresh


def _is_sound(path: Path) -> bool:
    if not path.exists():
        return False
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            return _schema.version_of(connection) > 0 and damage(connection) is None
    except sqlite3.DatabaseError:
        return False


def _exchange(path: Path, fresh: Path, aside: Path) -> Path | None:
    if not path.exists():
        fresh.rename(path)
        return None
    # The old file's write lock makes others wait; when they get it they see that the path leads elsewhere.
    with closing(sqlite3.connect(path, timeout=10, isolation_level=None)) as old:
        with suppress(sqlite3.DatabaseError):  # too damaged to be locked is too damaged to be written
            old.execute("BEGIN IMMEDIATE")
        path.rename(aside)
        for suffix in _BESIDE:
            # Left behind, the old file's log would be taken for the new one's.
            with suppress(FileNotFoundError):
                Path(f"{path}{suffix}").rename(f"{aside}{suffix}")
        fresh.rename(path)
    return aside
