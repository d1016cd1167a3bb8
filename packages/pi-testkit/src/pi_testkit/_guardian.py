"""Find and kill processes by a mark in their environment; as a script, do so when the owner of a pipe is gone.

Runs as ``python -I -S _guardian.py MARK`` beside a test process and holds the reading end of a pipe from it. The pipe
closes however the test process ends, by SIGKILL too. Standard library only: nothing else is importable here.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

__all__ = ["MARK", "kill_marked", "marked"]

#: Name of the environment variable that marks a tree of processes.
MARK = "PI_TESTKIT_TREE"

_PROC = Path("/proc")
_KILL_SECONDS = 5.0
_PAUSE_SECONDS = 0.01


def marked(mark: str) -> dict[int, list[str]]:
    """Find the living processes that carry a mark, and all that descend from one that does.

    Sessions and process groups play no part, so a process cannot leave the tree by making its own. It leaves it only
    when its environment lacks the mark and, besides, the process that started it has ended.

    Args:
        mark: the value of the environment variable, or its beginning when it ends in a full stop.

    Returns:
        The command line of each process, by its id; empty on systems without ``/proc``.
    """
    needle = f"\0{MARK}={mark}{'' if mark.endswith('.') else chr(0)}".encode()
    parents: dict[int, int] = {}
    found: set[int] = set()
    for entry in _PROC.iterdir() if _PROC.is_dir() else ():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            # The name in the middle of the line may hold anything, so fields are counted from the last parenthesis.
            state, parent = (entry / "stat").read_bytes().rpartition(b")")[2].split()[:2]
            if state in b"ZX":
                continue
            parents[int(entry.name)] = int(parent)
            if needle in b"\0" + (entry / "environ").read_bytes():
                found.add(int(entry.name))
        except OSError:  # it ended meanwhile, or belongs to somebody else
            continue
    grew = True
    while grew:
        children = {pid for pid, parent in parents.items() if parent in found} - found
        found |= children
        grew = bool(children)
    return {pid: _command_line(pid) for pid in sorted(found)}


def kill_marked(mark: str) -> None:
    """Kill the processes of a tree, again and again until none is left, for they may be starting others.

    Args:
        mark: as in :func:`marked`.
    """
    deadline = time.monotonic() + _KILL_SECONDS
    while (pids := marked(mark)) and time.monotonic() < deadline:
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:  # it ended meanwhile
                continue
        time.sleep(_PAUSE_SECONDS)


def _command_line(pid: int) -> list[str]:
    try:
        return (_PROC / str(pid) / "cmdline").read_bytes().decode(errors="replace").rstrip("\0").split("\0")
    except OSError:
        return []


def main() -> None:
    """Wait until the pipe on standard input closes, then kill what carries the mark given as first argument."""
    while sys.stdin.buffer.read(1):
        pass
    kill_marked(sys.argv[1])


if __name__ == "__main__":
    main()
