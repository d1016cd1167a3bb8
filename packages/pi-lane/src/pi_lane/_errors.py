"""Every error this package raises on purpose, under one base; each says what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "AcquireCancelledError",
    "DiskFullError",
    "ForeignHostError",
    "ForeignOwnerError",
    "HeadMovedError",
    "LaneError",
    "LaneNameError",
    "LeaseLostError",
    "NotPausedError",
    "RootNotWritableError",
    "StoreError",
    "StoreGoneError",
]


class LaneError(Exception):
    """Base of all errors of this package; its text is meant for a person."""


class LaneNameError(LaneError):
    """A lane name that is not taken.

    Attributes:
        name: the name as it was typed.
        reason: what is wrong with it.
    """

    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        self.reason = reason
        super().__init__(f"lane name {name!r} {reason}")


class StoreError(LaneError):
    """The state of the lanes cannot be read or written.

    Attributes:
        path: the file or folder it is about.
    """

    def __init__(self, path: Path, message: str) -> None:
        self.path = path
        super().__init__(message)


class RootNotWritableError(StoreError):
    """The folder of the lanes may not be used by this user, or is read-only."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            path,
            f"no access to the state of the lanes at '{path}' ({reason}): make it readable and writable for this user, "
            "or set PI_LANE_ROOT to a folder that is",
        )


class DiskFullError(StoreError):
    """No space is left for the state of the lanes; what was there before is untouched."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(path, f"no space for the state of the lanes at '{path}' ({reason}): free some, then try again")


class ForeignOwnerError(StoreError):
    """A file of the lanes belongs to another user and is closed to this one.

    Attributes:
        uid: the user it belongs to, or ``None`` if even that may not be seen.
    """

    def __init__(self, path: Path, uid: int | None) -> None:
        self.uid = uid
        whose = "another user" if uid is None else f"the user with id {uid}"
        super().__init__(
            path,
            f"'{path}' belongs to {whose} and is closed to this one: lanes are shared between terminals of one user; "
            "run pi as that user, or set PI_LANE_ROOT to a folder of your own",
        )


class StoreGoneError(StoreError):
    """The state of a lane was removed while this process used it."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            path, f"'{path}' was removed while in use: what ran under its lease no longer counts; send the prompt again"
        )


class LeaseLostError(LaneError):
    """A write under a lease that is no longer ours; nothing was changed.

    Attributes:
        lane: name of the lane.
        epoch: the epoch of the lost lease.
        owner: who has the lane now, for a person, or ``None`` if it is free.
        reason: how the lease went, for a person; may be empty.
    """

    def __init__(self, lane: str, epoch: int, owner: str | None, reason: str) -> None:
        self.lane = lane
        self.epoch = epoch
        self.owner = owner
        self.reason = reason
        now = f"{owner} has it now" if owner else "it is free now"
        why = f" ({reason})" if reason else ""
        super().__init__(
            f"the lease of lane {lane!r} with epoch {epoch} is lost{why}; {now}: what was written since stays a side "
            "branch; send the prompt again"
        )


class HeadMovedError(LaneError):
    """A head move that expected another head than the lane has; nothing was changed.

    Attributes:
        lane: name of the lane.
        expected: the entry id the caller expected, or ``None`` for "before the first entry".
        actual: the entry id the lane has.
    """

    def __init__(self, lane: str, expected: str | None, actual: str | None) -> None:
        self.lane = lane
        self.expected = expected
        self.actual = actual
        super().__init__(
            f"the head of lane {lane!r} is {actual!r} and not {expected!r}: read the lane and continue from its head"
        )


class AcquireCancelledError(LaneError):
    """The wait for a lease was cancelled; nothing is held or queued.

    Attributes:
        lane: name of the lane.
    """

    def __init__(self, lane: str) -> None:
        self.lane = lane
        super().__init__(f"the wait for lane {lane!r} was cancelled: send the prompt again to queue anew")


class NotPausedError(LaneError):
    """A takeover of an owner that is not paused.

    Attributes:
        lane: name of the lane.
        instance_id: the owner that was to be displaced.
        found: what it is instead, such as ``"alive"``.
    """

    def __init__(self, lane: str, instance_id: str, found: str) -> None:
        self.lane = lane
        self.instance_id = instance_id
        self.found = found
        super().__init__(
            f"cannot take lane {lane!r} from {instance_id!r}, which is {found}: only a paused owner can be displaced; "
            "ask it to abort, or wait"
        )


class ForeignHostError(LaneError):
    """Another tool's host runs this lane, so this terminal stands down.

    Attributes:
        lane: name of the lane.
        pid: process id of that host.
    """

    def __init__(self, lane: str, pid: int) -> None:
        self.lane = lane
        self.pid = pid
        super().__init__(
            f"a pi-sync host (process {pid}) runs lane {lane!r}: close the terminals that use it, then send again"
        )
