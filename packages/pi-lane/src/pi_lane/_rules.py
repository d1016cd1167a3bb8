"""How a lane's state changes: who may have it next, and what each change makes of it. Pure; no store, no clock."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import asdict, replace

from pi_lane.formats import now_iso
from pi_lane.store import AbortRequest, LaneState, Owner, Waiter

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["Instance", "aborting", "ahead_of", "created", "evicted", "granted", "joined", "left", "moved", "released"]


class Instance(msgspec.Struct, frozen=True):
    """Who wants a lane.

    Attributes:
        instance_id: the instance.
        pid: its process, for people.
        host: name of its machine, for people.
        label: how its terminal is shown, such as its working folder.
    """

    instance_id: str
    pid: int
    host: str
    label: str

    def as_owner(self, purpose: str) -> Owner:
        """Return it as the owner of a lane, from now on."""
        return Owner(**asdict(self), purpose=purpose, acquired_at=now_iso())

    def as_waiter(self, purpose: str) -> Waiter:
        """Return it as one in line, from now on."""
        return Waiter(**asdict(self), purpose=purpose, since=now_iso())


def ahead_of(state: LaneState, instance_id: str) -> tuple[Waiter, ...]:
    """Return who is in line before the instance: everybody, if it is not in line."""
    return tuple(takewhile(lambda waiter: waiter.instance_id != instance_id, state.queue))


def created(state: LaneState, base: str | None, title: str, tail: str | None) -> LaneState:
    """Return the first state of a lane that continues ``base``."""
    return _changed(state, "created", base_leaf_id=base, head=base, title=title, tail=tail)


def joined(state: LaneState, me: Waiter) -> LaneState:
    """Return ``state`` with ``me`` at the end of the line."""
    return _changed(state, "queued", queue=(*state.queue, me))


def granted(state: LaneState, version: int, owner: Owner, dead: Collection[str], reason: str) -> LaneState:
    """Return ``state`` with ``owner``, who leaves the line; so do the ``dead`` instances.

    The epoch is the number of the version that grants, so no two grants share one, whatever became of versions between.

    Args:
        state: the state of ``version``.
        version: the version that this one follows.
        owner: the new owner.
        dead: instances that leave the line too.
        reason: what happened, for people.
    """
    line = _without(state, {owner.instance_id, *dead})
    return _changed(state, reason, owner=owner, lease_epoch=version + 1, queue=line, abort=None)


def moved(state: LaneState, head: str | None, reason: str, *, tail: str | None = None, at_least: int = 0) -> LaneState:
    """Return ``state`` with another head, and a head epoch of ``at_least`` so much."""
    epoch = max(state.head_epoch + 1, state.lease_epoch, at_least)
    return _changed(state, reason, head=head, head_epoch=epoch, tail=tail)


def released(state: LaneState) -> LaneState:
    """Return ``state`` without an owner."""
    return _changed(state, "released", owner=None, abort=None)


def evicted(state: LaneState, by: str) -> LaneState:
    """Return ``state`` without its owner, whose lease is lost thereby; who is in line gets the lane."""
    return _changed(state, f"taken by {by}", owner=None, abort=None)


def left(state: LaneState, instance_id: str) -> LaneState:
    """Return ``state`` without the instance, neither in line nor as the owner."""
    owns = state.owner is not None and state.owner.instance_id == instance_id
    return _changed(
        state,
        "left",
        queue=_without(state, {instance_id}),
        owner=None if owns else state.owner,
        abort=None if owns else state.abort,
    )


def aborting(state: LaneState, by: str) -> LaneState:
    """Return ``state`` with a request to the owner to abort."""
    return _changed(state, f"abort requested by {by}", abort=AbortRequest(epoch=state.lease_epoch, by=by))


def _without(state: LaneState, instance_ids: Collection[str]) -> tuple[Waiter, ...]:
    return tuple(waiter for waiter in state.queue if waiter.instance_id not in instance_ids)


def _changed(state: LaneState, reason: str, **fields: object) -> LaneState:
    return replace(state, reason=reason, updated_at=now_iso(), **fields)
