"""Small session files, and a pi that continues them."""

from __future__ import annotations

import json
import os
import subprocess
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = ["CHAT", "HEADER", "Row", "chat", "fill", "joined", "message", "small_disk"]

#: A line: an object, or bytes as they are.
Row: TypeAlias = dict[str, Any] | bytes

HEADER: dict[str, Any] = {
    "type": "session",
    "version": 3,
    "id": "sid",
    "timestamp": "2026-01-01T00:00:00.000Z",
    "cwd": "/",
}

_USAGE = {
    "input": 1,
    "output": 1,
    "cacheRead": 0,
    "cacheWrite": 0,
    "totalTokens": 2,
    "cost": {"input": 0, "output": 0, "cacheRead": 0, "cacheWrite": 0, "total": 0},
}


def message(identity: str, parent: str | None, role: str, text: str, **more: Any) -> dict[str, Any]:
    """A message entry."""
    said: dict[str, Any] = {"role": role, "content": [{"type": "text", "text": text}], "timestamp": 1}
    if role == "assistant":
        said |= {"api": "openai-completions", "provider": "scripted", "model": "scripted-1"}
        said |= {"usage": _USAGE, "stopReason": "stop"}
    at = "2026-01-01T00:00:01.000Z"
    return {"type": "message", "id": identity, "parentId": parent, "timestamp": at, "message": said, **more}


def chat(turns: int) -> list[dict[str, Any]]:
    """A linear conversation: `q1`, `a1`, `q2` and so on, each entry with the id of its text."""
    rows, parent = [], None
    for turn in range(1, turns + 1):
        for name, role in ((f"q{turn}", "user"), (f"a{turn}", "assistant")):
            rows.append(message(name, parent, role, name))
            parent = name
    return rows


def joined(rows: Iterable[Row]) -> bytes:
    """Rows as lines."""
    return b"".join((row if isinstance(row, bytes) else json.dumps(row).encode()) + b"\n" for row in rows)


CHAT = joined([HEADER, *chat(3)])


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A file system of its own, of this size; the test is skipped where nobody may mount one."""
    folder.mkdir()
    mount = ["/usr/bin/mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("only somebody who may mount can fill a disk")
    try:
        yield folder
    finally:
        subprocess.run(["/usr/bin/umount", str(folder)], check=True)


def fill(path: Path) -> None:
    """Write to a file until the disk is full."""
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"x" * 512)
