"""Where the plugin's options stand, and what they are."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from pi_host.launch import agent_dir
from pi_trace_headers._errors import TraceError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["files", "read_table"]


def files(project: Path) -> list[Path]:
    """Return the configuration files there are: the user's, then that of the project in ``project``."""
    candidates = (agent_dir() / "pi-host.toml", project / ".pi" / "pi-host.toml")
    return [path for path in candidates if path.is_file()]


def read_table(paths: list[Path]) -> dict[str, Any]:
    """Return the options in ``paths``, later files on top of earlier ones, key by key.

    Raises:
        TraceError: a file can't be read or is not TOML.
    """
    merged: dict[str, Any] = {}
    for path in paths:
        try:
            whole = tomllib.loads(path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise TraceError(f"{path}: {error}; pi-host would ignore this file") from error
        merged |= whole.get("plugins", {}).get("trace-headers", {})
    return merged
