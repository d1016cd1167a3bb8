"""Memories as rows of the database."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from pi_autonomous_session_control.memory import _index, _words
from pi_autonomous_session_control.memory._records import Memory, Origin, Scope

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

__all__ = ["add_origin", "essence_of", "fetch", "fetch_numbers", "insert", "number_of", "place", "remove", "update"]


def fetch(connection: sqlite3.Connection, name: str) -> Memory | None:
    """Return the memory with the id ``name``."""
    number = number_of(connection, name)
    return None if number is None else fetch_numbers(connection, [number])[0]


def number_of(connection: sqlite3.Connection, name: str) -> int | None:
    """Return the row number of the memory with the id ``name``."""
    row = connection.execute("SELECT number FROM memory WHERE id = ?", (name,)).fetchone()
    return None if row is None else int(row["number"])


def fetch_numbers(connection: sqlite3.Connection, numbers: Sequence[int]) -> list[Memory]:
    """Return memories by row number, in that order, without those that are gone."""
    wanted = json.dumps(list(numbers))
    rows = connection.execute("SELECT * FROM memory WHERE number IN (SELECT value FROM json_each(?))", (wanted,))
    by_number = {row["number"]: row for row in rows}
    origins: dict[int, list[Origin]] = {}
    query = "SELECT * FROM origin WHERE memory IN (SELECT value FROM json_each(?)) ORDER BY rowid"
    for row in connection.execute(query, (wanted,)):
        fields = {name: row[name] for name in ("session", "entry", "event", "at", "text")}
        origins.setdefault(row["memory"], []).append(Origin(**fields))
    return [_memory(by_number[number], origins.get(number, [])) for number in numbers if number in by_number]


def _memory(row: sqlite3.Row, origins: list[Origin]) -> Memory:
    plain = ("id", "kind", "content", "context", "source", "confidence", "strength", "created_at", "updated_at")
    fields: dict[str, Any] = {name: row[name] for name in (*plain, "accessed_at", "access_count", "expires_at")}
    return Memory(
        **fields,
        scope=Scope(row["scope"], row["scope_key"]),
        topics=tuple(json.loads(row["topics"])),
        metadata=json.loads(row["metadata"]),
        origins=tuple(origins),
    )


def insert(connection: sqlite3.Connection, memory: Memory) -> int:
    """Add a memory with its origins, and return its row number."""
    values = _values(memory)
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    statement = f"INSERT INTO memory ({names}) VALUES ({marks})"  # noqa: S608  # our own column names
    number = connection.execute(statement, values).lastrowid or 0
    _file(connection, number, memory.topics)
    for origin in memory.origins:
        add_origin(connection, number, origin)
    return number


def update(connection: sqlite3.Connection, number: int, memory: Memory) -> None:
    """Write everything but the origins anew."""
    values = _values(memory)
    changes = ", ".join(f"{name} = :{name}" for name in values)
    statement = f"UPDATE memory SET {changes} WHERE number = :number"  # noqa: S608  # our own column names
    connection.execute(statement, {**values, "number": number})
    connection.execute("DELETE FROM topic WHERE memory = ?", (number,))
    _file(connection, number, memory.topics)


def add_origin(connection: sqlite3.Connection, number: int, origin: Origin, most: int | None = None) -> None:
    """Note where a memory also came from; of more than ``most`` origins the second oldest goes."""
    values = (number, origin.session, origin.entry, origin.event, origin.at, origin.text)
    connection.execute("INSERT INTO origin VALUES (?, ?, ?, ?, ?, ?)", values)
    if most is not None:
        connection.execute(
            "DELETE FROM origin WHERE memory = :number "
            "AND rowid > (SELECT min(rowid) FROM origin WHERE memory = :number) "
            "AND rowid <= (SELECT rowid FROM origin WHERE memory = :number ORDER BY rowid DESC LIMIT 1 OFFSET :newest)",
            {"number": number, "newest": most - 1},
        )


def remove(connection: sqlite3.Connection, numbers: Iterable[int], now: int) -> tuple[str, ...]:
    """Remove memories, so that no snapshot brings them back, and return their ids."""
    wanted = json.dumps(list(numbers))
    query = "SELECT id FROM memory WHERE number IN (SELECT value FROM json_each(?)) ORDER BY number"
    names = tuple(row["id"] for row in connection.execute(query, (wanted,)))
    connection.executemany("INSERT OR REPLACE INTO forgotten VALUES (?, ?)", [(name, now) for name in names])
    connection.execute("DELETE FROM memory WHERE number IN (SELECT value FROM json_each(?))", (wanted,))
    return names


def place(scopes: Iterable[Scope]) -> tuple[str, list[str]]:
    """Return a condition for rows of any of ``scopes``, and its parameters."""
    chosen = list(scopes)
    condition = " OR ".join(["(scope = ? AND scope_key = ?)"] * len(chosen)) or "0"
    return f"({condition})", [part for scope in chosen for part in (scope.kind, scope.key)]


def essence_of(content: str) -> str:
    """Return a digest that is the same for texts with the same essence."""
    said = "\n".join(_words.essence(content)) or content
    return hashlib.blake2b(said.encode(), digest_size=12).hexdigest()


def _values(memory: Memory) -> dict[str, Any]:
    plain = ("id", "kind", "content", "context", "source", "confidence", "strength", "created_at", "updated_at")
    values = {name: getattr(memory, name) for name in (*plain, "accessed_at", "access_count", "expires_at")}
    topics, metadata = (json.dumps(value, ensure_ascii=False) for value in (memory.topics, memory.metadata))
    size = sum(len(text.encode()) for text in (memory.content, memory.context, topics, metadata))
    place_of_it = {"scope": memory.scope.kind, "scope_key": memory.scope.key}
    return {
        **values, **place_of_it, "topics": topics, "metadata": metadata, "size": size,
        "essence": essence_of(memory.content), "place": _index.place_of(memory.scope),
    }  # fmt: skip


def _file(connection: sqlite3.Connection, number: int, topics: Iterable[str]) -> None:
    folded = {topic.casefold() for topic in topics}
    connection.executemany("INSERT INTO topic (memory, folded) VALUES (?, ?)", [(number, topic) for topic in folded])
