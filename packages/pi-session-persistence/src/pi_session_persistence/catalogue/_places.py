"""Where session files lie: pi's own folders, those of the registry, and others that the user names."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

import msgspec

from pi_host.launch import agent_dir
from pi_session_persistence.registry import Registry

__all__ = ["Places", "pi_sessions", "places"]


class Places(NamedTuple):
    """Where to look for session files.

    Attributes:
        folders: searched with all folders in them.
        files: single files outside of those folders.
    """

    folders: tuple[Path, ...]
    files: tuple[Path, ...] = ()


class _Settings(msgspec.Struct, rename="camel"):
    session_dir: str | None = None


def pi_sessions() -> Path:
    """Return the folder in which pi keeps sessions unless it is told otherwise, in one folder per working directory."""
    return agent_dir() / "sessions"


def places() -> Places:
    """Return all places where this user's sessions may be.

    Those are pi's folder of sessions, the one that ``PI_CODING_AGENT_SESSION_DIR`` or the setting ``sessionDir`` names,
    the folders of the registry, every file in the registry, and the folders in ``PI_SESSION_ROOTS``.
    """
    registries = (Registry(), Registry(compat="gsd"))
    named = [os.environ.get("PI_CODING_AGENT_SESSION_DIR"), _setting(agent_dir()), _setting(Path.cwd() / ".pi")]
    named += os.environ.get("PI_SESSION_ROOTS", "").split(os.pathsep)
    own = [Path(os.path.abspath(Path(name).expanduser())) for name in named if name]  # noqa: PTH100  # `..` must go, links must stay
    folders = tuple(dict.fromkeys([pi_sessions(), *(registry.sessions for registry in registries), *own]))
    files = (record.pi_file for registry in registries for record in registry.records())
    return Places(folders, tuple(file for file in files if not any(file.is_relative_to(place) for place in folders)))


def _setting(folder: Path) -> str | None:
    try:
        return msgspec.json.decode((folder / "settings.json").read_bytes(), type=_Settings).session_dir
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        # pi tells its user about settings that it can't read.
        return None
