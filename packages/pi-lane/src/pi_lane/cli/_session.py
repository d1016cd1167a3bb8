"""Which session a command is about: the one named, or the one whose terminal the command runs in."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pi_host.sessionfile import Header, scan
from pi_lane import formats
from pi_lane.cli._errors import CommandError
from pi_lane.graph import one_line
from pi_lane.runtime import Identity, SessionPaths, lane_root, legacy_session_key, session_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["Running", "find_session", "running"]

#: How the twin set of variables that pi-sync exports is called.
_TWINS: Final = {
    "PI_LANE_SESSION_FILE": "PI_SYNC_SESSION_FILE",
    "PI_LANE_SESSION_KEY": "PI_SYNC_SESSION_KEY",
    "PI_LANE_SESSION_ID": "PI_SYNC_SESSION_ID",
    "PI_LANE_INSTANCE_ID": "PI_SYNC_INSTANCE_ID",
    "PI_LANE_CURRENT_LANE": "PI_SYNC_CHANNEL",
}

_MOST_NAMED: Final = 10


@dataclass(frozen=True, slots=True)
class Running:
    """A session that somebody has open.

    Attributes:
        file: its file.
        terminals: how many live instances it has.
        lanes: the lanes they are on.
    """

    file: str
    terminals: int
    lanes: tuple[str, ...]


def find_session(file: Path | None, *, stale_ms: int) -> tuple[Identity, SessionPaths]:
    """Return who asks about which session, and where its lanes are.

    Args:
        file: the session file; None for the session that the environment names.
        stale_ms: a terminal that was not seen for this many milliseconds counts as gone.

    Raises:
        CommandError: there is no such session.
    """
    env = _environment()
    known = Identity.from_environment(env)
    found = _by_file(file, known) if file else _by_environment(known)
    if found is None:
        raise CommandError(_nowhere(lane_root(env), stale_ms))
    key = found.session_key or ""
    return found, SessionPaths(found.root, key)


def running(root: Path, *, stale_ms: int, key: str = "*") -> list[Running]:
    """Return the sessions that have live terminals, those with most of them first.

    Args:
        root: the folder of all lanes.
        stale_ms: a terminal that was not seen for this many milliseconds counts as gone.
        key: the key of the one session to look at; all by default.
    """
    sessions: dict[str, list[formats.InstanceFile]] = {}
    for path in root.glob(f"sessions/{key}/instances/*.json"):
        instance = formats.read(path, formats.InstanceFile)
        if instance and instance.status != "disconnected" and _is_fresh(instance, stale_ms):
            sessions.setdefault(instance.session_file, []).append(instance)
    found = [
        Running(file, len(instances), tuple(sorted({instance.lane for instance in instances})))
        for file, instances in sessions.items()
    ]
    return sorted(found, key=lambda session: (-session.terminals, session.file))


def _environment() -> Mapping[str, str]:
    # pi-sync's own set counts as a whole and only when ours is not there: half of each would be nobody's identity.
    env = {name: value for name, value in os.environ.items() if value}
    if "PI_LANE_ROOT" not in env and "PI_SYNC_ROOT" in env:
        env["PI_LANE_ROOT"] = env["PI_SYNC_ROOT"]
    if not {"PI_LANE_SESSION_FILE", "PI_LANE_SESSION_KEY"} & env.keys():
        env.update({ours: env[theirs] for ours, theirs in _TWINS.items() if theirs in env})
    return env


def _by_file(file: Path, known: Identity) -> Identity | None:
    path = file.absolute()
    session_id = _header_id(path)
    paths = [SessionPaths(known.root, key) for key in _keys(session_id, str(path))]
    key = next((candidate.key for candidate in paths if candidate.folder.is_dir()), paths[0].key)
    here = known.session_key == key
    return Identity(
        root=known.root,
        instance_id=known.instance_id if here else None,
        session_id=session_id,
        session_key=key,
        session_file=str(path),
        lane=known.lane if here else None,
    )


def _by_environment(known: Identity) -> Identity | None:
    file, key = known.session_file, known.session_key
    if file and key not in _keys(known.session_id, file):
        key = session_key(file)  # the key was inherited from a session that is not this one
    if not key:
        return None
    return Identity(known.root, known.instance_id, known.session_id, key, file, known.lane)


def _keys(session_id: str | None, file: str) -> tuple[str, str]:
    return session_key(file), legacy_session_key(session_id, file)


def _header_id(path: Path) -> str | None:
    try:
        first = next(iter(scan(path, bodies=False)), None)
    except FileNotFoundError:
        return None  # pi writes the file with the first prompt
    except OSError as error:
        raise CommandError(
            f"can't read session file '{one_line(str(path))}': {error.strerror}; check --session"
        ) from error
    return first.id if isinstance(first, Header) else None


def _nowhere(root: Path, stale_ms: int) -> str:
    found = running(root, stale_ms=stale_ms)
    lines = [
        "no session: neither PI_LANE_SESSION_FILE nor PI_SYNC_SESSION_FILE is set, so pi with lanes did not start this",
        "name one with --session FILE, or run `!pil` inside pi",
    ]
    if not found:
        return "\n  ".join((*lines, f"no terminal is live under '{one_line(str(root))}'"))
    lines.append(f"open now (under '{one_line(str(root))}'):")
    lines += _named(found[:_MOST_NAMED])
    if len(found) > _MOST_NAMED:
        lines.append(f"and {len(found) - _MOST_NAMED} more")
    return "\n  ".join(lines)


def _named(sessions: list[Running]) -> Iterator[str]:
    for session in sessions:
        terminals = f"{session.terminals} terminal{'s' if session.terminals > 1 else ''}"
        lanes = ", ".join(one_line(lane, 64) for lane in session.lanes)
        yield f"  --session '{one_line(session.file, 1000)}'  ({terminals} on {lanes})"


def _is_fresh(instance: formats.InstanceFile, stale_ms: int) -> bool:
    age = formats.age_s(instance.last_seen_at)
    return age is not None and age * 1000 <= stale_ms
