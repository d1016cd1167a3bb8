"""Whether an instance may have the lane now, or has to wait, and for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from pi_lane import _rules
from pi_lane.store import LaneState, Liveness, Owner

if TYPE_CHECKING:
    from collections.abc import Callable

    from pi_lane._rules import Instance
    from pi_lane.store import Store, Versioned

__all__ = ["Judge", "LaneView"]

#: So many at the head of the line are looked at all the time: a pause is only found by looking on.
_WATCHED: Final = 4


class LaneView(msgspec.Struct, frozen=True):
    """A lane as one instance sees it.

    Attributes:
        version: number of the state.
        state: the state: head, owner, queue, request to abort.
        mine: whether this instance is the owner.
        place: this instance's place in line, 1 for the next one, or ``None`` if it does not wait.
        owner_is: what the owner is, or ``None`` if there is none.
        paused_s: for how long, in seconds, this instance has known the owner to be paused; 0 if it is not.
        foreign: another tool's instance that has the lane, or ``None``.
    """

    version: int
    state: LaneState
    mine: bool
    place: int | None
    owner_is: Liveness | None
    paused_s: float = 0.0
    foreign: str | None = None


class Judge:
    """Judges for one instance on one lane.

    Args:
        store: where the lane is.
        me: the instance.
        take_after_s: for how long, in seconds, a paused owner keeps the lane.
        clock: a monotonic clock, in seconds.
    """

    def __init__(self, store: Store, me: Instance, take_after_s: float, clock: Callable[[], float]) -> None:
        self._store = store
        self._me = me
        self._take_after_s = take_after_s
        self._clock = clock
        self._paused: tuple[str, int] | None = None
        self._paused_at = 0.0

    async def next_state(self, got: Versioned, purpose: str) -> LaneState | None:
        """Return the state that brings this instance nearer to the lane, or ``None`` if it has to wait."""
        state = got.state
        found = await self.owner_is(state)
        keeps = self._keeps(state, found)
        # Also while the owner keeps the lane: whoever is paused by then holds nobody up afterwards.
        dead = await self._dead_ahead(state)
        if not keeps and dead is not None:
            return _rules.granted(state, got.version, self._me.as_owner(purpose), dead, self._reason(state, found))
        waits = any(waiter.instance_id == self._me.instance_id for waiter in state.queue)
        return None if waits else _rules.joined(state, self._me.as_waiter(purpose))

    async def owner_is(self, state: LaneState) -> Liveness | None:
        """Return what the lane's owner is, or ``None`` if it has none."""
        if state.owner is None:
            self._paused = None
            return None
        found = await self._store.alive(state.owner.instance_id)
        lease = (state.owner.instance_id, state.lease_epoch)
        if found is not Liveness.PAUSED:
            self._paused = None
        elif self._paused != lease:
            self._paused, self._paused_at = lease, self._clock()
        return found

    async def view(self, got: Versioned, foreign: str | None) -> LaneView:
        """Return the lane as this instance sees it."""
        line = [waiter.instance_id for waiter in got.state.queue]
        mine = self._is_me(got.state.owner)
        return LaneView(
            version=got.version,
            state=got.state,
            mine=mine,
            place=line.index(self._me.instance_id) + 1 if self._me.instance_id in line else None,
            owner_is=await self.owner_is(got.state),
            paused_s=self._clock() - self._paused_at if self._paused else 0.0,
            foreign=foreign,
        )

    def _keeps(self, state: LaneState, found: Liveness | None) -> bool:
        # An instance that asks has no lease, so a lease in its name is one that it failed to give back.
        if found is None or self._is_me(state.owner):
            return False
        return found is Liveness.ALIVE or (
            found is Liveness.PAUSED and self._clock() - self._paused_at < self._take_after_s
        )

    async def _dead_ahead(self, state: LaneState) -> set[str] | None:
        """Return who in line before this instance is dead, or ``None`` if one of them is alive; paused ones stay."""
        dead = set()
        held_up = False
        for place, waiter in enumerate(_rules.ahead_of(state, self._me.instance_id)):
            if held_up and place >= _WATCHED:
                break
            found = await self._store.alive(waiter.instance_id)
            held_up = held_up or found is Liveness.ALIVE
            if found is Liveness.DEAD:
                dead.add(waiter.instance_id)
        return None if held_up else dead

    def _reason(self, state: LaneState, found: Liveness | None) -> str:
        if state.owner is None or found is None or self._is_me(state.owner):
            return "granted"
        return f"taken from {state.owner.label} ({state.owner.instance_id}), which was {found.value}"

    def _is_me(self, owner: Owner | None) -> bool:
        return owner is not None and owner.instance_id == self._me.instance_id
