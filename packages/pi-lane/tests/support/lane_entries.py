"""Entries of a session file, as short as pi takes them."""

from __future__ import annotations

import json
from typing import Any

__all__ = ["entry", "header", "lines", "said"]


def header() -> dict[str, Any]:
    """The first line."""
    return {"type": "session", "version": 3, "id": "s", "timestamp": "2026-01-01T00:00:00.000Z", "cwd": "/"}


def said(name: str, parent: str | None, role: str = "assistant", **more: Any) -> dict[str, Any]:
    """A message entry that says its own name."""
    message: dict[str, Any] = {"role": role, "content": [{"type": "text", "text": name}], "timestamp": 1, **more}
    if role == "assistant":
        message = {"stopReason": "stop", "provider": "p", "model": "m", "api": "a", "usage": {}} | message
    return entry(name, parent, "message", message=message)


def entry(name: str, parent: str | None, kind: str, /, **more: Any) -> dict[str, Any]:
    """Any entry."""
    return {"type": kind, "id": name, "parentId": parent, "timestamp": "2026-01-01T00:00:00.000Z", **more}


def lines(*records: dict[str, Any]) -> str:
    """Records as lines of a file."""
    return "".join(f"{json.dumps(record)}\n" for record in records)
