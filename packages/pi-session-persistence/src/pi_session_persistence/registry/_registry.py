"""The registry: a small SQLite file, opened for each question, so that threads, forks and crashes don't matter."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import msgspec

from pi_session_persistence._errors import IdCollisionError, RegistryError
from pi_session_persistence.mapping import canonical, file_name, gsd_file_name, gsd_key
from pi_session_persistence.registry._database import private_folder, reading, writing
from pi_session_persistence.registry._record import Checkpoint, Record

if TYPE_CHECKING:
    import sqlite3

__all__ = ["Compat", "Registry", "home"]

#: Whose naming rule to follow instead of our own.
Compat: TypeAlias = Literal["gsd"]

_COLUMNS: Final = msgspec.structs.fields(Record)
_NAMES: Final = ", ".join(field.name for field in _COLUMNS)


def home() -> Path:
    """Return the folder that holds the registry and the sessions: ``PI_SESSION_HOME``, else the user's data folder."""
    given = os.environ.get("PI_SESSION_HOME")
    if given:
        return Path(given).expanduser().absolute()
    from platformdirs import user_data_path  # noqa: PLC0415  # only where nobody said

    return user_data_path("pi-session")


class Registry:
    """The external ids of one folder, and their session files.

    Args:
        home: the folder, by default `home()`. It is made when the first id is claimed, for its owner only.
        compat: ``"gsd"`` names and places the session files as the GSD daemon does, in ``~/.gsd-cloud/pi-sessions``.

    Attributes:
        sessions: the folder of the session files.
    """

    def __init__(self, home: Path | None = None, *, compat: Compat | None = None) -> None:
        self._home = (home or _home()).absolute()
        self._gsd = compat == "gsd"
        self._database = self._home / ("registry-gsd.sqlite3" if self._gsd else "registry.sqlite3")
        self.sessions = Path.home() / ".gsd-cloud" / "pi-sessions" if self._gsd else self._home / "sessions"

    @classmethod
    def current(cls) -> Registry:
        """Return the registry that the environment names: ``PI_SESSION_HOME`` and ``PI_SESSION_COMPAT``.

        Raises:
            RegistryError: there is no such compatibility.
        """
        compat = os.environ.get("PI_SESSION_COMPAT") or None
        if compat not in (None, "gsd"):
            raise RegistryError(f"PI_SESSION_COMPAT is {compat!r}; the only one there is is 'gsd'")
        return cls(compat="gsd" if compat else None)

    def variables(self, record: Record) -> dict[str, str]:
        """Return the environment variables by which a process in a session knows which one, and finds this registry."""
        told = {"PI_SESSION_EXTERNAL_ID": record.external_id, "PI_SESSION_HOME": str(self._home)}
        if record.parent is not None:
            told["PI_SESSION_EXTERNAL_PARENT"] = record.parent
        if self._gsd:
            told["PI_SESSION_COMPAT"] = "gsd"
        return told

    def is_same(self, one: str, other: str) -> bool:
        """Tell whether two external ids are the same one.

        Raises:
            InvalidIdError: one of them is no external id.
        """
        return self._key(one) == self._key(other)

    def path_of(self, external_id: str) -> Path:
        """Return where the session file of an id goes by rule; nothing is looked up.

        Raises:
            InvalidIdError: it is no external id.
        """
        return self.sessions / (gsd_file_name(external_id) if self._gsd else file_name(external_id))

    def get(self, external_id: str) -> Record | None:
        """Return what is known about an id; ``None`` if it was never used.

        Raises:
            InvalidIdError: it is no external id.
            RegistryError: the registry can't be read.
        """
        found = self._select("WHERE id = ?", self._key(external_id))
        return found[0] if found else None

    def find(self, file: Path) -> Record | None:
        """Return the record of the id that stands for a session file; ``None`` if none does.

        Raises:
            RegistryError: the registry can't be read.
        """
        found = self._select("WHERE pi_file IN (?, ?)", _stored(file), _stored(file.resolve()))
        return found[0] if found else None

    def records(self) -> list[Record]:
        """Return all records, in the order in which their ids were first used.

        Raises:
            RegistryError: the registry can't be read.
        """
        return self._select("ORDER BY created, id")

    def claim(self, external_id: str, *, file: Path | None = None, parent: str | None = None) -> Record:
        """Return the record of an id, which is made if there is none.

        Args:
            external_id: the id.
            file: the session file of a new record, by default ``path_of``.
            parent: external id that a new record comes from.

        Raises:
            InvalidIdError: it is no external id.
            IdCollisionError: another id has this file.
            RegistryError: the registry can't be read or written.
        """
        key, path = self._key(external_id), file or self.path_of(external_id)
        now = _now()
        private_folder(self.sessions)
        if self.sessions.stat().st_mode & 0o077:  # somebody else's daemon may have made it
            self.sessions.chmod(0o700)
        with writing(self._database) as database:
            if database.execute("SELECT 1 FROM record WHERE id = ?", (key,)).fetchone() is None:
                _refuse_twins(database, external_id, key, path)
                database.execute(
                    "INSERT INTO record (id, folded, external_id, created, updated, pi_file, parent) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (key, _folded(path), external_id, now, now, _stored(path), parent),
                )
        record = self.get(external_id)
        if record is None:  # somebody made it and took it away again, just now
            raise RegistryError(f"{external_id!r} was forgotten while it was being claimed; try again")
        return record

    def update(self, external_id: str, **changes: Any) -> Record:
        """Change a record and return it as it is now.

        Args:
            external_id: the id.
            changes: new values of fields of `Record`.

        Raises:
            IdCollisionError: another id has the new file.
            RegistryError: there is no such record, or the registry can't be written.
        """
        key = self._key(external_id)
        columns = {name: _to_column(name, value) for name, value in changes.items()} | {"updated": _now()}
        with writing(self._database) as database:
            if "pi_file" in changes:
                _refuse_twins(database, external_id, key, changes["pi_file"])
                columns["folded"] = _folded(changes["pi_file"])
            assignments = ", ".join(f"{name} = ?" for name in columns)
            database.execute(f"UPDATE record SET {assignments} WHERE id = ?", (*columns.values(), key))  # noqa: S608  # names of our own columns
        record = self.get(external_id)
        if record is None:
            raise RegistryError(f"{external_id!r} is not in the registry; run it once, or claim it")
        return record

    def forget(self, external_id: str) -> bool:
        """Take an id out of the registry; its session file stays. Tell whether it was there.

        Raises:
            InvalidIdError: it is no external id.
            RegistryError: the registry can't be written.
        """
        key = self._key(external_id)
        if not self._database.exists():
            return False
        with writing(self._database) as database:
            return database.execute("DELETE FROM record WHERE id = ?", (key,)).rowcount > 0

    def _key(self, external_id: str) -> str:
        return gsd_key(external_id) if self._gsd else canonical(external_id)

    def _select(self, clause: str, *values: object) -> list[Record]:
        with reading(self._database) as database:
            if database is None:
                return []
            rows = database.execute(f"SELECT {_NAMES} FROM record {clause}", values).fetchall()  # noqa: S608  # as above
        return [_from_row(row) for row in rows]


_home = home


def _refuse_twins(database: sqlite3.Connection, external_id: str, key: str, path: Path) -> None:
    """Refuse a file that another id has, under this name or under one that the file system takes for the same."""
    rows = database.execute(
        "SELECT external_id, pi_file FROM record WHERE folded = ? AND id != ?", (_folded(path), key)
    )
    for other, stored in rows:
        if stored == _stored(path) or _same_file(_path(stored), path):
            raise IdCollisionError(
                f"{external_id!r} and {other!r} would share {str(path)!r}, and two conversations would become one; "
                "give one of them another id"
            )


def _stored(path: Path) -> bytes:
    # A path need not be Unicode. A link in the place of a file is seen, and not followed.
    return os.fsencode(path.parent.resolve() / path.name)


def _folded(path: Path) -> bytes:
    return path.name.casefold().encode(errors="surrogateescape")


def _path(stored: bytes) -> Path:
    return Path(os.fsdecode(stored))


def _same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def _to_column(name: str, value: Any) -> Any:
    if name == "pi_file":
        return _stored(value)
    return msgspec.json.encode(value).decode() if isinstance(value, Checkpoint) else value


def _from_row(row: tuple[Any, ...]) -> Record:
    values = dict(zip((field.name for field in _COLUMNS), row, strict=True))
    values["pi_file"] = _path(values["pi_file"])
    if values["checkpoint"] is not None:
        values["checkpoint"] = msgspec.json.decode(values["checkpoint"], type=Checkpoint)
    return Record(**values)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
