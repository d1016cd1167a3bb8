"""The companion module of this plugin, and what Python asks of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from pi_host import companion

if TYPE_CHECKING:
    from pathlib import Path

    from pi_host import Companion, Context

__all__ = ["MODULE", "Grant", "Inside", "Look", "Place", "Taken"]

MODULE: Final[Companion] = companion("pi_side/index.js")


class Look(msgspec.Struct):
    """How the session file lies to a lane's head.

    Attributes:
        start: where the lane would go on.
        orphan: the file's last entry, if something was said there that is on no lane.
        last: the file's last entry.
        leaf: where pi stands.
    """

    start: str | None
    orphan: str | None
    last: str | None
    leaf: str | None


class Place(msgspec.Struct):
    """How a lane lies among others.

    Attributes:
        head: where the lane goes on.
        tail: last entry of the file when it was put there.
        others: heads of the other lanes.
        busy: heads of those among them that somebody has: what follows such a head is a run that is going on.
    """

    head: str | None
    tail: str | None
    others: list[str]
    busy: list[str | None]


class Grant(msgspec.Struct):
    """What pi needs to know to write on a lane.

    Attributes:
        fence: how it finds out for itself that the lane is lost: ``log`` of the lane's versions, the ``version`` and
            ``epoch`` of the lease, and its ``instance``.
        lane: where it lies.
        inherited: journals of terminals that died before they could write.
        keep: whether the lane stays ours for a run; otherwise what pi kept is written, and that is all.
    """

    fence: dict[str, Any]
    lane: Place
    inherited: list[str]
    keep: bool


class Taken(msgspec.Struct):
    """What became of a lane that was handed to pi.

    Attributes:
        leaf: where pi stands now, after what it had kept was written.
        orphan: as in ``Look``.
        lost: whether the lane was no longer ours when pi got it, and has to be asked for again.
    """

    leaf: str | None
    orphan: str | None
    lost: bool


class Inside:
    """The module inside one session's pi."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx

    async def open(self, journal: Path) -> None:
        """Guard the session file; ``journal`` keeps what has to wait."""
        await self._call("open", journal=str(journal))

    async def close(self) -> None:
        """Let pi write as it likes."""
        await self._call("close")

    async def look(self, lane: Place) -> Look:
        """Return where a lane would go on."""
        return msgspec.convert(await self._call("look", lane=msgspec.to_builtins(lane)), Look)

    async def take(self, grant: Grant) -> Taken:
        """Let pi write under a lease."""
        return msgspec.convert(await self._call("take", **msgspec.to_builtins(grant)), Taken)

    async def follow(self, lane: Place, *, running: bool, show: bool) -> bool:
        """Let an idle pi go to where a lane would go on, and with ``show`` draw what is there; return whether it did.

        From a run that is going on there, and that pi has read with its session file, it does not go back.
        """
        where = {"lane": msgspec.to_builtins(lane), "running": running, "show": show}
        return bool((await self._call("follow", **where))["followed"])

    async def knows(self, entry: str) -> bool:
        """Return whether the session has an entry."""
        return bool(await self._call("knows", entry=entry))

    async def pending(self) -> int:
        """Return how many entries wait for the lane."""
        return int(await self._call("pending"))

    async def is_idle(self) -> bool:
        """Return whether pi has nothing to do; that it answers at all is a sign of life."""
        return bool((await self._call("ping"))["idle"])

    def verify(self) -> None:
        """Have pi look whether the lane is still ours, which it does by itself only where it goes on with its run."""
        MODULE.post(self._ctx, "verify")

    def abort(self) -> None:
        """Have pi abort its run."""
        MODULE.post(self._ctx, "abort")

    async def _call(self, name: str, **data: Any) -> Any:
        return await MODULE.call(self._ctx, name, data)
