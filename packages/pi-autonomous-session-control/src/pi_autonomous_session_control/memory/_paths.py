"""Where things are."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pi_host.launch import agent_dir

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["database_path", "snapshot_path"]

_SESSIONS: Final = "pi-subagent-sessions"


def database_path(env: Mapping[str, str] = os.environ) -> Path:
    """Return the user's memory: ``self/memory.sqlite3`` in pi's agent folder."""
    return agent_dir(env) / "self" / "memory.sqlite3"


def snapshot_path(cwd: Path, env: Mapping[str, str] = os.environ) -> Path:
    """Return the snapshot that a pi running in ``cwd`` shares.

    It is ``PI_SELF_MEMORY_PATH``, or beside the folder of the subagents' sessions, which is
    ``PI_SUBAGENT_SESSIONS_DIR`` or ``.pi-subagent-sessions`` in ``cwd``.
    """
    if named := env.get("PI_SELF_MEMORY_PATH", "").strip():
        return cwd / Path(named).expanduser()
    folder = Path(env.get("PI_SUBAGENT_SESSIONS_DIR", "").strip() or f".{_SESSIONS}").expanduser()
    sessions = Path(os.path.normpath(cwd / folder))
    return (
        sessions.with_name(f"{sessions.name}.self-memory.json")
        if sessions.name
        else sessions / f"{_SESSIONS}.self-memory.json"
    )
