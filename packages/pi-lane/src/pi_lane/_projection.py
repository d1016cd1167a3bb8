"""What pi-lane and pi-sync see of a lane, and what we respect of theirs. We decide nothing by what we show.

While one of us owns a lane, ``{lane}.lock/owner.json`` says so in pi-lane's words, and ``{lane}.json`` gives the head.
Whatever we do to the lock we do by its descriptor, or after making sure that it is ours: an instance that was stopped
cannot remove or overwrite somebody else's when it comes back.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from pi_lane import formats
from pi_lane._errors import ForeignHostError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pi_lane.runtime import SessionPaths
    from pi_lane.store import LaneState

__all__ = ["Projection"]

#: What pi-lane grants an owner that does not beat any more, in seconds; also a lock that does not say whose it is.
TTL_S: Final = 600.0

#: How often what others see is written anew, in seconds.
BEAT_S: Final = 2.0

#: A foreign owner that is over its time by the wall clock must also have been silent for so long, in seconds: three
#: beats. Else a clock that is set forward would end its lease.
_SILENT_S: Final = 6.0

#: A pi-sync host beats every second and counts as gone after so many, in seconds.
_HOST_S: Final = 5.0


class Projection:
    """One lane as others see it, shown by one instance.

    Args:
        paths: where the session's lanes are.
        lane: name of the lane.
        clock: a monotonic clock, in seconds.
    """

    def __init__(self, paths: SessionPaths, lane: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._paths = paths
        self._lane = lane
        self._clock = clock
        self._folder = -1
        self._owner: formats.LeaseOwner | None = None
        self._beaten_at = 0.0
        self._foreign: tuple[bytes, float] | None = None
        self._left: list[int] = []
        self._aside: list[Path] = []

    def stand_down(self) -> None:
        """Make sure that no pi-sync host runs this lane.

        Raises:
            ForeignHostError: one does.
        """
        host = formats.read(self._paths.sync_folder(self._lane) / "host.json", formats.SyncHostFile)
        if host is None or host.state != "running" or not _exists(host.pid):
            return
        age_s = formats.age_s(host.heartbeat_at)
        if age_s is not None and abs(age_s) <= _HOST_S:
            raise ForeignHostError(self._lane, host.pid)

    def claim(self, state: LaneState) -> str | None:
        """Show that the owner in ``state``, which is us, has the lane.

        Returns:
            ``None`` if it is done, or cannot be done at all; else who of another tool has the lane.
        """
        if self._folder >= 0:
            return None
        try:
            if not self._made(state):
                who = self._put_aside_if_over()
                return who if who or self._made(state) else "another tool that came between"
        except OSError:
            self._close()
        return None

    def refresh(self) -> None:
        """Beat, if it is time to."""
        if self._folder >= 0 and self._owner and self._clock() - self._beaten_at >= BEAT_S:
            with suppress(OSError):
                self._write_owner()

    def release(self) -> None:
        """Show that we have the lane no more; a lock that is not ours stays."""
        if self._folder >= 0:
            with suppress(OSError):
                self._put_aside(self._folder)
            self._left.append(self._folder)
            self._folder, self._owner = -1, None

    def sweep(self) -> None:
        """Remove what is left of released locks; this takes its time, so it is not for when somebody waits."""
        while self._left:
            os.close(self._left.pop())
        while self._aside:
            aside = self._aside.pop()
            with suppress(OSError):
                for file in list(aside.iterdir()):
                    file.unlink()
                aside.rmdir()

    def publish(self, state: LaneState, by: str) -> None:
        """Show the head of the lane, unless it is shown already, or a newer one.

        Args:
            state: the state of the lane.
            by: the instance that shows it.
        """
        shown = self.shown()
        now = formats.now_iso()
        file = shown or formats.LaneFile(
            schema_version=1,
            name=self._lane,
            session_key=self._paths.key,
            base_leaf_id=state.base_leaf_id,
            head_entry_id=None,
            head_epoch=-1,
            created_at=now,
            updated_at=now,
            title=state.title or None,
        )
        if file.head_epoch >= state.head_epoch:
            return
        moved = replace(file, head_entry_id=state.head, head_epoch=state.head_epoch, updated_at=now, updated_by=by)
        with suppress(OSError):
            formats.write(self._paths.lane_cursor(self._lane), moved)

    def shown(self) -> formats.LaneFile | None:
        """Return the lane as it is shown, by us or by another tool."""
        return formats.read(self._paths.lane_cursor(self._lane), formats.LaneFile)

    def _made(self, state: LaneState) -> bool:
        lock = self._paths.lock(self._lane)
        try:
            lock.mkdir(mode=0o700)
        except FileExistsError:
            return False
        self._foreign = None
        self._folder = _opened(lock)
        self._owner = _owner_file(state)
        self._write_owner()
        return True

    def _put_aside_if_over(self) -> str | None:
        """Remove the lock that is there if nobody has the lane by it any more; return who has it else."""
        try:
            folder = _opened(self._paths.lock(self._lane))
        except FileNotFoundError:
            return None
        try:
            who = self._holder(folder)
            if who is None:
                self._put_aside(folder)
            return who
        finally:
            os.close(folder)

    def _holder(self, folder: int) -> str | None:
        content = _content(folder)
        owner = formats.parse(content, formats.LeaseOwner)
        if owner and self._paths.alive(owner.owner_instance_id).exists():
            # One of us had it, and the lane was given to us since.
            return None
        now = self._clock()
        if self._foreign is None or self._foreign[0] != content:
            self._foreign = (content, now)
        silent_s = now - self._foreign[1]
        if silent_s >= TTL_S or (silent_s >= _SILENT_S and _over(os.fstat(folder).st_mtime, owner)):
            return None
        return f"{owner.owner_instance_id} (process {owner.pid})" if owner else "another tool that has yet to say who"

    def _put_aside(self, folder: int) -> None:
        """Remove the lock if it is this folder; its descriptor keeps it from being mistaken for another."""
        lock = self._paths.lock(self._lane)
        mine = os.fstat(folder)
        if not os.path.samestat(lock.stat(), mine):
            return
        aside = lock.with_name(f"{lock.name}.{os.urandom(8).hex()}")
        lock.rename(aside)
        if os.path.samestat(aside.stat(), mine):
            self._aside.append(aside)
        else:
            # Somebody came between; what they made goes back, unless they made another already.
            aside.rename(lock)

    def _close(self) -> None:
        if self._folder >= 0:
            os.close(self._folder)
        self._folder, self._owner = -1, None

    def _write_owner(self) -> None:
        if self._owner is None:
            return
        now = datetime.now(UTC)
        self._owner = replace(self._owner, last_heartbeat_at=_iso(now), expires_at=_iso(now + timedelta(seconds=TTL_S)))
        draft = f"owner.json.{os.getpid()}.{os.urandom(4).hex()}.tmp"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        with os.fdopen(os.open(draft, flags, 0o600, dir_fd=self._folder), "wb") as file:
            file.write(formats.dump(self._owner))
        os.replace(draft, "owner.json", src_dir_fd=self._folder, dst_dir_fd=self._folder)
        self._beaten_at = self._clock()


def _owner_file(state: LaneState) -> formats.LeaseOwner:
    now = formats.now_iso()
    return formats.LeaseOwner(
        schema_version=1,
        lane=state.lane,
        owner_instance_id=state.owner.instance_id if state.owner else "",
        pid=state.owner.pid if state.owner else 0,
        lease_epoch=state.lease_epoch,
        status="active",
        acquired_at=now,
        last_heartbeat_at=now,
        expected_head_entry_id=state.head,
    )


def _over(made_at: float, owner: formats.LeaseOwner | None) -> bool:
    """Return whether pi-lane would break this lock."""
    past_s = formats.age_s(owner.expires_at) if owner and owner.expires_at else None
    if past_s is not None:
        return past_s > 0
    age_s = formats.age_s(owner.acquired_at) if owner else None
    return (time.time() - made_at if age_s is None else age_s) > TTL_S


def _opened(folder: Path) -> int:
    return os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)


def _content(folder: int) -> bytes:
    try:
        with os.fdopen(os.open("owner.json", os.O_RDONLY | os.O_CLOEXEC, dir_fd=folder), "rb") as file:
            return file.read()
    except OSError:
        return b""


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
