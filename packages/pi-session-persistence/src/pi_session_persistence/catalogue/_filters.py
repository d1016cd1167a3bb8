"""Which sessions and entries are wanted, as conditions of SQL."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from pi_session_persistence.catalogue._query import match_expression

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Filters", "Where"]


class Where(NamedTuple):
    """A condition of SQL with its values."""

    condition: str
    values: tuple[Any, ...] = ()

    @staticmethod
    def all_of(conditions: Iterable[Where]) -> Where:
        """Return a condition that holds where all of these do."""
        parts = list(conditions)
        text = " AND ".join(f"({part.condition})" for part in parts) or "1"
        return Where(text, tuple(value for part in parts for value in part.values))


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """Which sessions are wanted; what isn't given doesn't matter.

    Attributes:
        cwd: the working directory, or one above it.
        model: part of a model's id, in any case, of a model that answered in the session.
        provider: id of a provider that answered in it.
        tool: name of a tool that was called in it.
        since: last said something at that time or later, in ms since 1970.
        until: was begun before that time, in ms since 1970.
        min_cost: cost so many US dollars or more.
        max_cost: cost so many US dollars or less.
        branched: whether it has several branches.
        failed: whether an answer or a tool failed in it.
        damaged: whether its file is damaged.
        text: words that are in it, as for a search.
        session_ids: it is one of these; the ids are pi's.
        folders: its file is in one of these folders, or in a folder in them.
    """

    cwd: Path | None = None
    model: str | None = None
    provider: str | None = None
    tool: str | None = None
    since: int | None = None
    until: int | None = None
    min_cost: float | None = None
    max_cost: float | None = None
    branched: bool | None = None
    failed: bool | None = None
    damaged: bool | None = None
    text: str | None = None
    session_ids: frozenset[str] | None = None
    folders: tuple[Path, ...] = ()

    def sessions(self) -> Where:
        """Return the condition on sessions, the rows of the table ``session``."""
        found = [Where(condition, (value,)) for condition, value in self._plain() if value is not None]
        if self.cwd is not None:
            cwd = str(self.cwd)
            found.append(Where("session.cwd = ? OR (session.cwd > ? AND session.cwd < ?)", (cwd, *_below(cwd))))
        if self.model is not None:
            found.append(_spent_with("instr(lower(spent.model), lower(?))", self.model))
        if self.provider is not None:
            found.append(_spent_with("spent.provider = ?", self.provider))
        if self.tool is not None:
            called = "EXISTS (SELECT 1 FROM tool WHERE tool.session = session.id AND tool.name = ?)"
            found.append(Where(called, (self.tool,)))
        if self.text is not None:
            found.append(_with_words(self.text))
        if self.session_ids is not None:
            ids = msgspec.json.encode(sorted(self.session_ids)).decode()
            found.append(Where("session.session_id IN (SELECT value FROM json_each(?))", (ids,)))
        if self.folders:
            bounds = [_below(os.fsencode(folder)) for folder in self.folders]
            inside = " OR ".join(["(session.path > ? AND session.path < ?)"] * len(bounds))
            found.append(Where(inside, tuple(bound for pair in bounds for bound in pair)))
        return Where.all_of(found)

    def _plain(self) -> Iterable[tuple[str, object]]:
        yield "session.modified >= ?", self.since
        yield "coalesce(session.created, session.modified) < ?", self.until
        yield "session.cost >= ?", self.min_cost
        yield "session.cost <= ?", self.max_cost
        yield "(session.branches > 1) = ?", self.branched
        yield "(session.failures > 0) = ?", self.failed
        yield "session.damage = ?", self.damaged


def _below(folder: Any) -> tuple[Any, Any]:
    """Return the bounds between which the paths of everything in ``folder`` are, for text or bytes."""
    slash, after = ("/", "0") if isinstance(folder, str) else (b"/", b"0")
    stem = folder.rstrip(slash)
    return stem + slash, stem + after


def _with_words(query: str) -> Where:
    expression = match_expression(query)
    if not expression:
        return Where("0")
    having = "SELECT entry.session FROM words CROSS JOIN entry ON entry.id = words.rowid WHERE words MATCH ?"
    return Where(f"session.id IN ({having})", (expression,))


def _spent_with(condition: str, value: str) -> Where:
    return Where(f"EXISTS (SELECT 1 FROM spent WHERE spent.session = session.id AND {condition})", (value,))  # noqa: S608  # conditions of our own
