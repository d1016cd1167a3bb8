"""Reads files that people write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pi_devkit._errors import DevkitError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["read_text"]


def read_text(path: Path, advice: str = "look whether it is there, and whether you may read it") -> str:
    """Read a file of UTF-8.

    Args:
        path: the file.
        advice: what to do when it can't be read.

    Raises:
        DevkitError: it can't be read, or is something else than UTF-8.
    """
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise DevkitError(f"can't read {str(path)!r}: {error.strerror}; {advice}") from error
    except UnicodeDecodeError as error:
        where = f"{error.reason} at byte {error.start}"
        raise DevkitError(f"{str(path)!r} is no text in UTF-8: {where}; save it as UTF-8") from error
