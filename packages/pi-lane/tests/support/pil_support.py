"""Somebody at a shell who runs `pil`, and a session with its lanes, terminals and files."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from pi_lane.cli import main
from pi_lane.runtime import SessionPaths, session_key
from pi_lane.store import FileStore, Owner, Waiter

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pytest

__all__ = ["STORY", "Desk", "Done", "ago", "owner", "waiter"]

#: Two turns, of which the second was tried twice.
STORY = (
    {"type": "session", "version": 3, "id": "sid", "timestamp": "2026-11-20T10:00:00.000Z", "cwd": "/"},
    *(
        {
            "type": "message",
            "id": name,
            "parentId": parent,
            "timestamp": "2026-11-20T10:00:00.000Z",
            "message": {"role": role, "content": [{"type": "text", "text": text}]},
        }
        for name, parent, role, text in (
            ("e1", None, "user", "hello"),
            ("e2", "e1", "assistant", "hi"),
            ("e3", "e2", "user", "one way"),
            ("e4", "e3", "assistant", "done"),
            ("e5", "e2", "user", "another way"),
            ("e6", "e5", "assistant", "done, too"),
        )
    ),
)


@dataclass(frozen=True)
class Done:
    """What a command did.

    Attributes:
        code: its exit code.
        out: what it wrote to stdout.
        err: what it wrote to stderr.
    """

    code: int
    out: str
    err: str

    @property
    def data(self) -> dict[str, Any]:
        """Its output as JSON."""
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found


def ago(seconds: float) -> str:
    """Return a moment as the files write it."""
    moment = datetime.now(UTC) - timedelta(seconds=seconds)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def owner(instance_id: str, seconds: float = 5, **fields: Any) -> Owner:
    """Return who has a lane."""
    known: dict[str, Any] = {"pid": 4711, "host": os.uname().nodename, "purpose": "run", "label": "pi 4711 in proj"}
    return Owner(instance_id=instance_id, acquired_at=ago(seconds), **known | fields)


def waiter(instance_id: str, seconds: float = 3, **fields: Any) -> Waiter:
    """Return who waits for a lane."""
    known: dict[str, Any] = {"pid": 4712, "host": os.uname().nodename, "purpose": "run", "label": "pi 4711 in proj"}
    return Waiter(instance_id=instance_id, since=ago(seconds), **known | fields)


class _Capture(Protocol):
    def readouterr(self) -> Any: ...


class Desk:
    """Somebody at a shell.

    Attributes:
        root: the folder of all lanes.
        file: the session file.
        paths: where its lanes are.
    """

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch, capture: _Capture) -> None:
        self.root = folder / "lane"
        self.file = folder / "session.jsonl"
        self.file.write_text("".join(f"{json.dumps(entry)}\n" for entry in STORY))
        self.paths = SessionPaths(self.root, session_key(self.file))
        self._patch = patch
        self._capture = capture
        self._runner = asyncio.Runner()
        self._open: dict[str, FileStore] = {}

    def __call__(self, *words: str, session: bool = True, env: Mapping[str, str] | None = None) -> Done:
        """Run `pil`, by default outside of pi and about the session."""
        named = ["--session", str(self.file)] if session else []
        with self._patch.context() as patch:
            for name, value in {"PI_LANE_ROOT": str(self.root), "COLUMNS": "150", **(env or {})}.items():
                patch.setenv(name, value)
            patch.setattr(sys, "argv", ["pil", *named, *words])
            try:
                main()
                code = 0
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else 0
        seen = self._capture.readouterr()
        return Done(code, seen.out, seen.err)

    def inside(self, instance_id: str = "me", lane: str = "main") -> dict[str, str]:
        """The environment that pi's tools get."""
        return {
            "PI_LANE_INSTANCE_ID": instance_id,
            "PI_LANE_SESSION_ID": "sid",
            "PI_LANE_SESSION_KEY": self.paths.key,
            "PI_LANE_SESSION_FILE": str(self.file),
            "PI_LANE_CURRENT_LANE": lane,
        }

    def put(self, place: str, value: object) -> Path:
        """Write a file below the session's folder: bytes as they are, the rest as JSON."""
        path = self.paths.folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(value if isinstance(value, bytes) else json.dumps(value, indent=2).encode() + b"\n")
        return path

    def cursor(self, lane: str, head: str | None, epoch: int = 1, **more: object) -> dict[str, Any]:
        """Publish a lane, as pi-lane does."""
        known = {
            "schemaVersion": 1,
            "name": lane,
            "sessionKey": self.paths.key,
            "baseLeafId": None,
            "headEntryId": head,
            "headEpoch": epoch,
            "createdAt": ago(100),
            "updatedAt": ago(50),
        }
        self.put(f"lanes/{lane}.json", known | more)
        return known | more

    def instance(self, name: str, *, seen: float = 1, **more: object) -> dict[str, Any]:
        """Leave the file of a terminal, as pi-lane does."""
        known = {
            "instanceId": name,
            "pid": 4711,
            "lane": "main",
            "status": "idle",
            "sessionId": "sid",
            "sessionKey": self.paths.key,
            "sessionFile": str(self.file),
            "leafId": "e4",
            "startedAt": ago(60),
            "lastSeenAt": ago(seen),
        }
        self.put(f"instances/{name}.json", known | more)
        return known | more

    def open(self, name: str, **more: Any) -> dict[str, Any]:
        """Open a terminal of ours that lives."""
        store = FileStore(self.paths, name)
        self._runner.run(store.__aenter__())
        self._open[name] = store
        return self.instance(name, **more)

    def kill(self, name: str) -> None:
        """End a terminal of ours as SIGKILL does: its files stay."""
        path = self.paths.alive(name)
        with path.open("rb") as _:
            self._runner.run(self._open.pop(name).__aexit__())
        path.write_bytes(bytes(8))

    def silence(self, name: str, seconds: float) -> None:
        """Let the last beat of a terminal of ours be so many seconds ago."""
        then = datetime.now(UTC).timestamp() - seconds
        os.utime(self.paths.alive(name), (then, then))

    def lane(self, name: str, **fields: object) -> None:
        """Change the state of a lane of ours; the head is published, too."""
        store = FileStore(self.paths, "author")
        found = self._runner.run(store.read(name))
        state = msgspec.structs.replace(found.state, **fields)
        assert self._runner.run(store.cas(name, found.version, state))
        self._runner.run(store.__aexit__())
        self.cursor(name, state.head, state.head_epoch)

    def leave(self) -> None:
        """End everything."""
        for store in self._open.values():
            self._runner.run(store.__aexit__())
        self._runner.close()
