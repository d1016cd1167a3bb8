"""What pi-lane and pi-sync leave on disk about who has a lane."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pi_lane import formats

if TYPE_CHECKING:
    from pathlib import Path

    from pi_lane.runtime import SessionPaths
    from pi_lane.store import LaneState

__all__ = ["Foreign", "find_foreign"]

#: As long as pi-sync's own tools believe a host.
_HOST_FRESH_S: Final = 5.0

#: As long as pi-lane protects a lock that does not say whose it is.
_LOCK_FRESH_S: Final = 600.0


@dataclass(frozen=True, slots=True)
class Foreign:
    """Another tool's claim on a lane.

    Attributes:
        tool: ``pi-lane`` or ``pi-sync``.
        instance_id: who, as that tool says; empty if it does not.
        pid: the process it names; None if it names none.
        since: ISO 8601; empty if it does not say.
        fresh: whether that tool itself would respect it.
    """

    tool: str
    instance_id: str
    pid: int | None
    since: str
    fresh: bool


def find_foreign(name: str, state: LaneState, paths: SessionPaths) -> Foreign | None:
    """Return another tool's claim on a lane, None if there is none.

    Args:
        name: the lane.
        state: its state, from which follows whether a lock is our own.
        paths: where the files are.
    """
    host = formats.read(paths.sync_folder(name) / "host.json", dict)
    if host and host.get("state") == "running" and _age(host.get("heartbeatAt")) <= _HOST_FRESH_S:
        return _claim("pi-sync", host, "instanceId", "startedAt", fresh=True)
    lock = formats.read(paths.lock_owner(name), dict)
    if lock is None:
        return _ownerless(paths.lock(name))
    if state.owner and lock.get("ownerInstanceId") == state.owner.instance_id:
        return None
    return _claim("pi-lane", lock, "ownerInstanceId", "acquiredAt", fresh=_age(lock.get("expiresAt")) <= 0)


def _claim(tool: str, data: dict[str, Any], who: str, since: str, *, fresh: bool) -> Foreign:
    pid = data.get("pid")
    texts = (value if isinstance(value := data.get(key), str) else "" for key in (who, since))
    instance_id, moment = texts
    return Foreign(tool, instance_id, pid if isinstance(pid, int) else None, moment, fresh)


def _ownerless(lock: Path) -> Foreign | None:
    try:
        age = time.time() - lock.stat().st_mtime
    except OSError:
        return None
    return Foreign("pi-lane", "", None, "", age <= _LOCK_FRESH_S)


def _age(moment: object) -> float:
    age = formats.age_s(moment) if isinstance(moment, str) else None
    return float("inf") if age is None else age
