"""What the user of a terminal sees and can do while it waits for the lane."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Self

from pi_host import PiHostError
from pi_lane._errors import LaneError
from pi_lane._status import waiting_text
from pi_lane.store import Liveness

if TYPE_CHECKING:
    from pi_host import Context
    from pi_lane.lease import Lane, LaneView

__all__ = ["Waiting"]

#: How often the status line counts the time, in seconds.
_TICK_S: Final = 5.0

#: So many lines of a prompt are shown while it waits.
_SHOWN_LINES: Final = 5


class Waiting:
    """One wait; a context manager that leaves nothing on the screen.

    Args:
        ctx: pi's context.
        lane: what is waited for.
        prompt: what is to be said then; pi itself shows it only once the run has begun.
    """

    def __init__(self, ctx: Context, lane: Lane, prompt: str) -> None:
        self._ctx = ctx
        self._lane = lane
        self._prompt = prompt
        self._view: LaneView | None = None
        self._clock: asyncio.Task[None] | None = None
        self._question: asyncio.Task[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for task in (self._clock, self._question):
            if task is not None:
                task.cancel()
        if self._view is not None:
            self._ctx.ui.set_status(None)
            self._ctx.ui.set_widget(None)

    def update(self, view: LaneView) -> None:
        """Show what is waited for now; to be called by the lane whenever that changes."""
        if self._view is None and self._prompt:
            self._ctx.ui.set_widget(_shown(self._prompt))
        self._view = view
        self._ctx.ui.set_status(waiting_text(self._lane.name, view))
        self._clock = self._clock or asyncio.create_task(self._tick())
        paused = view.owner_is is Liveness.PAUSED
        if paused and self._ctx.has_ui and self._question is None:
            self._question = asyncio.create_task(self._ask(view))
        elif not paused and self._question is not None:
            self._question.cancel()  # closes the dialog
            self._question = None

    async def _tick(self) -> None:
        while self._view is not None:
            await asyncio.sleep(_TICK_S)
            self._ctx.ui.set_status(waiting_text(self._lane.name, self._view))

    async def _ask(self, view: LaneView) -> None:
        owner = view.state.owner
        if owner is None:
            return
        question = (
            f"{owner.label} does not show itself any more: it was stopped, or hangs. If you take the lane, its run is "
            "cut off and stays in the session as a side branch."
        )
        with suppress(PiHostError, LaneError):
            if await self._ctx.ui.confirm(f"Take over lane {self._lane.name}?", question):
                await self._lane.take(owner.instance_id)


def _shown(prompt: str) -> list[str]:
    lines = prompt.splitlines()
    return lines if len(lines) <= _SHOWN_LINES else [*lines[: _SHOWN_LINES - 1], "..."]
