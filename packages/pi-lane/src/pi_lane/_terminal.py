"""One terminal on one session: its lane, its lease, and what pi asks of it."""

from __future__ import annotations

import asyncio
import uuid
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pi_host import PiHostError
from pi_lane._errors import HeadMovedError, LaneError, LeaseLostError
from pi_lane._inside import Grant, Inside, Place, Taken
from pi_lane._instance import ThisInstance
from pi_lane._waiting import Waiting
from pi_lane.lease import TAKE_AFTER_S, Lane, Lease, Projection
from pi_lane.runtime import MAIN
from pi_lane.store import FileStore, Liveness

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from pi_host import Context
    from pi_lane.lease import LaneView
    from pi_lane.store import LaneState

__all__ = ["Terminal"]

#: A terminal that does not show itself for so long, in seconds, counts as paused.
_PAUSED_AFTER_S: Final = 20.0

#: How often a terminal shows that its pi works, and how often what others see of it is written, in seconds.
_BEAT_S: Final = 1.0
_SHOWN_EVERY_S: Final = 5.0

#: A pi that does not answer for so long, in seconds, does not count as working.
_PATIENCE_S: Final = 10.0

#: pi has drawn what it has to after so long, in seconds.
_DRAWN_S: Final = 0.2

#: How long the end of a session waits for the lane, in seconds, to write what is still kept.
_FAREWELL_S: Final = 1.5


class Terminal:
    """One terminal; made by ``open``.

    Attributes:
        ctx: pi's context of the session.
        presence: what others see of it.
        store: where the lanes are.
        lane: the lane it is on.
        inside: the module inside its pi.
        orphan: the entry of the last notice about work that is on no lane.
    """

    def __init__(self, ctx: Context, file: str) -> None:
        self.ctx = ctx
        self.here = ThisInstance(ctx, file)
        self.inside = Inside(ctx)
        paused = ctx.options.get("paused_after", _PAUSED_AFTER_S)
        self.store = FileStore(self.here.paths, self.here.me.instance_id, paused_after_s=float(paused))
        self.lane: Lane
        self.orphan: str | None = None
        self._lease: Lease | None = None
        self._leaf: str | None = None
        self._orphans: set[str] = set()
        self._untold: str | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._following = asyncio.Lock()
        self._moving = asyncio.Lock()
        self._closed = False

    @classmethod
    async def open(cls, ctx: Context, file: str) -> Terminal:
        """Put the terminal on lane ``main`` of the session in ``file``.

        Raises:
            LaneError: lanes cannot be kept for this session; nothing is guarded then.
            PiHostError: the module inside pi could not be asked.
        """
        terminal = cls(ctx, file)
        await terminal.store.__aenter__()
        try:
            terminal.lane = await terminal._enter(terminal.here.lane)
            await terminal._look_around()
            terminal.here.show()
            await terminal.here.export()
            await terminal.inside.open(terminal.here.journal)
        except BaseException:
            await terminal.store.__aexit__()
            raise
        terminal._start(terminal._beat())
        terminal._start(terminal.follow())
        if await terminal.inside.pending():
            terminal._start(terminal.write())
        return terminal

    async def close(self) -> None:
        """Leave the session. What is still kept stays in the journal, from which the next terminal writes it."""
        self._closed = True
        with suppress(LaneError, PiHostError, TimeoutError):
            if await self.inside.pending():
                async with asyncio.timeout(_FAREWELL_S):
                    await self.write()
        for task in list(self._tasks):
            task.cancel()
        self.here.show("disconnected")
        await self.lane.__aexit__()
        await self.store.__aexit__()

    # What pi asks

    async def run(self, prompt: str) -> None:
        """Wait for the lane and hand it to pi for a run that says ``prompt``.

        Raises:
            LaneError: the lane cannot be had; the text says what to do.
        """
        self.here.show("waiting")
        try:
            with Waiting(self.ctx, self.lane, prompt) as waiting:
                self._lease = await self._acquire("run", waiting)
        finally:
            self.here.show("idle" if self._lease is None else "active")

    async def write(self) -> None:
        """Have pi write what it kept, as soon as the lane is free."""
        lease = await self._acquire("write", None)
        await lease.release()

    async def progress(self, leaf: str | None) -> None:
        """A turn of the run is complete: whoever has to take over goes on from here."""
        async with self._moving:
            if self._lease is not None:
                await self._move(self._lease, leaf)

    async def settled(self, leaf: str | None) -> None:
        """The run is over: the lane goes on from ``leaf``, with whoever is next."""
        async with self._moving:
            lease, self._lease = self._lease, None
            if lease is not None:
                try:
                    await self._move(lease, leaf)
                finally:
                    await lease.release()
        self.here.show("idle")

    def lost(self, reason: str) -> None:
        """pi found out that the lane is not ours any more, and aborts its run."""
        self._lease = None
        self._tell(
            f"{reason}. This run was stopped; what it said stays in the session as a side branch (/tree), and "
            "/lane adopt ENTRY goes on from there",
        )
        self.here.show("idle")

    async def navigated(self, leaf: str | None) -> None:
        """The user went to another place of the session tree, from where the next prompt goes on."""
        if leaf == await self.head():
            return
        for name in self.here.paths.lane_names():
            if name != self.lane.name and await self.head(name) == leaf:
                await self.join(name)
                return
        if await self.here.is_alone(self.store):
            await self._set_head(leaf)
            return
        await self.branch_off(self.draft_name(), leaf)
        # pi draws the session anew as soon as this returns, which wipes notices away.
        asyncio.get_running_loop().call_later(
            _DRAWN_S,
            self.ctx.ui.notify,
            f"You went elsewhere in the session tree, so this terminal is on a lane of its own now, {self.lane.name}; "
            "the others stay where they are. /lane join main brings you back",
        )

    async def follow(self) -> None:
        """Let an idle pi show what other terminals did."""
        async with self._following:
            if self._lease is None and not self._closed:
                view = await self.lane.view()
                running = view.owner_is in {Liveness.ALIVE, Liveness.PAUSED}
                if await self.inside.follow(await self._place(view.state), running=running, show=self.ctx.has_ui):
                    self._leaf = view.state.head
                    self._tell_orphan(self._untold)  # not before, since drawing wipes notices away

    # What the user asks

    async def join(self, name: str) -> None:
        """Go on with lane ``name``, which exists.

        Raises:
            LaneError: the lane cannot be read, or a run of this terminal is going on.
        """
        if self._lease is not None:
            raise LaneError("a run is going on here; wait for its end or abort it, then join")
        before, self.lane = self.lane, await self._enter(name)
        await before.__aexit__()
        self.here.lane = name
        self.here.show()
        self.ctx.ui.set_status(None if name == MAIN else f"lane {name}", key="lane")
        await self.here.export()
        await self.follow()

    async def branch_off(self, name: str, base: str | None, title: str = "") -> None:
        """Make lane ``name`` from entry ``base`` and go on with it.

        Raises:
            LaneError: as for ``join``, or the lane cannot be made.
        """
        async with self._lane(name) as made:
            await made.create(base, title, tail=await self._last())
        await self.join(name)

    async def adopt(self, entry: str) -> None:
        """Let the lane go on from ``entry``."""
        await self._set_head(entry)
        await self.follow()

    def call_off(self) -> bool:
        """Let the run that waits for the lane end before it begins; return whether there was one."""
        return self.lane.cancel("run")

    @staticmethod
    def draft_name() -> str:
        """Return a name for a lane that nobody named."""
        return f"draft-{uuid.uuid4().hex[:6]}"

    async def start(self) -> str | None:
        """Return the entry from which our lane would go on."""
        return (await self.inside.look(await self._place((await self.lane.view()).state))).start

    async def head(self, lane: str | None = None) -> str | None:
        """Return the head of a lane, by default of ours."""
        return (await self.store.read(lane or self.lane.name)).state.head

    # Inner workings

    def _lane(self, name: str) -> Lane:
        return Lane(
            self.store,
            name,
            self.here.me,
            projection=Projection(self.here.paths, name),
            knows=self._knows,
            take_after_s=float(self.ctx.options.get("take_after", TAKE_AFTER_S)),
            on_change=self._changed,
            on_error=lambda error: self._tell(str(error), "error"),
        )

    async def _enter(self, name: str) -> Lane:
        return await self._lane(name).__aenter__()

    async def _look_around(self) -> None:
        before = await self.lane.view()
        look = await self.inside.look(await self._place(before.state))
        await self.lane.create(look.last, tail=look.last)
        self._leaf = look.leaf
        # What lies there while somebody has the lane is a run that is going on.
        if before.owner_is in {None, Liveness.DEAD} and (await self.lane.view()).version == before.version:
            self._untold = look.orphan

    async def _place(self, state: LaneState) -> Place:
        """Return where our lane, which is in ``state``, lies among the others."""
        names = [name for name in self.here.paths.lane_names() if name != self.lane.name]
        states = [(await self.store.read(name)).state for name in names]
        busy = [
            state.head
            for state in states
            if state.owner is not None and await self.store.alive(state.owner.instance_id) is not Liveness.DEAD
        ]
        others = [state.head for state in states if state.head is not None]
        return Place(head=state.head, tail=state.tail, others=others, busy=busy)

    def _knows(self, entry: str) -> bool:
        """Whether the session file has an entry; asked only when another tool moved the lane."""
        wanted = f'"id":"{entry}"'.encode()
        with suppress(OSError), Path(self.here.file).open("rb") as file:
            return any(wanted in line for line in file)
        return False

    async def _acquire(self, purpose: str, waiting: Waiting | None) -> Lease:
        while True:
            lease = await self.lane.acquire(purpose, waiting.update if waiting else None)
            try:
                taken = await self._hand_over(lease, keep=waiting is not None)
            except BaseException:
                await lease.release()
                raise
            if not taken.lost:
                self._tell_orphan(taken.orphan)
                return lease
            await lease.release()

    async def _hand_over(self, lease: Lease, *, keep: bool) -> Taken:
        journals = await self.here.inherited(self.store)
        taken = await self.inside.take(await self._grant(lease, journals, keep=keep))
        if not taken.lost:
            for journal in journals:
                journal.unlink(missing_ok=True)
            await self._move(lease, taken.leaf)
        return taken

    async def _grant(self, lease: Lease, journals: list[Path], *, keep: bool) -> Grant:
        fence = {
            "log": str(self.here.paths.register_log(self.lane.name)),
            "version": lease.version,
            "epoch": lease.epoch,
            "instance": self.here.me.instance_id,
        }
        return Grant(
            fence=fence,
            lane=await self._place((await self.lane.view()).state),
            inherited=[str(path) for path in journals],
            keep=keep,
        )

    async def _last(self) -> str | None:
        return (await self.inside.look(Place(head=None, tail=None, others=[], busy=[]))).last

    async def _set_head(self, entry: str | None) -> None:
        async with await self.lane.acquire("move") as lease:
            await lease.move_head(entry, expected=lease.head, tail=await self._last())

    async def _move(self, lease: Lease, leaf: str | None) -> None:
        self._leaf = leaf
        if leaf == lease.head:
            return
        try:
            await lease.move_head(leaf, expected=lease.head, tail=leaf)
        except LeaseLostError:
            pass  # the module inside pi finds out by itself, and tells
        except HeadMovedError as error:
            self._tell(str(error), "error")

    def _changed(self, view: LaneView) -> None:
        if self._closed or view.state.lane != self.lane.name:
            return
        wanted = view.state.abort
        if self._lease is not None and not view.mine:
            self.inside.verify()
        elif self._lease is not None and wanted is not None and wanted.epoch == self._lease.epoch:
            self._tell(f"{wanted.by} asked to abort this run")
            self.inside.abort()
        elif self.here.status == "idle" and view.state.head != self._leaf:
            self._start(self.follow())

    def _tell_orphan(self, orphan: str | None) -> None:
        if orphan is None or orphan in self._orphans:
            return
        self._orphans.add(orphan)
        self.orphan = orphan
        self._tell(
            f"the session has work that is on no lane, up to entry {orphan}: a run that was cut off, or pi without "
            f"lanes. It stays in the session (/tree); /lane adopt {orphan} goes on from it",
        )

    def _tell(self, text: str, level: str = "warning") -> None:
        self.ctx.ui.notify(f"lane {self.lane.name}: {text}", "error" if level == "error" else "warning")

    async def _beat(self) -> None:
        beats, idle = 0, 0
        while True:
            await asyncio.sleep(_BEAT_S)
            try:
                async with asyncio.timeout(_PATIENCE_S):
                    idle = idle + 1 if await self.inside.is_idle() else 0
            except TimeoutError:
                continue  # this pi hangs: others see that we do not beat
            await self.store.keepalive(self.here.me.instance_id)
            beats += 1
            if beats % round(_SHOWN_EVERY_S / _BEAT_S) == 0:
                self.here.show()
            if idle > 1 and self._lease is not None:
                await self.settled(self._leaf)  # a run that never told its end must not keep the lane

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(self._guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            with suppress(PiHostError):  # the session has been replaced, or pi is gone
                await work
        except LaneError as error:
            self._tell(str(error), "error")
