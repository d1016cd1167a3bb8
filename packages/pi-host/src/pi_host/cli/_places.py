"""Where pi and pi-host keep their files."""

from __future__ import annotations

import os
from pathlib import Path

from pi_host.launch import cache_dir

__all__ = ["autoloads", "cache", "tilde"]


def cache() -> Path:
    """Return the folder of the manifests and the host's log. It need not exist."""
    given = os.environ.get("PI_HOST_CACHE")
    return Path(given).absolute() if given else cache_dir()


def autoloads() -> bool:
    """Return whether pi loads the installed plugins by itself, as the environment says."""
    return os.environ.get("PI_HOST_AUTOLOAD") != "0"


def tilde(path: Path | str) -> str:
    """Return ``path`` for people, with ``~`` for the home folder."""
    text, home = str(path), str(Path.home())
    return f"~{text[len(home) :]}" if text == home or text.startswith(f"{home}/") else text
