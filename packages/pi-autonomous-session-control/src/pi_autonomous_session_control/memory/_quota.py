"""What goes by itself: the expired, the faded, and the least of the rest when the memory is full."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from pi_autonomous_session_control.memory import _decay, _rows

if TYPE_CHECKING:
    import sqlite3

__all__ = ["DEFAULT", "Quota", "enforce", "is_due", "sweep"]

_HOUR: Final = 3_600_000
#: A clock that is so much further than at the last time is not believed at once.
_LEAP: Final = 60 * _decay.DAY
#: Ids are kept out of snapshots for so long.
_FORGOTTEN_FOR: Final = 365 * _decay.DAY
#: When the memory is full so much of it is freed, so that the next one finds room without a search.
_FREED: Final = 0.02
_MOST_TRAP_HITS: Final = 10_000


class Quota(msgspec.Struct, frozen=True):
    """What the memory may hold.

    Attributes:
        memories: number.
        bytes: of their texts, topics and metadata in UTF-8; the file is about three times as large.
    """

    memories: int = 100_000
    bytes: int = 128 * 1024 * 1024


DEFAULT: Final = Quota()


def sweep(connection: sqlite3.Connection, now: int, *, force: bool = False) -> tuple[str, ...]:
    """Remove what has expired or faded, if an hour has passed since the last time; return the ids.

    A clock that has leapt is not believed the first time: what a wrong date would expire is only hidden until then.
    """
    last = _last(connection, "sweep")
    leapt = last is not None and not last - _HOUR <= now <= last + _LEAP
    if not is_due(connection, "sweep", now, 0 if force else _HOUR) or leapt:
        return ()
    gone = """
        SELECT number FROM memory WHERE expires_at <= :now
        UNION
        SELECT number FROM memory WHERE source IN ('session', 'inferred') AND accessed_at < :old
            AND strength_now(strength, accessed_at, access_count, :now) < :faint
    """
    values = {"now": now, "old": now - _decay.HALF_LIFE, "faint": _decay.FAINT}
    numbers = [row["number"] for row in connection.execute(gone, values)]
    connection.execute("DELETE FROM forgotten WHERE at < ?", (now - _FORGOTTEN_FOR,))
    connection.execute("DELETE FROM trap_hit WHERE rowid <= (SELECT max(rowid) FROM trap_hit) - ?", (_MOST_TRAP_HITS,))
    return _rows.remove(connection, numbers, now)


def is_due(connection: sqlite3.Connection, task: str, now: int, every: int) -> bool:
    """Tell whether ``every`` ms have passed since this was last true; a clock set back counts as if they had."""
    last = _last(connection, task)
    if last is not None and last <= now < last + every:
        return False
    connection.execute("INSERT OR REPLACE INTO fact VALUES (?, ?)", (task, now))
    return True


def _last(connection: sqlite3.Connection, task: str) -> int | None:
    row = connection.execute("SELECT value FROM fact WHERE name = ?", (task,)).fetchone()
    return None if row is None else int(row["value"])


def enforce(connection: sqlite3.Connection, quota: Quota, now: int, *, spare: str) -> tuple[str, ...]:
    """Make room if there is too much: expired first, then by strength that is left times confidence, traps last.

    The memory ``spare``, which has just come, stays. Returns the ids of those that went.
    """
    memories, size = connection.execute("SELECT memories, bytes FROM usage").fetchone()
    if memories <= quota.memories and size <= quota.bytes:
        return ()
    least = """
        SELECT number, size FROM memory WHERE id != :spare
        ORDER BY coalesce(expires_at <= :now, 0) DESC, kind = 'trap',
            strength_now(strength, accessed_at, access_count, :now) * confidence, number
    """
    surplus = memories - quota.memories + int(quota.memories * _FREED) if memories > quota.memories else 0
    weight = size - quota.bytes + int(quota.bytes * _FREED) if size > quota.bytes else 0
    numbers = []
    for row in connection.execute(least, {"spare": spare, "now": now}):
        if surplus <= 0 and weight <= 0:
            break
        numbers.append(row["number"])
        surplus -= 1
        weight -= row["size"]
    return _rows.remove(connection, numbers, now)
