"""Search in what was said in all sessions."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from pi_host.sessionfile import Entry, scan
from pi_session_persistence.catalogue._database import TOKENIZER
from pi_session_persistence.catalogue._digest import digest
from pi_session_persistence.catalogue._filters import Where
from pi_session_persistence.catalogue._query import match_expression
from pi_session_persistence.catalogue._rows import Hit, Row, Said

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pi_session_persistence.catalogue._filters import Filters

__all__ = ["Found", "Wanted", "row_of", "said", "search"]

#: So many of the newest entries with the words are looked at; the best of them are shown.
MOST_CANDIDATES: Final = 1000

#: Words around those that were found.
_AROUND: Final = 24

#: Set around the words in an excerpt; control characters, which texts are freed of before.
_ON, _OFF = "\x02", "\x03"


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which entries are wanted; what isn't given doesn't matter.

    Attributes:
        kinds: it is of one of these kinds.
        tool: it is a result of this tool.
        since: it was written at that time or later, in ms since 1970.
        until: it was written before that time, in ms since 1970.
        failed: whether it tells of a failure.
        active: whether it is on the branch that the session goes on with.
    """

    kinds: frozenset[str] = frozenset()
    tool: str | None = None
    since: int | None = None
    until: int | None = None
    failed: bool | None = None
    active: bool | None = None

    def entries(self) -> Where:
        """Return the condition on entries, the rows of the table ``entry``."""
        plain = (
            ("entry.tool = ?", self.tool),
            ("entry.at >= ?", self.since),
            ("entry.at < ?", self.until),
            ("entry.failed = ?", self.failed),
            ("entry.active = ?", self.active),
        )
        found = [Where(condition, (value,)) for condition, value in plain if value is not None]
        if self.kinds:
            marks = ", ".join("?" * len(self.kinds))
            found.append(Where(f"entry.kind IN ({marks})", tuple(sorted(self.kinds))))
        return Where.all_of(found)


class Found(NamedTuple):
    """What a search found.

    Attributes:
        hits: the best ones, best first.
        total: how many entries were found.
        more: whether there are even more than that.
    """

    hits: list[Hit]
    total: int
    more: bool


def search(database: sqlite3.Connection, query: str, filters: Filters, wanted: Wanted, limit: int) -> Found:
    """Return the entries that have the words of ``query``: the best of the newest ones.

    Args:
        database: the catalogue.
        query: as a person types it.
        filters: which sessions to look in.
        wanted: which entries to look at.
        limit: how many to return.
    """
    expression = match_expression(query)
    if not expression:
        return Found([], 0, more=False)
    where = Where.all_of([filters.sessions(), wanted.entries()])
    newest = database.execute(
        "SELECT words.rowid, bm25(words) FROM words CROSS JOIN entry ON entry.id = words.rowid "  # noqa: S608  # conditions of our own
        f"JOIN session ON session.id = entry.session WHERE words MATCH ? AND {where.condition} "
        "ORDER BY words.rowid DESC LIMIT ?",
        (expression, *where.values, MOST_CANDIDATES + 1),
    ).fetchall()
    more = len(newest) > MOST_CANDIDATES
    del newest[MOST_CANDIDATES:]
    best = sorted(newest, key=lambda row: (row[1], -row[0]))[:limit]
    return Found(_hits(database, expression, [row[0] for row in best]), len(newest), more)


def said(database: sqlite3.Connection, after: int, query: str, filters: Filters, wanted: Wanted) -> list[Said]:
    """Return the entries with higher numbers than ``after``, in their order; the arguments are those of ``search``."""
    expression = match_expression(query)
    where = Where.all_of(
        [
            Where("entry.id > ? AND entry.kind != ''", (after,)),
            *([Where(_MATCHING, (expression, after))] if expression else []),
            *(filters.sessions(), wanted.entries()),
        ]
    )
    columns = ", ".join(f"entry.{name}" for name in _Place._fields)
    found = database.execute(
        f"SELECT {columns}, entry.failed, session.row FROM entry JOIN session ON session.id = entry.session "  # noqa: S608  # conditions of our own
        f"WHERE {where.condition} ORDER BY entry.id",
        where.values,
    ).fetchall()
    return [_said(_Place(*place), row_of(row), failed=bool(failed)) for *place, failed, row in found]


_MATCHING: Final = "entry.id IN (SELECT rowid FROM words WHERE words MATCH ? AND rowid > ?)"


def _said(place: _Place, row: Row, *, failed: bool) -> Said:
    return Said(place.id, row, place.entry, place.kind, place.tool, place.at, failed, _text(row, place))


row_of: Final = msgspec.msgpack.Decoder(Row).decode


class _Place(NamedTuple):
    """Where an entry is, and what is known of it."""

    id: int
    entry: str | None
    line: int
    offset: int
    length: int
    kind: str
    tool: str | None
    at: int | None
    active: bool


def _hits(database: sqlite3.Connection, expression: str, ids: Sequence[int]) -> list[Hit]:
    columns = ", ".join(f"entry.{name}" for name in _Place._fields)
    query = f"SELECT {columns}, session.row FROM entry JOIN session ON session.id = entry.session WHERE entry.id = ?"  # noqa: S608  # names of our own
    found: list[tuple[_Place, Row]] = []
    for identity in ids:
        *place, row = database.execute(query, (identity,)).fetchone()
        found.append((_Place(*place), row_of(row)))
    excerpts = _excerpts(expression, ((place.id, _text(row, place)) for place, row in found))
    return [_hit(place, row, excerpts.get(place.id, "")) for place, row in found]


def _hit(place: _Place, row: Row, marked: str) -> Hit:
    excerpt, marks = _unmarked(marked)
    return Hit(row, place.entry, place.line, place.kind, place.tool, place.at, bool(place.active), excerpt, marks)


def _text(row: Row, place: _Place) -> str:
    """Return what was said, from the session file; empty if something else is there by now."""
    try:
        with row.file.open("rb") as file:
            file.seek(place.offset)
            raw = file.read(place.length)
    except OSError:
        return ""
    found = next((item for item in scan(raw) if isinstance(item, Entry)), None)
    return digest(found).text if found is not None and found.id in (place.entry, None) else ""


def _excerpts(expression: str, texts: Iterable[tuple[int, str]]) -> dict[int, str]:
    """Return the words with those around them, as FTS5 itself finds them."""
    with closing(sqlite3.connect(":memory:")) as memory:
        memory.execute(f"CREATE VIRTUAL TABLE words USING fts5 (text, tokenize='{TOKENIZER}')")
        plain = ((identity, text.translate(_NO_MARKS)) for identity, text in texts)
        memory.executemany("INSERT INTO words (rowid, text) VALUES (?, ?)", plain)
        query = "SELECT rowid, snippet(words, 0, ?, ?, '…', ?) FROM words WHERE words MATCH ?"
        found = memory.execute(query, (_ON, _OFF, _AROUND, expression)).fetchall()
    return dict(found)


_NO_MARKS: Final = dict.fromkeys(map(ord, (_ON, _OFF)), " ")


def _unmarked(marked: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    text = ""
    marks: list[tuple[int, int]] = []
    for number, part in enumerate(" ".join(marked.split()).replace(_OFF, _ON).split(_ON)):
        if number % 2:
            marks.append((len(text), len(text) + len(part)))
        text += part
    return text, tuple(marks)
