"""Facts about the current session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pi_host._context import Context

__all__ = ["Session"]


class Session:
    """The session that a context belongs to."""

    __slots__ = ("_ctx",)

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx

    @property
    def id(self) -> str:
        """pi's id of the session."""
        return str(self._ctx.fact("sessionId") or "")

    @property
    def file(self) -> str | None:
        """Path of the session file, ``None`` for a session in memory. pi may not have written it yet."""
        file: str | None = self._ctx.fact("sessionFile")
        return file

    @property
    def name(self) -> str | None:
        """The name given to the session."""
        name: str | None = self._ctx.fact("sessionName")
        return name

    @property
    def leaf_id(self) -> str | None:
        """Id of the entry that the next one will hang from."""
        leaf: str | None = self._ctx.fact("leafId")
        return leaf

    async def entries(self, since: str | None = None) -> list[dict[str, Any]]:
        """Return all entries of the session file in file order, or those after the entry with id ``since``."""
        entries: list[dict[str, Any]] = await self._ctx.call("session.entries", since=since)
        return entries

    async def branch(self) -> list[dict[str, Any]]:
        """Return the entries from the root to the leaf."""
        entries: list[dict[str, Any]] = await self._ctx.call("session.branch")
        return entries

    async def label(self, entry_id: str) -> str | None:
        """Return the label of an entry."""
        label: str | None = await self._ctx.call("session.label", entryId=entry_id)
        return label
