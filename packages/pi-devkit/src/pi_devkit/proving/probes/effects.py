"""What importing modules does besides, and what they import by name.

It sees files, databases, connections, programs, threads that go on, what is written to the standard streams, and
changes of variables, signal handlers, the current folder and ``sys.path``.
"""

from __future__ import annotations

import importlib
import json
import os
import runpy
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

__all__: list[str] = []

_BY_NAME = Path(__file__).with_name("by_name.py")

_WRITES = {
    "os.mkdir",
    "os.rename",
    "os.remove",
    "os.rmdir",
    "os.symlink",
    "os.link",
    "os.truncate",
    "os.chmod",
    "shutil.rmtree",
    "tempfile.mkstemp",
    "tempfile.mkdtemp",
}
_OTHERS = {
    "socket.connect": "opens a connection",
    "socket.bind": "binds a socket",
    "socket.sendto": "sends a datagram",
    "socket.sendmsg": "sends a datagram",
    "socket.getaddrinfo": "looks up an address",
    "subprocess.Popen": "starts a program",
    "os.system": "starts a program",
    "os.posix_spawn": "starts a program",
    "os.spawn": "starts a program",
    "os.exec": "becomes another program",
    "os.fork": "forks",
    "os.chdir": "changes the current folder",
    "sqlite3.connect": "opens a database",
    "signal.pthread_kill": "sends a signal",
    "sys.setprofile": "sets a profiler",
    "sys.settrace": "sets a tracer",
}


class _Watch:
    """Writes down what happens while it is on."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.on = False
        sys.addaudithook(self)

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.on:
            return
        if event == "open" and _for_writing(arguments):
            self.seen.append(f"writes {arguments[0]!r}")
        elif event in _WRITES:
            self.seen.append(f"{event} {arguments[0]!r}")
        elif event in _OTHERS:
            self.seen.append(f"{_OTHERS[event]} ({event})")


class _Held:
    """Keeps back what goes to a stream, by whatever way, until it is let go."""

    def __init__(self, name: str) -> None:
        self._name, self._stream = name, getattr(sys, name)
        self._real = os.dup(self._stream.fileno())
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # closed when it is let go
        os.dup2(self._file.fileno(), self._stream.fileno())

    def let_go(self) -> list[str]:
        self._stream.flush()
        os.dup2(self._real, self._stream.fileno())
        os.close(self._real)
        with self._file as file:
            file.seek(0)
            lines = file.read().decode(errors="replace").splitlines()
        return [f"writes to {self._name}: {lines[0]!r}"] if lines else []


def _handlers() -> dict[str, object]:
    return {str(getattr(one, "name", one)): signal.getsignal(one) for one in signal.valid_signals()}


def _changed(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def _for_writing(arguments: tuple[Any, ...]) -> bool:
    path, mode, flags = arguments
    if isinstance(path, int) or str(path) == os.devnull:
        return False
    if isinstance(mode, str):
        return any(letter in mode for letter in "wax+")
    return bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))


def _import(modules: list[str]) -> tuple[list[str], float]:
    """Import, and tell what happened and how many milliseconds of the processor it took."""
    streams = [_Held("stdout"), _Held("stderr")]
    watch = _Watch()
    try:
        watch.on = True
        # Time of the processor: how busy the machine is says nothing about the component.
        begun = time.process_time()
        for module in modules:
            importlib.import_module(module)
        took = (time.process_time() - begun) * 1e3
    finally:
        watch.on = False
        written = [line for stream in streams for line in stream.let_go()]
    return watch.seen + written, took


def _look(package: str, modules: list[str]) -> dict[str, object]:
    edges: list[tuple[str, str]] = runpy.run_path(str(_BY_NAME))["record"](package)
    threads = threading.enumerate()
    environ, handlers, path = dict(os.environ), _handlers(), list(sys.path)
    seen, took = _import(modules)
    seen += [f"changes the variable {name}" for name in _changed(environ, dict(os.environ))]
    seen += [f"changes the handler of {name}" for name in _changed(handlers, _handlers())]
    seen += [f"starts the thread {one.name!r}" for one in threading.enumerate() if one not in threads]
    if sys.path != path and set(sys.path) == set(path):
        seen.append("changes the order of sys.path")
    moved = sorted(set(sys.path) ^ set(path))
    return {"effects": list(dict.fromkeys(seen)), "path": moved, "ms": round(took, 1), "edges": edges}


if __name__ == "__main__":
    _request = json.loads(sys.argv[1])
    sys.stdout.write("\n" + json.dumps(_look(_request["package"], _request["modules"])) + "\n")
