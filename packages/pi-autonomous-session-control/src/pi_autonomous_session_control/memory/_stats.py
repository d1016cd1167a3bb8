"""How full the memory is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    import sqlite3

from pi_autonomous_session_control.memory._quota import Quota

__all__ = ["Stats", "count"]


class Stats(msgspec.Struct, kw_only=True, frozen=True):
    """How full the memory is.

    Attributes:
        memories: number of all memories.
        bytes: of their texts.
        by_scope: number by kind of scope.
        by_kind: number by kind.
        topics: the twenty most used, with their numbers.
        fading: inferred ones, which go when they are faint.
        expiring: those with a date.
        forgotten: ids that must not come back.
        quota: what fits.
        file_bytes: size of the database.
    """

    memories: int
    bytes: int
    by_scope: dict[str, int]
    by_kind: dict[str, int]
    topics: dict[str, int]
    fading: int
    expiring: int
    forgotten: int
    quota: Quota
    file_bytes: int


def count(connection: sqlite3.Connection, quota: Quota) -> Stats:
    """Return how full the database is."""

    def one(query: str) -> int:
        return int(connection.execute(query).fetchone()[0])

    def grouped(query: str) -> dict[str, int]:
        return {str(name): int(number) for name, number in connection.execute(query)}

    return Stats(
        memories=one("SELECT memories FROM usage"),
        bytes=one("SELECT bytes FROM usage"),
        by_scope=grouped("SELECT scope, count(*) FROM memory GROUP BY scope ORDER BY scope"),
        by_kind=grouped("SELECT kind, count(*) FROM memory GROUP BY kind ORDER BY kind"),
        topics=grouped("SELECT folded, count(*) FROM topic GROUP BY folded ORDER BY count(*) DESC, folded LIMIT 20"),
        fading=one("SELECT count(*) FROM memory WHERE source IN ('session', 'inferred')"),
        expiring=one("SELECT count(*) FROM memory WHERE expires_at IS NOT NULL"),
        forgotten=one("SELECT count(*) FROM forgotten"),
        quota=quota,
        file_bytes=one("PRAGMA page_count") * one("PRAGMA page_size"),
    )
