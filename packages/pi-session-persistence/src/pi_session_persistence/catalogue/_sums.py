"""What sessions took: tokens and cost by day, model and working directory, and the calls of tools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from pi_session_persistence.catalogue._filters import Where

if TYPE_CHECKING:
    import sqlite3


__all__ = ["Part", "Sums", "ToolSum", "sums"]


class Part(msgspec.Struct, frozen=True):
    """What something took.

    Attributes:
        key: the day (ISO 8601, UTC), the model as ``provider/id``, or the working directory.
        sessions: how many sessions had a part in it.
        requests: to models.
        input: tokens sent that were not in the provider's cache.
        output: tokens received.
        cache_read: tokens sent that were in the cache.
        cache_write: tokens sent that went into it.
        cost: in US dollars.
    """

    key: str
    sessions: int
    requests: int
    input: int
    output: int
    cache_read: int
    cache_write: int
    cost: float

    @property
    def tokens(self) -> int:
        """Tokens of all kinds together."""
        return self.input + self.output + self.cache_read + self.cache_write


class DayPart(msgspec.Struct, frozen=True):
    """What one model took on one day; tokens of all kinds together, cost in US dollars."""

    day: str
    model: str
    tokens: int
    cost: float


class ToolSum(msgspec.Struct, frozen=True):
    """A tool: in how many sessions it was called, how often, and how often it failed."""

    name: str
    sessions: int
    calls: int
    errors: int


class Sums(msgspec.Struct, frozen=True):
    """What sessions took.

    Attributes:
        sessions: how many there are.
        prompts: how many prompts in them.
        answers: how many answers of models.
        failures: how many answers and tools failed.
        total: everything together.
        days: by day, in order.
        models: by model, the dearest first.
        cwds: by working directory, the dearest first.
        daily: by day and model, in order.
        tools: the calls of tools, most calls first.
    """

    sessions: int
    prompts: int
    answers: int
    failures: int
    total: Part
    days: list[Part]
    models: list[Part]
    cwds: list[Part]
    daily: list[DayPart]
    tools: list[ToolSum]


_SUMS: Final = (
    "count(DISTINCT session.id), coalesce(sum(requests), 0), coalesce(sum(input), 0), coalesce(sum(output), 0), "
    "coalesce(sum(cache_read), 0), coalesce(sum(cache_write), 0), coalesce(sum(spent.cost), 0.0)"
)

_MODEL: Final = "trim(spent.provider || '/' || spent.model, '/')"


def sums(database: sqlite3.Connection, where: Where, days: tuple[str, str]) -> Sums:
    """Return what the sessions took for which ``where`` holds, from the first to the last of ``days``."""
    then = Where.all_of([Where("requests > 0 AND day BETWEEN ? AND ?", days), where])

    def parts(key: str, order: str) -> list[Part]:
        query = f"SELECT {key} AS k, {_SUMS} FROM spent JOIN session ON session.id = spent.session "  # noqa: S608  # names of our own
        query += f"WHERE {then.condition} GROUP BY k ORDER BY {order}"
        return [Part(*row) for row in database.execute(query, then.values)]

    counts = "count(*), coalesce(sum(prompts), 0), coalesce(sum(answers), 0), coalesce(sum(failures), 0)"
    daily = (
        f"SELECT day, {_MODEL} AS k, sum(input + output + cache_read + cache_write), sum(spent.cost) "  # noqa: S608  # as above
        f"FROM spent JOIN session ON session.id = spent.session WHERE {then.condition} "
        "GROUP BY day, k ORDER BY day, k"
    )
    tools = (
        "SELECT tool.name, count(*), sum(calls), sum(errors) FROM tool JOIN session ON session.id = tool.session "  # noqa: S608  # as above
        f"WHERE {where.condition} GROUP BY tool.name ORDER BY sum(calls) DESC, tool.name"
    )
    dearest = "sum(spent.cost) DESC, sum(input + output) DESC, k"
    total = parts("''", "k")
    counted = database.execute(f"SELECT {counts} FROM session WHERE {where.condition}", where.values).fetchone()  # noqa: S608  # as above
    return Sums(
        **dict(zip(("sessions", "prompts", "answers", "failures"), counted, strict=True)),
        total=total[0] if total else Part("", 0, 0, 0, 0, 0, 0, 0.0),
        days=parts("day", "k"),
        models=parts(_MODEL, dearest),
        cwds=parts("coalesce(session.cwd, '')", dearest),
        daily=[DayPart(*row) for row in database.execute(daily, then.values)],
        tools=[ToolSum(*row) for row in database.execute(tools, where.values)],
    )
