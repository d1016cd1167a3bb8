"""What importing modules does besides: files written, connections, programs, variables changed, imports by name."""

from __future__ import annotations

import importlib
import json
import os
import runpy
import sys
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
    "socket.getaddrinfo": "looks up an address",
    "subprocess.Popen": "starts a program",
    "os.system": "starts a program",
    "os.posix_spawn": "starts a program",
    "os.fork": "forks",
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


def _for_writing(arguments: tuple[Any, ...]) -> bool:
    path, mode, flags = arguments
    if isinstance(path, int) or str(path) == os.devnull:
        return False
    if isinstance(mode, str):
        return any(letter in mode for letter in "wax+")
    return bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))


def _look(package: str, modules: list[str]) -> dict[str, object]:
    edges: list[tuple[str, str]] = runpy.run_path(str(_BY_NAME))["record"](package)
    before = dict(os.environ)
    watch = _Watch()
    watch.on = True
    # Time of the processor: how busy the machine is says nothing about the component.
    begun = time.process_time()
    for module in modules:
        importlib.import_module(module)
    took = (time.process_time() - begun) * 1e3
    watch.on = False
    changed = sorted(name for name in before.keys() | os.environ.keys() if before.get(name) != os.environ.get(name))
    seen = watch.seen + [f"changes the variable {name}" for name in changed]
    return {"effects": list(dict.fromkeys(seen)), "ms": round(took, 1), "edges": edges}


if __name__ == "__main__":
    _request = json.loads(sys.argv[1])
    sys.stdout.write("\n" + json.dumps(_look(_request["package"], _request["modules"])) + "\n")
