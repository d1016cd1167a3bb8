"""Asks whether there is a newer version of the template."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pi_devkit.fresh._copier import copier

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["newer"]


def newer(folder: Path) -> str:
    """The newest version of the template, if it is newer than the one an extension was rendered from.

    Args:
        folder: the extension, in a git repository.

    Returns:
        The version; empty if there is no newer one.

    Raises:
        EnvironmentMissingError: the template can't be reached.
        DevkitError: copier fails.
    """
    told = json.loads(copier("check-update", "--output-format", "json", cwd=folder).out)
    return str(told["latest_version"]) if told["update_available"] else ""
