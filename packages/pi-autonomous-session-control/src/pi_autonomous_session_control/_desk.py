"""One session as the plugin serves it: its mirror, its memory and what is done in it."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pi_autonomous_session_control.edge import Ids

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pi_autonomous_session_control._learned import Learned
    from pi_autonomous_session_control.actions import Followups, Guard, Warnings
    from pi_autonomous_session_control.mirror import Event, Mirror
    from pi_autonomous_session_control.tool import Answer, View
    from pi_host import Block, Context

__all__ = ["Desk", "now_ms"]

#: Seconds to wait for the mirror before answering with what it has.
_PATIENCE: Final = 5.0


def now_ms() -> int:
    """Return the time in ms since 1970."""
    return time.time_ns() // 1_000_000


class Desk:
    """Serves one session. For the event loop's thread, but where it says otherwise.

    What is heavy is loaded in a thread while pi goes on; what happens until then is put down afterwards.

    Args:
        ctx: of the session.
        reason: why it is taken up, as pi says.
        parent: file of the session that it was forked from, if pi says so.
    """

    def __init__(self, ctx: Context, reason: str, parent: str | None = None) -> None:
        self.ctx = ctx
        self.session = ctx.session.id
        self.cwd = ctx.cwd
        self.mirror: Mirror | None = None
        self._waiting: list[Callable[[Mirror], None]] = []
        self._stale = ctx.session.leaf_id is not None
        self._leaf = ctx.session.leaf_id
        self._file = ctx.session.file
        self._reason, self._parent = reason, parent
        self._warn = _number(ctx, "warn_after")
        self._help = _command(ctx, "help_command")
        self._errands: set[asyncio.Task[None]] = set()
        self.learned: Learned
        self.guard: Guard
        self.followups: Followups
        self._warnings: Warnings
        self._ids = Ids()
        self._opening = asyncio.get_running_loop().create_task(self._open())

    async def opened(self) -> Mirror | None:
        """Return the mirror once it is there, ``None`` if there can't be one."""
        await asyncio.shield(self._opening)
        return self.mirror

    def record(self, put: Callable[[Mirror], None]) -> None:
        """Put something down, now or as soon as the mirror is there."""
        if self.mirror is not None:
            put(self.mirror)
        elif not self._opening.done():
            self._waiting.append(put)

    def note(self, event: Event, *, early: bool = False) -> None:
        """Put an event down."""
        self.record(lambda mirror: mirror.note(event, early=early))

    def tell(self, text: str) -> None:
        """Tell the user that something is wrong; from any thread."""
        self.ctx.ui.notify(f"self: {text}", "warning")

    def moved(self) -> None:
        """The session stands somewhere else now."""
        self._stale = True

    async def guarded(self, tool: str, call: str, given: dict[str, Any], ctx: Context) -> Block | None:
        """Put a call down, and let the traps that it steps into decide."""
        mirror = self.mirror or await self.opened()
        if mirror is None:
            return None
        if not mirror.ready.is_set():  # what the call changes must not count as having been there
            await asyncio.to_thread(mirror.ready.wait, _PATIENCE)
        hits = self.guard.hits(tool, given, ctx.cwd)
        leaf = ctx.session.leaf_id
        mirror.call(leaf, call, tool, given)
        if not hits:
            return None
        outcome, answer = await self.guard.decide(hits, tool, ctx)
        if answer is not None:
            mirror.dropped(call)
        from pi_autonomous_session_control.mirror import Trapped  # noqa: PLC0415  # loaded by now

        for hit in hits:
            trap = hit.trap
            mirror.note(
                Trapped(
                    at=now_ms(),
                    entry=leaf,
                    trap=trap.id,
                    level=trap.level,
                    outcome=outcome,
                    tool=tool,
                    description=trap.description[:200],
                )
            )
        return answer

    async def ask(self, query: str, context: object, op: str | None, ctx: Context) -> tuple[Any, Answer]:
        """Return how a query was understood and its answer, after doing what it asks for."""
        self.ctx = ctx
        mirror = await self.opened()
        if mirror is None:
            from pi_autonomous_session_control.routing import UNKNOWN, Route  # noqa: PLC0415  # rare
            from pi_autonomous_session_control.tool import Answer  # noqa: PLC0415  # rare

            text = "The mirror could not be opened in this session; the notice at its start says why."
            nothing = Route(False, UNKNOWN, UNKNOWN, UNKNOWN, {}, 0.0, None)  # noqa: FBT003  # fields in order
            return nothing, Answer(text=text, understood=False)
        await self._refresh(mirror, ctx)
        found, answer = await asyncio.to_thread(self._resolve, mirror, query, context, op)
        await self._perform(answer, ctx)
        return found, answer

    async def view(self, ctx: Context) -> View | None:
        """Return what the mirror knows."""
        mirror = await self.opened()
        if mirror is None:
            return None
        await self._refresh(mirror, ctx)
        return await asyncio.to_thread(self._view, mirror)

    def settled(self, ctx: Context) -> None:
        """A run is over."""
        leaf = ctx.session.leaf_id
        self.record(lambda mirror: mirror.look(leaf))
        if self.mirror is not None:
            self.followups.settled(ctx)

    async def close(self) -> None:
        """Write what is left."""
        with suppress(TimeoutError):  # what is being opened can't be called off, but has to be closed
            await asyncio.wait_for(asyncio.shield(self._opening), _PATIENCE)
        for errand in list(self._errands):
            errand.cancel()
        if self.mirror is not None:
            self.followups.close()
            await asyncio.to_thread(self._close, self.mirror)

    async def _open(self) -> None:
        try:
            self.mirror = await asyncio.to_thread(self._load)
        except Exception as error:  # noqa: BLE001  # whatever it is, pi goes on without a mirror
            self.tell(f"there is no mirror in this session: {type(error).__name__}: {error}")
            return
        for put in self._waiting:
            put(self.mirror)
        self._waiting.clear()
        self.followups.restore(await asyncio.to_thread(self._queued, self.mirror), self.ctx)

    def _load(self) -> Mirror:
        """Load and open everything; in a thread."""
        from pi_autonomous_session_control._learned import Learned  # noqa: PLC0415  # heavy
        from pi_autonomous_session_control.actions import Followups, Guard, Warnings  # noqa: PLC0415  # heavy
        from pi_autonomous_session_control.mirror import Beginning, Delivered, Mirror, log_path  # noqa: PLC0415  # heavy

        self.learned = Learned(self.cwd, self.session, self.tell)
        self.guard = Guard(self.learned, self.session)
        self.followups = Followups(lambda name: self.note(Delivered(at=now_ms(), entry=self._here(), id=name)))
        self._warnings = Warnings(self._warn)
        beginning = Beginning(
            session=self.session,
            file=self._file,
            cwd=self.cwd,
            reason=self._reason,
            leaf=self._leaf,
            parent=self._parent or _parent_of(self._file),
        )
        heard = self._look_for_loops if self._warn else None
        mirror = Mirror(log_path(), beginning, tell=self.tell, heard=heard)
        self._maintain()
        return mirror

    def _maintain(self) -> None:
        from pi_autonomous_session_control.memory import MemoryStoreError  # noqa: PLC0415  # loaded by now

        try:
            self.learned.store.maintain()
        except MemoryStoreError as error:
            self.learned.say(str(error))

    async def _refresh(self, mirror: Mirror, ctx: Context) -> None:
        if await asyncio.to_thread(mirror.has_news):
            self._stale = True
        if self._stale:
            entries = await ctx.session.branch()
            mirror.stand([entry["id"] for entry in entries if "id" in entry])
            self._stale = False

    def _resolve(self, mirror: Mirror, query: str, context: object, op: str | None) -> tuple[Any, Answer]:
        from pi_autonomous_session_control.tool import resolve  # noqa: PLC0415  # loaded by now

        return resolve(query, context, op, self._view(mirror))

    def _view(self, mirror: Mirror) -> View:
        from pi_autonomous_session_control.loops import find  # noqa: PLC0415  # loaded by now
        from pi_autonomous_session_control.mirror import fold  # noqa: PLC0415  # loaded by now
        from pi_autonomous_session_control.tool import View  # noqa: PLC0415  # loaded by now

        leaf = self._here()
        mirror.look(leaf)
        mirror.drain(_PATIENCE)
        events = mirror.events()
        state = fold(events)
        return View(
            state=state,
            elsewhere=fold(mirror.everything()),
            patterns=find(events, turns_since_change=state.turns_since_change),
            session=self.session,
            leaf=leaf,
            now=now_ms(),
            ids=self._ids,
            learned=self.learned,
        )

    async def _perform(self, answer: Answer, ctx: Context) -> None:
        from pi_autonomous_session_control.actions import call_for_help  # noqa: PLC0415  # loaded by now
        from pi_autonomous_session_control.mirror import Asked, Branched, Marked, Queued  # noqa: PLC0415  # as above

        for event in answer.events:
            self.note(event)
            if isinstance(event, Marked) and event.target is not None:
                ctx.pi.set_label(event.target, event.label)
            elif isinstance(event, Queued):
                self.followups.add(event, ctx)
            elif isinstance(event, Asked):
                self._start(call_for_help(event, self._help, ctx, self.session))
            elif isinstance(event, Branched):
                ctx.ui.notify(
                    f"The agent proposes a branch: {event.objective}. Fork at {event.source} with /fork or /tree."
                )
        if answer.prefill is not None:
            ctx.ui.set_editor_text(answer.prefill)

    def _start(self, errand: Any) -> None:
        task = asyncio.get_running_loop().create_task(errand)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    def _look_for_loops(self) -> None:
        """In the mirror's thread."""
        from pi_autonomous_session_control.loops import find  # noqa: PLC0415  # loaded by now

        mirror = self.mirror
        if mirror is not None and (warned := self._warnings.push(find(mirror.events()), self.ctx)):
            mirror.note(warned)

    def _queued(self, mirror: Mirror) -> list[Any]:
        from pi_autonomous_session_control.mirror import fold  # noqa: PLC0415  # loaded by now

        mirror.drain(_PATIENCE)
        return list(fold(mirror.everything()).queued.values())

    def _close(self, mirror: Mirror) -> None:
        mirror.look(self._here())
        mirror.close()
        self.learned.close()

    def _here(self) -> str | None:
        return self.ctx.session.leaf_id


def _parent_of(file: str | None) -> str | None:
    """Return the file that a session file says it was forked from."""
    if file is None or not Path(file).exists():  # pi writes a new one later
        return None
    from pi_host.sessionfile import read_header  # noqa: PLC0415  # heavy, and in a thread

    try:
        header = read_header(Path(file))
    except OSError:
        return None
    return header.parent_session if header is not None else None


def _number(ctx: Context, name: str) -> int:
    value = ctx.options.get(name, 0)
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    ctx.ui.notify(f"self: {name} = {value!r} in pi-host.toml is no number of repetitions; write {name} = 4", "error")
    return 0


def _command(ctx: Context, name: str) -> Sequence[str]:
    value = ctx.options.get(name, [])
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return value
    ctx.ui.notify(f"self: {name} = {value!r} in pi-host.toml is no list of program and arguments", "error")
    return ()
