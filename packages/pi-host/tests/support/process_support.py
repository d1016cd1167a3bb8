"""The host as a process of its own, driven over its standard streams as the bridge does."""

from __future__ import annotations

import contextlib
import json
import queue
import subprocess
import sys
import textwrap
import threading
import time
from typing import IO, TYPE_CHECKING, Any, Self

from pi_host._wire import PROTOCOL
from pi_host.launch import HOST

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

__all__ = ["AT_ONCE", "PATIENCE", "TOOL_CALL", "Host", "plugin"]

#: Longest that anything may take which is to be quick, seconds; the machine may be busy.
PATIENCE = 20

#: How soon the process is gone after pi, seconds: it gives everything 0.9 s; the rest is for a busy machine.
AT_ONCE = 4


#: A `tool_call` as the bridge sends it.
TOOL_CALL = {"toolName": "bash", "toolCallId": "1", "input": {"command": "ls"}}


class Host:
    """The host process, and the bridge's end of its link."""

    def __init__(self, root: Path, *, leads: bool = True, log: Path | None = None) -> None:
        self.agent_dir = root / "agent"
        self.log = log or root / "host.log"
        self._stderr: IO[bytes] = self.log.open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-E", "-P", str(HOST)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            start_new_session=leads,
            cwd=root,
        )
        self._frames: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._last_id = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait()
        self._reader.join()
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.stdout.close()
        self._stderr.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._frames.put(json.loads(line))
        self._frames.put(None)

    def send(self, **members: Any) -> None:
        self.send_bytes(json.dumps(members).encode() + b"\n")

    def send_bytes(self, data: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def receive(self, kind: str | None = None) -> dict[str, Any]:
        """The next frame, or the next with this method; that a plugin is being imported counts only when asked for."""
        while True:
            frame = self._frames.get(timeout=PATIENCE)
            assert frame is not None, "the host is gone: " + self.logged()
            if frame.get("m") == kind or (kind is None and frame.get("m") != "loading"):
                return frame

    def ask(self, method: str, **members: Any) -> dict[str, Any]:
        """Send a request and return its answer, whatever else comes before it."""
        self._last_id += 1
        self.send(id=self._last_id, m=method, **members)
        while (frame := self.receive()).get("id") != self._last_id or "m" in frame:
            pass
        return frame

    def event(self, name: str, payload: Any) -> dict[str, Any]:
        return self.ask("event", n=name, p=payload)

    def hello(self, **changes: Any) -> dict[str, Any]:
        params = {"protocol": PROTOCOL, "piVersion": "1.5.2", "agentDir": str(self.agent_dir), "autoload": False}
        self.send(m="hello", p={**params, **changes}, c={"mode": "rpc", "generation": 1})
        return self.receive()

    def hang_up(self) -> float:
        """Close the link as a dying pi does; return the seconds until the process is gone."""
        assert self.process.stdin is not None
        started = time.monotonic()
        self.process.stdin.close()
        self.process.wait(timeout=PATIENCE)
        return time.monotonic() - started

    def logged(self) -> str:
        return self.log.read_text()


def plugin(root: Path, source: str, name: str = "mine") -> Path:
    path = root / "agent" / "python" / f"{name}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    head = "import asyncio, atexit, os, subprocess, sys, threading, time\nfrom pi_host import *\n"
    path.write_text(head + textwrap.dedent(source))
    return path
