"""How a run gets its session, and what it does when somebody else has it."""

from __future__ import annotations

import asyncio
import os
import time
from itertools import count
from typing import TYPE_CHECKING, Final, NamedTuple

from pi_session_persistence._errors import BusyError
from pi_session_persistence.launcher._fork import fork_file
from pi_session_persistence.launcher._ready import header_members
from pi_session_persistence.launcher._steering import NotSteerableError, steer
from pi_session_persistence.locking import lock

if TYPE_CHECKING:
    from pi_session_persistence.launcher._settings import Options
    from pi_session_persistence.locking import Lock
    from pi_session_persistence.registry import Record

__all__ = ["Steered", "Taken", "take"]

_WHAT: Final = "pi-session run"

#: Between two attempts to get a session, in seconds.
_STEP_S: Final = 0.05

#: A run opens its door for others, or is gone, within so many seconds.
_DOOR_S: Final = 10.0


class Taken(NamedTuple):
    """A session that is ours while its lock is held."""

    record: Record
    held: Lock


class Steered(NamedTuple):
    """A prompt that the run of another process took, and what the model said in the end."""

    record: Record
    text: str


async def take(external_id: str, prompt: str, options: Options) -> Taken | Steered:
    """Take the session of an external id.

    Raises:
        BusyError: somebody else has it, and goes on having it.
        IdCollisionError: another id has its file.
    """
    registry = options.registry
    record = registry.claim(external_id)
    until, told = _until(options), False
    while True:
        try:
            held = lock(record.pi_file, what=_WHAT, patience_s=0.0 if options.busy == "wait" else _STEP_S)
        except BusyError as busy:
            if (taken := await _otherwise(record, prompt, options, busy, until)) is not None:
                return taken
            if not told and options.on_wait is not None:
                options.on_wait(busy)
            told = True
            await asyncio.sleep(_STEP_S)
        else:
            # The one who had it may have moved the id to another file.
            now = registry.claim(external_id)
            if now.pi_file == record.pi_file:
                return Taken(now, held)
            held.release()
        record = registry.get(external_id) or registry.claim(external_id)


async def _otherwise(
    record: Record, prompt: str, options: Options, busy: BusyError, until: float
) -> Taken | Steered | None:
    """Do what the policy says about a busy session; ``None`` to try again."""
    if options.busy == "fork":
        return _fork(record, options, busy)
    if options.busy == "steer":
        try:
            return Steered(record, await steer(busy, prompt))
        except NotSteerableError as error:
            busy = error
    if options.busy == "fail" or time.monotonic() >= until:
        raise busy
    inside = os.environ.get("PI_SESSION_EXTERNAL_ID")
    if options.busy == "wait" and inside and options.registry.is_same(inside, record.external_id):
        raise BusyError(record.pi_file, busy.holder, "this process belongs to that run, and would wait for itself")
    return None


def _fork(record: Record, options: Options, busy: BusyError) -> Taken:
    registry = options.registry
    for number in count(2):
        name = f"{record.external_id}~{number}"
        target = registry.path_of(name)
        if registry.get(name) is not None or target.exists():
            continue
        try:
            held = lock(target, what=_WHAT)
        except BusyError:
            continue
        fork = registry.claim(name, parent=record.external_id)
        try:
            fork_file(record.pi_file, target, extra=header_members(fork))
        except BaseException as error:
            registry.forget(name)
            held.release()
            if isinstance(error, FileNotFoundError):
                raise BusyError(record.pi_file, busy.holder, "there is nothing yet that could be forked") from error
            raise
        return Taken(fork, held)
    raise AssertionError  # numbers don't end


def _until(options: Options) -> float:
    if options.wait_s is not None:
        return time.monotonic() + options.wait_s
    return time.monotonic() + _DOOR_S if options.busy == "steer" else float("inf")
