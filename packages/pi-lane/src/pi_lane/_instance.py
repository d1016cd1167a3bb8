"""This terminal's instance: what others see of it, and what it sees of them."""

from __future__ import annotations

import os
import socket
import uuid
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from pi_lane import formats
from pi_lane.lease import Instance
from pi_lane.runtime import MAIN, Identity, SessionPaths, lane_root, session_key
from pi_lane.store import Liveness

if TYPE_CHECKING:
    from pi_host import Context
    from pi_lane.store import Store

__all__ = ["ThisInstance"]


class ThisInstance:
    """One terminal's instance among those of its session.

    Attributes:
        file: the session file.
        paths: where the session's lanes are.
        me: who we are to others.
        lane: name of the lane we are on.
        status: ``"idle"``, ``"waiting"``, ``"active"`` or ``"disconnected"``.
    """

    def __init__(self, ctx: Context, file: str) -> None:
        self._ctx = ctx
        self._started_at = formats.now_iso()
        pid = os.getppid()  # pi's own
        label = f"pi {pid} in {Path(ctx.cwd).name or ctx.cwd}"
        self.file = file
        self.paths = SessionPaths(lane_root(), session_key(file))
        self.me = Instance(str(uuid.uuid4()), pid, socket.gethostname(), label)
        self.lane = MAIN
        self.status = "idle"

    @property
    def identity(self) -> Identity:
        """Who a tool of this terminal is."""
        return Identity(
            root=self.paths.root,
            instance_id=self.me.instance_id,
            session_id=self._ctx.session.id or None,
            session_key=self.paths.key,
            session_file=self.file,
            lane=self.lane,
        )

    @property
    def journal(self) -> Path:
        """The file that keeps what cannot be written yet."""
        return self.paths.pending(self.me.instance_id)

    async def export(self) -> None:
        """Tell tools and child processes who they run in."""
        await self._ctx.pi.set_env(self.identity.environment())

    def show(self, status: str | None = None) -> None:
        """Write what others see of this terminal, with another status if one is given."""
        self.status = status or self.status
        seen = formats.InstanceFile(
            instance_id=self.me.instance_id,
            pid=self.me.pid,
            lane=self.lane,
            status=self.status,
            session_id=self._ctx.session.id or None,
            session_key=self.paths.key,
            session_file=self.file,
            leaf_id=None if self.status == "disconnected" else self._ctx.session.leaf_id,
            started_at=self._started_at,
            last_seen_at=formats.now_iso(),
        )
        with suppress(OSError):  # nothing is decided by it
            formats.write(self.paths.instance(self.me.instance_id), seen)

    def seen(self) -> list[formats.InstanceFile]:
        """Return every terminal that ever was on this session and has not been forgotten."""
        files = sorted(self.paths.instances.glob("*.json"))
        return [seen for path in files if (seen := formats.read(path, formats.InstanceFile)) is not None]

    async def is_alone(self, store: Store) -> bool:
        """Return whether no other living terminal is on our lane."""
        others = [
            seen.instance_id
            for seen in self.seen()
            if seen.lane == self.lane and seen.instance_id != self.me.instance_id
        ]
        return all([await store.alive(other) is Liveness.DEAD for other in others])

    async def inherited(self, store: Store) -> list[Path]:
        """Return the journals of terminals that died on our lane before they could write."""
        lanes = {seen.instance_id: seen.lane for seen in self.seen()}
        found = []
        for path in self.paths.instances.glob("*.pending.jsonl"):
            instance = path.name.partition(".")[0]
            if lanes.get(instance, MAIN) == self.lane and await store.alive(instance) is Liveness.DEAD:
                found.append(path)
        return found
