"""Files that only their owner may read."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

__all__ = ["private_folder", "write_private"]


def private_folder(path: Path) -> Path:
    """Make ``path`` a folder that only its owner may enter, and return it; folders above it are made alike."""
    if not path.is_dir():
        private_folder(path.parent)
        path.mkdir(mode=0o700, exist_ok=True)
    return path


def write_private(path: Path, data: bytes) -> None:
    """Put ``data`` into ``path``, with mode 0600, so that a reader sees the old or the new contents and nothing else.

    Raises:
        OSError: it can't be written; the old contents are still there.
    """
    private_folder(path.parent)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
