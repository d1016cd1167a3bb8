"""Reading what is left in a damaged database."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Found", "read", "write"]

#: An unreadable stretch is stepped over in growing strides, up to this many rows.
_LONGEST: Final = 4_096
_COLUMNS: Final = (
    *("id", "kind", "scope", "scope_key", "content", "context", "topics", "source", "confidence", "strength"),
    *("created_at", "updated_at", "accessed_at", "access_count", "expires_at", "metadata", "size", "essence", "place"),
)


class Found:
    """What could be read.

    Attributes:
        memories: rows of the table, as they are.
        origins: rows of provenance by id of the memory.
        forgotten: ids and times of what must not come back.
        whole: nothing of the memories was unreadable.
    """

    def __init__(self) -> None:
        self.memories: list[dict[str, Any]] = []
        self.origins: dict[str, list[tuple[Any, ...]]] = {}
        self.forgotten: list[tuple[str, int]] = []
        self.whole = False


def read(path: Path) -> Found:
    """Return what can be read from the damaged database ``path``."""
    found = Found()
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as source:
            source.row_factory = sqlite3.Row
            last = source.execute("SELECT max(number) FROM memory").fetchone()[0] or 0
            found.whole = True
            for row in _rows(source, last):
                _take(source, row, found)
            found.forgotten = [tuple(row) for row in source.execute("SELECT id, at FROM forgotten")]
    except sqlite3.DatabaseError:
        found.whole = False
    return found


def _rows(source: sqlite3.Connection, last: int) -> Iterator[sqlite3.Row | None]:
    number, stride = 0, 1
    while number < last:
        try:
            row = source.execute("SELECT * FROM memory WHERE number > ? ORDER BY number LIMIT 1", (number,)).fetchone()
        except sqlite3.DatabaseError:
            yield None
            number, stride = number + stride, min(stride * 2, _LONGEST)
            continue
        if row is None:
            return
        number, stride = row["number"], 1
        yield row


def _take(source: sqlite3.Connection, row: sqlite3.Row | None, found: Found) -> None:
    if row is None or not _is_plausible(row):
        found.whole = False
        return
    found.memories.append({name: row[name] for name in _COLUMNS})
    try:
        query = "SELECT session, entry, event, at, text FROM origin WHERE memory = ? ORDER BY rowid"
        found.origins[row["id"]] = [tuple(origin) for origin in source.execute(query, (row["number"],))]
    except sqlite3.DatabaseError:
        found.whole = False


def _is_plausible(row: sqlite3.Row) -> bool:
    try:
        topics, metadata = json.loads(row["topics"]), json.loads(row["metadata"])
    except (TypeError, ValueError):
        return False
    texts = all(isinstance(row[name], str) for name in ("id", "kind", "scope", "scope_key", "content", "context"))
    numbers = all(isinstance(row[name], int) for name in ("created_at", "updated_at", "accessed_at", "access_count"))
    return texts and numbers and isinstance(topics, list) and isinstance(metadata, dict)


def write(found: Found, target: sqlite3.Connection) -> None:
    """Put what was found into a sound database; of a memory that is there already, the found one wins."""
    target.execute("BEGIN")
    marks = ", ".join(f":{name}" for name in _COLUMNS)
    insert = f"INSERT INTO memory ({', '.join(_COLUMNS)}) VALUES ({marks})"  # noqa: S608  # our own column names
    for row in found.memories:
        target.execute("DELETE FROM memory WHERE id = ?", (row["id"],))
        number = target.execute(insert, row).lastrowid
        topics = {topic.casefold() for topic in json.loads(row["topics"])}
        target.executemany("INSERT INTO topic (memory, folded) VALUES (?, ?)", [(number, topic) for topic in topics])
        origins = [(number, *origin) for origin in found.origins.get(row["id"], [])]
        target.executemany("INSERT INTO origin VALUES (?, ?, ?, ?, ?, ?)", origins)
    for name, at in found.forgotten:
        target.execute("DELETE FROM memory WHERE id = ?", (name,))
        target.execute("INSERT OR REPLACE INTO forgotten VALUES (?, ?)", (name, at))
    target.execute("COMMIT")
