"""What companion tools need to find a session's lanes: the root, the session's key, lane names, paths, who am I.

    >>> from pi_lane.runtime import SessionPaths, lane_root, session_key
    >>> paths = SessionPaths(lane_root(), session_key("/home/u/.pi/agent/sessions/s.jsonl"))
    >>> paths.lane_cursor("main").name
    'main.json'

Nothing here writes.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from pi_lane._errors import LaneNameError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = [
    "MAIN",
    "Identity",
    "LaneNameError",
    "SessionPaths",
    "check_lane_name",
    "lane_root",
    "legacy_session_key",
    "sanitize_lane_name",
    "session_key",
]

#: The lane that every session has.
MAIN: Final = "main"

#: What ECMAScript's trim removes; Python's strip has another idea of white space.
_WHITE: Final = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
_NAME_LENGTH: Final = 64
_SEGMENT_LENGTH: Final = 96
_KEY_LENGTH: Final = 24

#: A lane with such a name would have its files inside those of another one.
_RESERVED_ENDINGS: Final = (".lock", ".reg", ".json")


def lane_root(env: Mapping[str, str] | None = None) -> Path:
    """Return the folder of all lanes: ``PI_LANE_ROOT``, or ``~/.pi/lane`` if that is unset or empty.

    Args:
        env: the environment; the process's own by default.
    """
    env = os.environ if env is None else env
    named = env.get("PI_LANE_ROOT")
    if named:
        return Path(named).absolute()
    home = env.get("HOME")
    return (Path(home) if home else Path.home()) / ".pi" / "lane"


def session_key(path: str | os.PathLike[str]) -> str:
    """Return the key of a session file: the same however the file is reached, whatever the session's id.

    This is pi-sync's key: the first 24 hexadecimal digits of the SHA-256 of the file's real path; of its parent's real
    path and its own name if the file does not exist yet; of the path as given if the parent does not exist either.
    """
    return _digest(_resolved(Path(path)))


def legacy_session_key(session_id: str | None, path: str | os.PathLike[str]) -> str:
    """Return the key that pi-lane gives a session: over its id and the path as pi names it, not resolved."""
    return _digest(f"{session_id or 'no-session-id'}\n{os.fspath(path)}")


def _resolved(path: Path) -> str:
    for known, rest in ((path, ""), (path.parent, path.name)):
        try:
            return str(known.resolve(strict=True) / rest)
        except (OSError, RuntimeError):
            continue
    return str(path)


def _digest(text: str) -> str:
    # A path may hold bytes that are not text: they must not make a session unusable.
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_KEY_LENGTH]


def sanitize_lane_name(text: str) -> str:
    """Return the lane name that pi-lane and pi-sync make of ``text``; never fails, and many texts share one name."""
    name = re.sub(r"-+", "-", re.sub(r"[^A-Za-z0-9._-]", "-", text.strip(_WHITE)))
    return name[:_NAME_LENGTH] or MAIN


def check_lane_name(text: str, existing: Iterable[str] = ()) -> str:
    """Return the name that a new lane titled ``text`` gets.

    Args:
        text: what was typed.
        existing: names of the lanes that the session has already; leave it out to join a lane.

    Raises:
        LaneNameError: the name would leave the lanes' folder, hide among their files, or be taken for an existing one.
    """
    name = sanitize_lane_name(text)
    if name.startswith("."):
        raise LaneNameError(text, "starts with a dot: start it with a letter or digit")
    ending = next((ending for ending in _RESERVED_ENDINGS if name.lower().endswith(ending)), None)
    if ending:
        raise LaneNameError(text, f"ends in {ending!r}, which the lanes' own files do: choose another ending")
    taken = next((other for other in existing if other.lower() == name.lower()), None)
    if taken is not None:
        raise LaneNameError(text, f"is taken: it becomes {name!r} and there is {taken!r}; join that or choose another")
    return name


class SessionPaths(msgspec.Struct, frozen=True):
    """Where the lanes of one session are kept.

    Attributes:
        root: the folder of all lanes, see `lane_root`.
        key: the session's key, see `session_key`.
    """

    root: Path
    key: str

    @property
    def folder(self) -> Path:
        """Everything about this session."""
        return self.root / "sessions" / self.key

    @property
    def lanes(self) -> Path:
        """The folder with the lanes."""
        return self.folder / "lanes"

    @property
    def instances(self) -> Path:
        """The folder with the instances."""
        return self.folder / "instances"

    @property
    def debug_log(self) -> Path:
        """One JSON object per line: what happened to the lanes."""
        return self.folder / "debug.jsonl"

    def lane_cursor(self, lane: str) -> Path:
        """Where the lane's head is published for others."""
        return self.lanes / f"{lane}.json"

    def register(self, lane: str) -> Path:
        """The folder with the lane's own state."""
        return self.lanes / f"{lane}.reg"

    def register_log(self, lane: str) -> Path:
        """The folder with one folder per version of the lane's state, named by its number in 16 digits."""
        return self.register(lane) / "log"

    def lock(self, lane: str) -> Path:
        """The folder that exists while the lane is owned, for others to see."""
        return self.lanes / f"{lane}.lock"

    def lock_owner(self, lane: str) -> Path:
        """Who owns the lane, published for others."""
        return self.lock(lane) / "owner.json"

    def sync_folder(self, lane: str) -> Path:
        """Where pi-sync keeps the files of its host for this lane."""
        segment = re.sub(r"[^A-Za-z0-9_.=-]+", "_", lane)[:_SEGMENT_LENGTH] or MAIN
        return self.lanes / segment / "sync"

    def instance(self, instance_id: str) -> Path:
        """What is published about an instance."""
        return self.instances / f"{instance_id}.json"

    def alive(self, instance_id: str) -> Path:
        """Locked for the life of the instance; its content is its beat."""
        return self.instances / f"{instance_id}.alive"

    def fifo(self, instance_id: str) -> Path:
        """A byte written here wakes the instance."""
        return self.instances / f"{instance_id}.fifo"

    def pending(self, instance_id: str) -> Path:
        """What the instance has still to write into the session file."""
        return self.instances / f"{instance_id}.pending.jsonl"

    def lane_names(self) -> list[str]:
        """Return the names of the lanes that exist, ours and other tools', sorted; none if there is no such session."""
        try:
            found = list(self.lanes.iterdir())
        except OSError:
            return []
        return sorted({path.stem for path in found if path.suffix in {".json", ".reg"}})


class Identity(msgspec.Struct, frozen=True):
    """Who a process is that runs inside a lane, as its environment says.

    Attributes:
        root: the folder of all lanes.
        instance_id: the terminal's instance, or ``None`` outside of any.
        session_id: pi's id of the session, or ``None``.
        session_key: the session's key, or ``None`` outside of any session.
        session_file: the session's file, or ``None``.
        lane: the terminal's lane when the process was started, or ``None``.
    """

    root: Path
    instance_id: str | None
    session_id: str | None
    session_key: str | None
    session_file: str | None
    lane: str | None

    @classmethod
    def from_environment(cls, env: Mapping[str, str] | None = None) -> Identity:
        """Read ``PI_LANE_*`` from ``env``, the process's own environment by default; an empty value counts as unset."""
        env = os.environ if env is None else env
        file = env.get("PI_LANE_SESSION_FILE") or None
        return cls(
            root=lane_root(env),
            instance_id=env.get("PI_LANE_INSTANCE_ID") or None,
            session_id=env.get("PI_LANE_SESSION_ID") or None,
            session_key=env.get("PI_LANE_SESSION_KEY") or (session_key(file) if file else None),
            session_file=file,
            lane=env.get("PI_LANE_CURRENT_LANE") or None,
        )

    def environment(self) -> dict[str, str]:
        """Return the variables that tell a child process who it is; those that are unknown are left out."""
        values = {
            "PI_LANE_ROOT": str(self.root),
            "PI_LANE_INSTANCE_ID": self.instance_id,
            "PI_LANE_SESSION_ID": self.session_id,
            "PI_LANE_SESSION_KEY": self.session_key,
            "PI_LANE_SESSION_FILE": self.session_file,
            "PI_LANE_CURRENT_LANE": self.lane,
        }
        return {name: value for name, value in values.items() if value}

    @property
    def paths(self) -> SessionPaths | None:
        """Where this session's lanes are kept, or ``None`` outside of any session."""
        return SessionPaths(self.root, self.session_key) if self.session_key else None
