"""The tables, and what SQLite is told about each connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pi_autonomous_session_control.memory import _decay

if TYPE_CHECKING:
    import sqlite3

__all__ = ["VERSION", "create", "prepare", "version_of"]

#: Kept in SQLite's ``user_version``; a database with a higher one is left alone.
VERSION: Final = 1

_TABLES: Final = """
CREATE TABLE memory (
    number       INTEGER PRIMARY KEY,
    id           TEXT NOT NULL UNIQUE,
    kind         TEXT NOT NULL,
    scope        TEXT NOT NULL,
    scope_key    TEXT NOT NULL,
    content      TEXT NOT NULL,
    context      TEXT NOT NULL,
    topics       TEXT NOT NULL,
    source       TEXT NOT NULL,
    confidence   REAL NOT NULL,
    strength     REAL NOT NULL,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    accessed_at  INTEGER NOT NULL,
    access_count INTEGER NOT NULL,
    expires_at   INTEGER,
    metadata     TEXT NOT NULL,
    size         INTEGER NOT NULL,
    essence      TEXT NOT NULL,
    place        TEXT NOT NULL
);
CREATE INDEX memory_by_scope ON memory (scope, scope_key, accessed_at);
CREATE INDEX memory_by_essence ON memory (essence, scope, scope_key, kind);
CREATE INDEX memory_by_expiry ON memory (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX memory_that_fades ON memory (accessed_at) WHERE source IN ('session', 'inferred');

-- The columns stand in the order of the key: with another one, quick_check of SQLite 3.40 sees damage where none is.
CREATE TABLE topic (
    folded TEXT NOT NULL,
    memory INTEGER NOT NULL REFERENCES memory ON DELETE CASCADE,
    PRIMARY KEY (folded, memory)
) WITHOUT ROWID;
CREATE INDEX topic_by_memory ON topic (memory);

CREATE TABLE origin (
    memory  INTEGER NOT NULL REFERENCES memory ON DELETE CASCADE,
    session TEXT NOT NULL,
    entry   TEXT NOT NULL,
    event   TEXT NOT NULL,
    at      INTEGER NOT NULL,
    text    TEXT NOT NULL
);
CREATE INDEX origin_by_memory ON origin (memory);

-- Ids that must not come back from a snapshot.
CREATE TABLE forgotten (id TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;

-- What a snapshot held when it was last written or read; see _sync.
CREATE TABLE shared (
    path   TEXT NOT NULL,
    id     TEXT NOT NULL,
    since  INTEGER NOT NULL,
    ours   INTEGER NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (path, id)
) WITHOUT ROWID;

CREATE TABLE trap_hit (
    trap    INTEGER NOT NULL REFERENCES memory ON DELETE CASCADE,
    at      INTEGER NOT NULL,
    session TEXT NOT NULL,
    tool    TEXT NOT NULL,
    outcome TEXT NOT NULL
);
CREATE INDEX trap_hit_by_trap ON trap_hit (trap);

CREATE TABLE usage (number INTEGER PRIMARY KEY CHECK (number = 1), memories INTEGER NOT NULL, bytes INTEGER NOT NULL);
INSERT INTO usage VALUES (1, 0, 0);
CREATE TABLE fact (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;

CREATE VIRTUAL TABLE search USING fts5 (
    content, topics, context, place, content='memory', content_rowid='number',
    tokenize='porter unicode61 remove_diacritics 2'
);
CREATE TRIGGER memory_added AFTER INSERT ON memory BEGIN
    INSERT INTO search (rowid, content, topics, context, place)
        VALUES (new.number, new.content, new.topics, new.context, new.place);
    UPDATE usage SET memories = memories + 1, bytes = bytes + new.size;
END;
CREATE TRIGGER memory_removed AFTER DELETE ON memory BEGIN
    INSERT INTO search (search, rowid, content, topics, context, place)
        VALUES ('delete', old.number, old.content, old.topics, old.context, old.place);
    UPDATE usage SET memories = memories - 1, bytes = bytes - old.size;
END;
CREATE TRIGGER memory_reworded AFTER UPDATE OF content, topics, context, place, size ON memory BEGIN
    INSERT INTO search (search, rowid, content, topics, context, place)
        VALUES ('delete', old.number, old.content, old.topics, old.context, old.place);
    INSERT INTO search (rowid, content, topics, context, place)
        VALUES (new.number, new.content, new.topics, new.context, new.place);
    UPDATE usage SET bytes = bytes + new.size - old.size;
END;
"""


def prepare(connection: sqlite3.Connection) -> None:
    """Set up a new connection; nothing is written."""
    import sqlite3  # noqa: PLC0415  # 4 ms, and most starts of the host need no memory

    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    # An acknowledged memory survives a power cut, and a forgotten one leaves no bytes behind in its page.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA cache_size = -16000")  # KiB at most: what a search over 100,000 memories reads
    connection.create_function("strength_now", 4, _decay.strength_now, deterministic=True)


def create(connection: sqlite3.Connection) -> None:
    """Make the tables in an empty database, all or none of them."""
    connection.execute("PRAGMA journal_mode = WAL")
    connection.executescript(f"BEGIN IMMEDIATE;{_TABLES}PRAGMA user_version = {VERSION};COMMIT;")


def version_of(connection: sqlite3.Connection) -> int:
    """Return the version of the tables, 0 for a database without any."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
