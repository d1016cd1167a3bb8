"""Finds the Pythons of this machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from pi_devkit._commands import run
from pi_devkit._errors import EnvironmentMissingError

__all__ = ["find_python"]


def find_python(version: str) -> Path:
    """Find a Python; none is ever downloaded.

    Args:
        version: such as ``3.13``.

    Raises:
        EnvironmentMissingError: it is not here.
    """
    major_minor = f"{sys.version_info.major}.{sys.version_info.minor}"
    if version == major_minor:
        return Path(sys.executable)
    # pyenv's shims stand on the path for every version and refuse to run, which uv takes for a broken Python.
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    for folder in sorted(pyenv.glob(f"{version}.*"), reverse=True):
        if (folder / "bin" / "python").is_file():
            return folder / "bin" / "python"
    found = run(["uv", "python", "find", "--no-project", version])
    if not found.ok:
        raise EnvironmentMissingError(f"there is no Python {version} here; install it, or choose with --python")
    return Path(found.out.strip())
